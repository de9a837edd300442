"""« Voir comme »: read-only, logged, in sight, short, never of agents."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from passpro.accounts.models import SeenAs
from passpro.kernel import clock
from passpro.kernel.models import ActionLog
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def farid(cast):
    cast.farid.groups.set(Group.objects.filter(name="Support pro"))
    return cast.farid


@pytest.fixture
def visit(cast, farid):
    """Farid's browser, which sees as Alice."""
    client = cast.client("staff")
    answer = client.post(_url(cast.alice), {"reason": "Ticket 4512 : offre introuvable"})
    assert answer["Location"] == "/"
    return client


def _url(person):
    return f"/admin/accounts/user/{person.pk}/voir-comme/"


def test_an_agent_sees_the_portal_as_the_person_does_under_a_banner(visit, cast):
    page = visit.get("/offres")

    assert page.status_code == 200
    assert cast.offer.title in page.text
    assert "Vous voyez le portail comme <strong>Alice Le Goff</strong>" in page.text
    assert "Terminer la visite" in visit.get("/adresse-inconnue").text


def test_the_visit_is_written_with_its_reason(visit, cast, farid):
    seen = SeenAs.objects.get()
    assert (seen.agent, seen.person, seen.end) == (farid, cast.alice, "")
    row = ActionLog.objects.get(kind="SEEN_AS")
    assert (row.actor, row.subject_id, row.why) == (
        farid, str(cast.alice.pk), "Ticket 4512 : offre introuvable",
    )  # fmt: skip


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_during_a_visit(visit, cast, method):
    answer = getattr(visit, method)(f"/offre/{cast.offer.pk}/pause")

    assert answer.status_code == 403
    assert "Pendant une visite, rien ne change" in answer.text
    cast.offer.refresh_from_db()
    assert cast.offer.is_active


def test_the_admin_and_the_copy_of_personal_data_are_closed_during_a_visit(visit):
    copy = "/profil/mes-donnees/8b1f3c0e-0000-4000-8000-000000000000"

    assert visit.get("/admin/").status_code == 403
    assert visit.get(copy).status_code == 403
    assert visit.post("/profil/mes-donnees").status_code == 403


def test_the_button_ends_the_visit_and_gives_the_admin_back(visit, cast):
    answer = visit.post("/voir-comme/fin", follow=True)

    assert "La visite « voir comme » est terminée" in answer.text
    assert visit.get("/admin/").status_code == 200
    assert SeenAs.objects.get().end == "LEFT"
    assert cast.offer.title not in visit.get("/offres").text


def test_the_visit_ends_by_itself_after_thirty_minutes(visit, cast):
    with clock.at(clock.now() + timedelta(minutes=31)):
        answer = visit.get("/offres")

        assert answer["Location"] == "/admin/"
        assert SeenAs.objects.get().end == "EXPIRED"
        assert cast.offer.title not in visit.get("/offres").text


def test_signing_out_ends_both(visit):
    visit.post("/deconnexion")

    assert SeenAs.objects.get().end == "LEFT"
    assert visit.get("/offres")["Location"].startswith("/connexion")


def test_losing_the_right_ends_the_visit(visit, farid):
    farid.groups.clear()

    assert visit.get("/offres").status_code == 302
    assert SeenAs.objects.get().end == "REFUSED"


def test_a_person_who_becomes_an_agent_is_no_longer_seen(visit, cast):
    cast.alice.is_staff = True
    cast.alice.save()

    assert visit.get("/offres").status_code == 302
    assert SeenAs.objects.get().end == "REFUSED"


def test_the_person_seen_is_not_taken_for_present(visit, cast):
    before = cast.alice.last_login

    visit.get("/accueil")

    cast.alice.refresh_from_db()
    assert cast.alice.last_login == before
    assert cast.alice.last_seen_at is None


def test_a_reason_is_required(cast, farid):
    client = cast.client("staff")

    assert "obligatoire" in client.post(_url(cast.alice), {"reason": "  "}).text
    assert not SeenAs.objects.exists()


def test_agents_young_people_and_closed_accounts_are_never_seen_so(cast, farid):
    cast.farid.groups.set(Group.objects.all())
    client = cast.client("staff")
    closed = UserFactory(is_active=False)

    for person in (UserFactory(staff=True), cast.chloe, closed):
        page = client.post(_url(person), {"reason": "x"}, follow=True)
        assert "Seul le compte actif d’un acteur culturel" in page.text
    assert not SeenAs.objects.exists()


@pytest.mark.parametrize("group", ["Lecture seule", "Administration", "Finance"])
def test_without_the_right_nobody_is_seen(cast, group):
    cast.farid.groups.set(Group.objects.filter(name=group))

    assert cast.client("staff").post(_url(cast.alice), {"reason": "x"}).status_code == 403
    assert not SeenAs.objects.exists()


def test_no_visit_no_banner(cast):
    assert "Terminer la visite" not in cast.client("member").get("/offres").text
    assert cast.client("member").post("/voir-comme/fin").status_code == 302
