"""One box looks everywhere, within the agent's rights."""

import pytest
from django.contrib.auth.models import Group

from offers.search import search_text
from passpro.portal.find import KINDS, find
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.collective.factories import CollectiveBookingFactory
from tests.finance.factories import BankAccountFactory
from tests.offers.factories import OfferFactory
from tests.venues.factories import OffererFactory, VenueFactory

pytestmark = pytest.mark.django_db


def agent(*groups):
    user = UserFactory(staff=True, first_name="Farid", last_name="Agentsecret")
    user.groups.set(Group.objects.filter(name__in=groups) if groups else Group.objects.all())
    return user


@pytest.fixture
def world():
    offerer = OffererFactory(name="Théâtre de l’Été", siren="732829320")
    venue = VenueFactory(
        offerer=offerer, name="SARL DES EMBRUNS", public_name="La Grande Salle",
        siret="73282932000074",
    )  # fmt: skip
    offer = OfferFactory(
        venue=venue, title="Le Lac des cygnes", extra_data={"ean": "9782070000012"}
    )
    offer.search_text = search_text(offer)
    offer.save()
    booking = BookingFactory(
        stock__offer=offer,
        deposit__user__email="chloe@example.org",
        deposit__user__first_name="Chloé",
        deposit__user__last_name="Pétibon",
    )
    other = OfferFactory(title="Autre chose", venue__name="Rien", venue__offerer__name="Personne")
    account = BankAccountFactory(offerer=offerer, label="Compte courant")
    return {"offerer": offerer, "venue": venue, "offer": offer, "booking": booking,
            "account": account, "other": other}  # fmt: skip


def hits(text, by=None):
    groups = find(text, agent=by or agent())
    return {group.title: [hit.title for hit in group.hits] for group in groups}


def test_a_siren_finds_the_structure_and_its_bank_accounts(world):
    assert hits("732 829 320") == {
        "Structures": ["Théâtre de l’Été"],
        "Lieux": ["La Grande Salle"],
        "Comptes bancaires": ["Compte courant"],
    }


def test_a_siret_finds_the_venue_and_its_structure(world):
    found = hits("732 829 320 00074")

    assert found["Lieux"] == ["La Grande Salle"]
    assert found["Structures"] == ["Théâtre de l’Été"]


@pytest.mark.parametrize("typed", ["theatre ete", "Théâtre", "THEAT"])
def test_words_find_names_without_accents_by_their_beginnings(world, typed):
    assert hits(typed)["Structures"] == ["Théâtre de l’Été"]


@pytest.mark.parametrize(
    ("typed", "kind", "title"),
    [
        ("embruns", "Lieux", "La Grande Salle"),
        ("grande salle", "Lieux", "La Grande Salle"),
        ("petibon chloe", "Personnes", "Chloé Pétibon"),
        ("chloe@example.org", "Personnes", "Chloé Pétibon"),
        ("lac cygne", "Offres", "Le Lac des cygnes"),
        ("9782070000012", "Offres", "Le Lac des cygnes"),
    ],
)
def test_names_titles_addresses_and_eans(world, typed, kind, title):
    assert hits(typed)[kind] == [title]


def test_a_countermark_in_any_case_and_the_numbers_of_things(world):
    booking, code = world["booking"], world["booking"].countermark
    line = f"{code} · Le Lac des cygnes"

    assert hits(code.lower())["Réservations"] == [line]
    assert hits("chloe@example.org")["Réservations"] == [line]
    assert hits(str(booking.pk))["Réservations"] == [line]
    assert "Le Lac des cygnes" in hits(str(world["offer"].pk))["Offres"]
    assert hits(world["account"].dossier_number)["Comptes bancaires"] == ["Compte courant"]


def test_nothing_for_nothing_and_no_error_for_strange_texts(world):
    assert hits("") == {}
    for strange in ("'", "%", "!!!", "9" * 40, "a" * 100, "<script>", "| & !", "\u00a0"):
        assert hits(strange) == {}


def test_an_agent_finds_only_what_their_rights_open(world):
    support = agent("Support N1")

    assert set(hits("chloe@example.org", by=support)) == {"Personnes"}
    assert hits("theatre", by=support) == {}
    assert hits("agentsecret", by=support) == {}


def test_each_kind_costs_one_query(world, django_assert_max_num_queries):
    by = agent()
    find("x", agent=by)

    with django_assert_max_num_queries(len(KINDS)):
        find("theatre", agent=by)


def test_the_page_shows_groups_with_links_and_says_when_there_is_nothing(client, world):
    client.force_login(agent())

    found = client.get("/admin/recherche/", {"q": "theatre"}).text
    nothing = client.get("/admin/recherche/", {"q": "zzzz"}).text

    assert f"/admin/venues/offerer/{world['offerer'].pk}/change/" in found
    assert "Rien ne répond à «&nbsp;zzzz&nbsp;»" in nothing
    assert 'action="/admin/recherche/"' in client.get("/admin/").text


def test_the_page_is_for_agents(client):
    assert client.get("/admin/recherche/").status_code == 302
    client.force_login(UserFactory())
    assert client.get("/admin/recherche/", follow=True).status_code == 403


def test_names_are_read_through_their_index(world, django_assert_num_queries):
    from django.db import connection

    from passpro.kernel.text_search import with_names
    from venues.models import Offerer

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = with_names(Offerer.objects.order_by(), "theatre", "name").explain()

    assert "offerer_names" in plan


def test_a_uai_finds_the_school_what_it_is_offered_and_what_it_booked():
    booking = CollectiveBookingFactory(stock__offer__title="Visite d’atelier")
    school = booking.institution

    found = hits(f" {school.uai.lower()} ")

    assert found == {
        "Établissements scolaires": [school.full_name],
        "Offres scolaires": ["Visite d’atelier"],
        "Réservations scolaires": ["Visite d’atelier"],
    }
    assert "Réservations scolaires" in hits(booking.redactor.email)


def test_a_siren_and_an_address_find_venues(world):
    world["venue"].booking_email = "salle@example.org"
    world["venue"].save()

    assert hits("salle@example.org") == {"Lieux": ["La Grande Salle"]}
