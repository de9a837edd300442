"""History, notes and decisions on several lines, on the pages of the admin."""

import pytest
from django.contrib.auth.models import Group

from passpro.kernel import action_log
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import ActionLog
from tests.accounts.factories import UserFactory
from tests.venues.factories import MembershipFactory, OffererFactory
from venues.services.offerers import reject_offerer, validate_offerer

pytestmark = pytest.mark.django_db
STRUCTURES = "/admin/venues/offerer/"


def agent(client, *groups):
    user = UserFactory(staff=True, first_name="Farid", last_name="Benali")
    user.groups.set(Group.objects.filter(name__in=groups))
    client.force_login(user)
    return user


def test_an_object_shows_who_did_what_when_and_why_newest_first(client):
    offerer = MembershipFactory(offerer__new=True).offerer
    farid = agent(client, "Homologation")
    by = action_log.Actor.user(farid)
    reject_offerer(offerer_id=offerer.pk, reason="Kbis illisible", by=by)
    validate_offerer(offerer_id=offerer.pk, by=by)
    action_log.add_note(offerer, text="Kbis reçu par courrier", by=by)

    lines = client.get(f"{STRUCTURES}{offerer.pk}/change/").context["history"]

    assert [line.what for line in lines] == ["Note", "Refusée → Validée", "Nouvelle → Refusée"]
    assert lines[2].why == "Kbis illisible"
    assert {line.author for line in lines} == {"Farid Benali"}


def test_a_note_is_added_from_the_page_and_an_empty_one_is_refused(client):
    offerer, _ = OffererFactory(), agent(client, "Support pro")
    url = f"{STRUCTURES}{offerer.pk}/note/"

    client.post(url, {"text": "  "})
    assert not ActionLog.objects.exists()
    page = client.post(url, {"text": "A rappelé <lundi>"}, follow=True).text

    assert "La note est enregistrée" in page
    assert "A rappelé &lt;lundi&gt;" in page


def test_who_only_reads_sees_the_history_and_writes_no_note(client):
    offerer, _ = OffererFactory(), agent(client, "Lecture seule")

    page = client.get(f"{STRUCTURES}{offerer.pk}/change/").text

    assert "Historique" in page
    assert "Enregistrer la note" not in page
    assert client.post(f"{STRUCTURES}{offerer.pk}/note/", {"text": "x"}).status_code == 403
    assert client.get(f"{STRUCTURES}{offerer.pk}/note/").status_code == 403
    assert not ActionLog.objects.exists()


def test_edited_data_leaves_old_and_new_values_and_no_difference_leaves_nothing(client):
    offerer = OffererFactory(name="Ancien nom", street="1 rue", postal_code="29200", city="Brest")
    agent(client, "Homologation")
    typed = {"name": "Ancien nom", "street": "1 rue", "postal_code": "29200", "city": "Brest",
             **{f"{name}-{key}": "0" for name in ("memberships", "venues", "bank_accounts")
                for key in ("TOTAL_FORMS", "INITIAL_FORMS")}}  # fmt: skip
    url = f"{STRUCTURES}{offerer.pk}/change/"

    client.post(url, typed)
    assert not ActionLog.objects.exists()
    client.post(url, typed | {"name": "Nouveau nom"})

    assert ActionLog.objects.get().changes == {"nom": ["Ancien nom", "Nouveau nom"]}


def test_a_row_of_history_is_never_changed_and_holds_no_secret():
    offerer = OffererFactory()
    row = action_log.add_note(offerer, text="Vue", by=SYSTEM)

    row.why = "Autre chose"
    with pytest.raises(TypeError):
        row.save()
    assert action_log.differences({"password": "a"}, {"password": "b"}) == {}
    assert action_log.record(offerer, "MODIFIED", by=SYSTEM, changes={}) is None


def test_several_lines_are_decided_after_one_question_with_a_report_a_line(client):
    waiting = [MembershipFactory(offerer__new=True).offerer for _ in range(2)]
    done = OffererFactory()
    agent(client, "Homologation")
    chosen = {"action": "validate_each", "_selected_action": [o.pk for o in (*waiting, done)]}

    question = client.post(STRUCTURES, chosen)
    assert "Valider ces structures ?" in question.text
    assert str(waiting[0]) in question.text
    report = client.post(STRUCTURES, chosen | {"confirmed": "1"})

    assert report.context["done_count"] == 2
    assert "Inchangé" in report.text
    for offerer in waiting:
        offerer.refresh_from_db()
        assert offerer.status == "VALIDATED"


def test_a_bulk_refusal_asks_for_its_reason(client):
    offerer = MembershipFactory(offerer__new=True).offerer
    agent(client, "Homologation")
    chosen = {"action": "reject_each", "_selected_action": [offerer.pk], "confirmed": "1"}

    assert "obligatoire" in client.post(STRUCTURES, chosen).text
    client.post(STRUCTURES, chosen | {"reason": "Doublon", "code": "OTHER"})

    offerer.refresh_from_db()
    assert offerer.status == "REJECTED"
    assert offerer.transitions.get().why == "Doublon"


@pytest.mark.parametrize("group", ["Support pro", "Lecture seule"])
def test_bulk_decisions_are_not_offered_without_the_right(client, group):
    offerer = OffererFactory(new=True)
    agent(client, group)
    chosen = {"action": "validate_each", "_selected_action": [offerer.pk], "confirmed": "1"}

    assert "validate_each" not in client.get(STRUCTURES).text
    client.post(STRUCTURES, chosen)

    offerer.refresh_from_db()
    assert offerer.status == "NEW"
