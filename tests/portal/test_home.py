"""Home of the cultural staff: its own dates and bookings, in a constant number of queries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.portal import dashboard, figures
from passpro.portal.models import AreaContact, Webinar
from passpro.portal.scope import scope_of
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.collective.factories import CollectiveOfferFactory, CollectiveTemplateFactory
from tests.finance.factories import BankAccountFactory, link_account
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory
from tests.venues.factories import (
    AdageRequestFactory,
    MembershipFactory,
    OffererFactory,
    VenueFactory,
)
from venues.activities import ACTIVITY_LABELS
from venues.services.adage import reference_venue
from venues.services.offerers import reject_offerer

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def member():
    return MembershipFactory()


@pytest.fixture
def venue(member):
    return VenueFactory(offerer=member.offerer)


def date_of(offer, *, at=None, **facts):
    at = at or clock.now() + timedelta(days=3)
    return StockFactory(offer=offer, beginning_at=at, booking_limit_at=at, **facts)


def test_price_categories_of_one_date_are_one_line(member, venue):
    offer = OfferFactory(venue=venue)
    at = clock.now() + timedelta(days=2)
    date_of(offer, at=at, quantity=10, booked_quantity=4)
    cheap = PriceCategoryFactory(offer=offer, label="Réduit", price_cents=500)
    date_of(offer, at=at, price_category=cheap, quantity=5, booked_quantity=1)

    (event,) = dashboard.next_events(scope_of(member.user), now=clock.now())

    assert (event.booked, event.total) == (5, 15)


def test_one_unlimited_price_makes_the_date_unlimited(member, venue):
    date_of(OfferFactory(venue=venue), quantity=None)

    (event,) = dashboard.next_events(scope_of(member.user), now=clock.now())

    assert event.total is None


def test_past_deleted_draft_and_foreign_dates_are_left_out(member, venue):
    now = clock.now()
    date_of(OfferFactory(venue=venue), at=now - timedelta(hours=1))
    date_of(OfferFactory(venue=venue), deleted_at=now)
    date_of(OfferFactory(venue=venue, draft=True))
    date_of(OfferFactory())

    assert dashboard.next_events(scope_of(member.user), now=now) == []


def test_who_is_expected_today_stops_at_midnight_in_paris(member, venue):
    with clock.at(NOON):
        tonight = datetime(2026, 5, 22, 21, 30, tzinfo=UTC)
        tomorrow = tonight + timedelta(hours=1)
        date_of(OfferFactory(venue=venue), at=tonight, quantity=50, booked_quantity=12)
        date_of(OfferFactory(venue=venue), at=tomorrow, quantity=50, booked_quantity=30)

        assert dashboard.places_booked(scope_of(member.user), now=NOON) == (12, 42)


def test_the_month_counts_bookings_by_paris_day(member, venue):
    with clock.at(NOON):
        stock = date_of(OfferFactory(venue=venue), quantity=None)
        late = datetime(2026, 5, 20, 22, 30, tzinfo=UTC)  # already the 21st in Paris
        BookingFactory(stock=stock, booked_at=late)
        BookingFactory(stock=stock, booked_at=NOON, used=True)
        BookingFactory(stock=stock, booked_at=NOON, cancelled=True)
        BookingFactory(stock=stock, booked_at=NOON - timedelta(days=40))
        BookingFactory(booked_at=NOON)

        month = dashboard.last_month(scope_of(member.user), now=NOON)

    assert (month.bookings, month.validated, month.cancelled) == (3, 1, 1)
    assert month.before == 1
    assert month.change_percent is None
    assert len(month.bars) == 30
    assert [bar.bookings for bar in month.bars[-2:]] == [1, 2]
    assert month.best.day == NOON.date()


def test_a_newcomer_is_told_what_to_do_first(client):
    client.force_login(UserFactory())

    page = client.get("/accueil").content.decode()

    assert "0 sur" in page
    assert "Aucune date à venir" in page


def test_an_unchecked_structure_says_that_it_waits(client):
    member = MembershipFactory(offerer=OffererFactory(new=True, name="Le Phare"))
    client.force_login(member.user)

    page = client.get("/accueil").content.decode()

    assert "en cours de vérification" in page
    assert "Le Phare" in page
    assert member.user.email in page
    assert "Vous ne recevez pas nos actualités" in page

    reject_offerer(offerer_id=member.offerer_id, reason="Doublon", by=SYSTEM)
    refused = client.get("/accueil").content.decode()
    assert "Votre structure a été refusée" in refused
    assert "/structures/creation" in refused


def test_the_page_asks_as_many_questions_for_one_booking_as_for_twenty(
    client, member, venue, django_assert_num_queries
):
    client.force_login(member.user)
    stock = date_of(OfferFactory(venue=venue), quantity=None)
    BookingFactory(stock=stock)

    with CaptureQueriesContext(connection) as one:
        client.get("/accueil")
    for _ in range(4):
        date_of(OfferFactory(venue=venue))
    BookingFactory.create_batch(15, stock=stock)

    with django_assert_num_queries(len(one)):
        client.get("/accueil")


# --- choice, banners, figures, help -------------------------------------------------------------


def home(client, user, query=""):
    client.force_login(user)
    return client.get(f"/accueil{query}")


def test_the_choice_of_a_structure_or_a_venue_narrows_the_page(client, member, venue):
    other = MembershipFactory(user=member.user, offerer__name="La Criée")
    theirs = VenueFactory(offerer=other.offerer, public_name="Petite salle")
    date_of(OfferFactory(venue=venue, title="Ici"))
    date_of(OfferFactory(venue=theirs, title="Là-bas"))

    both = home(client, member.user).text
    one = home(client, member.user, f"?structure={other.offerer_id}").text
    place = home(client, member.user, f"?lieu={venue.pk}").text

    assert "Ici" in both
    assert "Là-bas" in both
    assert "Là-bas" in one
    assert "Ici" not in one
    assert f'value="{other.offerer_id}" selected' in one
    assert "Ici" in place
    assert "Là-bas" not in place


@pytest.mark.parametrize("query", ["?structure=abc", "?lieu=999999", "?structure=&lieu="])
def test_a_choice_that_is_not_ones_own_is_ignored(client, member, venue, query):
    date_of(OfferFactory(venue=venue, title="Ici"))

    assert "Ici" in home(client, member.user, query).text


def test_a_stranger_structure_cannot_be_looked_into(client, member):
    stranger = VenueFactory()
    date_of(OfferFactory(venue=stranger, title="Secret"))

    assert "Secret" not in home(client, member.user, f"?lieu={stranger.pk}").text


def test_paid_offers_without_an_account_are_told(client, member, venue):
    date_of(OfferFactory(venue=venue))
    unpaid = home(client, member.user).text
    account = BankAccountFactory(offerer=member.offerer)
    unlinked = home(client, member.user).text
    link_account(venue, account)

    linked = home(client, member.user).text

    assert "sans compte bancaire" in unpaid
    assert "n’est rattaché à aucun compte" in unlinked
    assert "ne peuvent pas être remboursées" not in linked


def test_an_account_under_review_is_told(client, member, venue):
    BankAccountFactory(offerer=member.offerer, draft=True)

    assert "compte bancaire est en cours de vérification" in home(client, member.user).text


def test_without_a_place_only_digital_offers_and_a_request_waits(client, member):
    MembershipFactory(user=member.user, offerer__name="La Criée", pending=True)

    page = home(client, member.user).text

    assert "offres numériques" in page
    assert "rattachement à «\xa0La Criée\xa0»" in page.replace("&nbsp;", "\xa0")


def test_figures_of_the_page(client, member, venue):
    OfferFactory(venue=venue, draft=True)
    OfferFactory(venue=venue, validation="PENDING", is_active=False, validated_at=None)
    BookingFactory(stock=date_of(OfferFactory(venue=venue)), quantity=2)
    scope = scope_of(member.user)

    offers = dashboard.offer_figures(scope)

    assert (offers.published, offers.waiting, offers.ever) == (1, 1, 1)
    assert dashboard.places_booked(scope, now=clock.now())[1] == 2
    assert "72\xa0heures" in home(client, member.user).text.replace("&nbsp;", "\xa0")


def test_the_page_shows_siren_name_and_main_activity_of_the_structure(client, member):
    venue = VenueFactory(offerer=member.offerer, public_name="Le Phare", activity="MUSEUM")

    page = home(client, member.user).text

    assert member.offerer.grouped_siren in page
    assert "Le Phare" in page
    assert venue.siret in page
    assert ACTIVITY_LABELS["MUSEUM"] in page


def test_the_contact_of_ones_own_area_is_shown(client, member, venue):
    AreaContact.objects.create(name="Équipe Bretagne", email="b@example.org", departments=["29"])
    AreaContact.objects.create(name="Équipe Corse", phone="0400000000", departments=["2A", "2B"])

    page = home(client, member.user).text

    assert "Équipe Bretagne" in page
    assert "Équipe Corse" not in page


def test_help_is_open_before_an_account_and_names_the_contact_of_a_territory(client):
    AreaContact.objects.create(name="Équipe Bretagne", email="b@example.org", departments=["29"])
    Webinar.objects.create(title="Premiers pas", first_at=clock.now() + timedelta(days=3))

    page = client.get("/aide").text
    chosen = client.get("/aide?departement=29").text

    assert "Comment faire sans SIREN" in page
    assert "Équipe Bretagne" not in page
    assert "Équipe Bretagne" in chosen
    assert "Premiers pas" in chosen
    assert "Personne n’est encore nommé" in client.get("/aide?departement=2A").text
    assert client.get("/aide?departement=%00").status_code == 200


def test_offers_for_classes_are_counted(client, member, venue):
    CollectiveTemplateFactory(venue=venue)
    CollectiveOfferFactory(venue=venue, validation="PENDING", is_active=False)

    page = home(client, member.user).text

    assert "Offres pour les classes" in page
    assert "et 1 en instruction" in page


def test_a_contact_can_be_reached():
    with pytest.raises(IntegrityError), transaction.atomic():
        AreaContact.objects.create(name="Personne", departments=["29"])


@pytest.mark.parametrize(
    ("every", "now", "expected"),
    [
        (2, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 5, 13, tzinfo=UTC)),
        (2, datetime(2026, 3, 5, 14, 29, tzinfo=UTC), datetime(2026, 3, 5, 13, tzinfo=UTC)),
        (2, datetime(2026, 3, 5, 14, 31, tzinfo=UTC), datetime(2026, 3, 19, 13, tzinfo=UTC)),
        # Summer time: still 14:00 in Paris.
        (2, datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 4, 2, 12, tzinfo=UTC)),
        (2, datetime(2027, 3, 5, tzinfo=UTC), datetime(2027, 3, 18, 13, tzinfo=UTC)),
        (0, datetime(2026, 3, 6, tzinfo=UTC), None),
    ],
)
def test_a_webinar_comes_back_at_the_same_paris_hour(every, now, expected):
    webinar = Webinar(first_at=datetime(2026, 3, 5, 13, tzinfo=UTC), every_weeks=every)

    assert webinar.next_at(now) == expected


def test_the_next_webinar_is_announced(client, member):
    first = clock.now() - timedelta(days=20)
    Webinar.objects.create(title="Prendre en main", first_at=first, every_weeks=2)
    Webinar.objects.create(title="Caché", first_at=first, every_weeks=1, is_shown=False)

    page = home(client, member.user).text

    assert "Prendre en main" in page
    assert "Caché" not in page


def test_permanent_venues_show_their_page_their_link_and_their_state_at_adage(client, member):
    """C1, and issue line 7: what a referenced venue changes for the school half of the portal."""
    asked = VenueFactory(offerer=member.offerer, is_permanent=True, public_name="La Vitrine")
    AdageRequestFactory(venue=asked)
    VenueFactory(offerer=member.offerer, public_name="De passage")

    page = home(client, member.user).text

    assert f"/app/lieu/{asked.pk}" in page
    assert f'data-copy="page-{asked.pk}"' in page
    assert f"/lieux/{asked.pk}/image" in page
    assert "demande en cours" in page
    assert "Adresse publique de De passage" not in page
    assert "/collectif/offre/creation" not in client.get("/collectif/offres").text

    reference_venue(venue_id=asked.pk, adage_id="128", by=SYSTEM)

    assert "référencé sur ADAGE" in home(client, member.user).text
    assert "/collectif/offre/creation" in client.get("/collectif/offres").text


def test_many_structures_and_venues_cost_no_more_queries(client, member, venue):
    date_of(OfferFactory(venue=venue))
    client.force_login(member.user)
    client.get("/accueil")
    with CaptureQueriesContext(connection) as few:
        client.get("/accueil")
    for _ in range(3):
        offerer = MembershipFactory(user=member.user).offerer
        for place in VenueFactory.create_batch(3, offerer=offerer):
            date_of(OfferFactory(venue=place))

    with CaptureQueriesContext(connection) as many:
        client.get("/accueil")

    assert len(many) == len(few)


def test_counts_of_very_large_structures_are_kept_and_the_page_says_it(
    client, member, venue, monkeypatch
):
    cache.clear()
    monkeypatch.setattr(figures, "MANY", 1)
    client.force_login(member.user)
    with clock.at(NOON):
        stock = date_of(OfferFactory(venue=venue), quantity=None)
        BookingFactory(stock=stock, booked_at=NOON)
        first = client.get("/accueil").content.decode()
        BookingFactory(stock=stock, booked_at=NOON)
        second = client.get("/accueil")
        other = figures.figures_of(scope_of(UserFactory()), now=NOON)
    cache.clear()

    assert "Chiffres de" not in first
    assert "Chiffres de 12&nbsp;h" in second.content.decode().replace("\xa0", "&nbsp;")
    assert second.context["counted"].month.bookings == 1
    assert other.month.bookings == 0


def test_a_closed_structure_is_not_said_to_be_under_verification(client):
    member = MembershipFactory(offerer__status="CLOSED")

    page = home(client, member.user).text

    assert "Votre structure est fermée" in page
    assert "en cours de vérification" not in page
