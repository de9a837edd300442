import pytest
from django.contrib.auth.models import Group

from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.venues.factories import (
    AdageRequestFactory,
    ApiKeyFactory,
    MembershipFactory,
    OffererFactory,
    VenueFactory,
)
from venues.models import Offerer, OffererTag

pytestmark = pytest.mark.django_db


@pytest.fixture
def farid(client):
    user = UserFactory(staff=True, first_name="Farid", last_name="Benali")
    user.groups.set(Group.objects.filter(name__in=["Homologation", "Administration"]))
    client.force_login(user)
    return user


@pytest.mark.usefixtures("farid")
def test_the_home_counts_what_waits_and_links_to_the_queue(client):
    OffererFactory(new=True)
    MembershipFactory(pending=True)

    page = client.get("/admin/").text

    assert "Structures à valider" in page
    assert "/admin/venues/offerer/?file=a-traiter" in page
    assert "Rattachements à décider" in page


@pytest.mark.usefixtures("farid")
def test_the_queue_shows_structures_to_decide_first(client):
    OffererFactory.create_batch(2, name="Ancienne")
    OffererFactory(new=True, name="À décider")

    everything = client.get("/admin/venues/offerer/").text
    queue = client.get("/admin/venues/offerer/?file=a-traiter").text

    assert everything.index("À décider") < everything.index("Ancienne")
    assert "Ancienne" not in queue


def test_a_structure_is_validated_after_a_confirmation(client, farid):
    membership = MembershipFactory(offerer__new=True)
    url = f"/admin/venues/offerer/{membership.offerer_id}"

    assert "deviennent visibles" in client.get(f"{url}/valider/").text
    done = client.post(f"{url}/valider/", follow=True)

    assert "La structure est validée" in done.text
    membership.offerer.refresh_from_db()
    assert membership.offerer.is_visible
    assert membership.offerer.transitions.get().actor == farid
    again = client.post(f"{url}/valider/", follow=True)
    assert "n’est pas possible" in again.text or "impossible" in again.text


@pytest.mark.usefixtures("farid")
def test_a_refusal_asks_for_its_reason(client):
    membership = MembershipFactory(offerer__new=True)
    url = f"/admin/venues/offerer/{membership.offerer_id}/refuser/"

    without = client.post(url, {"reason": "Extrait Kbis", "code": ""})
    vague = client.post(url, {"reason": " ", "code": "OTHER"})
    client.post(url, {"reason": "Extrait Kbis manquant", "code": "DOCUMENTS"})

    assert without.status_code == vague.status_code == 200
    assert "obligatoire" in without.text
    assert "Précisez le motif" in vague.text
    membership.offerer.refresh_from_db()
    assert membership.offerer.status == "REJECTED"
    sentence = "Document manquant : Extrait Kbis manquant"
    kept = membership.offerer.transitions.latest("pk")
    assert (kept.why, kept.why_code) == (sentence, "DOCUMENTS")
    assert sentence in OutboxMessage.objects.get().payload["html"]
    listed = "/admin/venues/offerer/?motif="
    assert membership.offerer.name in client.get(f"{listed}DOCUMENTS").text
    assert membership.offerer.siren not in client.get(f"{listed}ELIGIBILITY").text
    assert membership.offerer.siren not in client.get(f"{listed}OTHER").text


@pytest.mark.usefixtures("farid")
def test_attachments_are_decided(client):
    accepted, refused = MembershipFactory(pending=True), MembershipFactory(pending=True)
    base = "/admin/venues/membership"

    client.get(f"{base}/{accepted.pk}/accepter/")
    client.post(f"{base}/{accepted.pk}/accepter/")
    client.post(f"{base}/{refused.pk}/refuser/", {"reason": "Inconnue", "code": "DOUBLE"})

    accepted.refresh_from_db()
    refused.refresh_from_db()
    assert (accepted.status, refused.status) == ("VALIDATED", "REJECTED")
    assert refused.transitions.latest("pk").why_code == "DOUBLE"
    member = MembershipFactory(offerer=accepted.offerer, member=True)
    for one in (member, accepted):  # the administrator stays (ATT-06)
        client.post(f"{base}/{one.pk}/attente/", {"reason": "Identité à confirmer"})
        one.refresh_from_db()
    assert (member.status, accepted.status) == ("PENDING", "VALIDATED")
    assert not Offerer.objects.visible_to(member.user).exists()
    emails = [accepted.user.email, refused.user.email]
    tag = OffererTag.objects.get(code="acteur-majeur")
    tag.offerers.add(refused.offerer)
    Offerer.objects.filter(pk=refused.offerer_id).update(department_code="2A")
    for query in ("motif=DOUBLE", f"offerer__tags__id__exact={tag.pk}", "region=Corse"):
        listed = client.get(f"{base}/?{query}").text
        assert [email in listed for email in emails] == [False, True], query
    adage = AdageRequestFactory(venue__offerer=refused.offerer)
    listed = client.get(f"/admin/venues/offerer/?adage={adage.status}&region=Corse").text
    assert [one.offerer.siren in listed for one in (accepted, refused)] == [False, True]


@pytest.mark.usefixtures("farid")
def test_the_address_is_edited_and_the_siren_is_not(client):
    offerer = OffererFactory()

    client.post(
        f"/admin/venues/offerer/{offerer.pk}/change/",
        {"name": "Nouveau nom", "street": "1 rue", "postal_code": "20000", "city": "Ajaccio",
         "siren": "732829320", "status": "CLOSED",
         **{f"{name}-{key}": "0" for name in ("memberships", "venues", "bank_accounts")
            for key in ("TOTAL_FORMS", "INITIAL_FORMS")}},
    )  # fmt: skip

    before = offerer.siren
    offerer.refresh_from_db()
    assert (offerer.name, offerer.department_code) == ("Nouveau nom", "2A")
    assert (offerer.siren, offerer.status) == (before, "VALIDATED")


@pytest.mark.parametrize("group", ["Support pro", "Lecture seule"])
def test_an_agent_without_the_right_cannot_decide(client, group):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    membership = MembershipFactory(offerer__new=True)

    assert client.post(f"/admin/venues/offerer/{membership.offerer_id}/valider/").status_code == 403
    assert client.post(f"/admin/venues/membership/{membership.pk}/accepter/").status_code == 403
    membership.offerer.refresh_from_db()
    assert membership.offerer.status == "NEW"


@pytest.mark.usefixtures("farid")
def test_the_other_pages_open_and_show_no_secret(client):
    key, venue = ApiKeyFactory(), VenueFactory()

    page = client.get(f"/admin/venues/apikey/{key.pk}/change/").text

    assert key.prefix in page
    assert key.secret_hash not in page
    for url in ("apikey/", "venue/", f"venue/{venue.pk}/change/", "membership/"):
        assert client.get(f"/admin/venues/{url}").status_code == 200
