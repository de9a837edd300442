"""Drafting and changing the details of an offer."""

from dataclasses import replace

import pytest

from offers.enums import OfferValidation
from offers.exceptions import DuplicateEan, InvalidDetails, NoRealVenue, NotADraft, OfferFrozen
from offers.models import Offer
from offers.services.details import OfferDetails, stored_details
from offers.services.draft import delete_draft, draft_offer, update_offer
from passpro.kernel import images
from passpro.kernel.actor import Actor
from passpro.reference.categories import OFFLINE, ONLINE, SUBCATEGORIES
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db

SHOW = OfferDetails(
    title="Le Lac des cygnes",
    subcategory_id="SPECTACLE_REPRESENTATION",
    extra_data={"showType": "300", "showSubType": "302", "stageDirector": "Lila Berthier"},
    withdrawal_type="no_ticket",
    booking_contact="billetterie@example.org",
    duration_minutes=105,
    motor_accessible=True,
)
EBOOK = OfferDetails(
    title="Carnets de Loire",
    subcategory_id="LIVRE_NUMERIQUE",
    url="exemple.fr/lire?code={token}",
)
BOOK = OfferDetails(title="Carnets de Loire", subcategory_id="LIVRE_PAPIER")


@pytest.fixture
def by():
    return Actor.user(UserFactory())


@pytest.fixture
def venue():
    return VenueFactory(name="Théâtre des Cordeliers", city="Mâcon")


def refusal(details, venue, by):
    with pytest.raises(InvalidDetails) as caught:
        draft_offer(offerer=venue.offerer, venue=venue, details=details, by=by)
    return caught.value.field


def test_a_draft_keeps_what_was_typed_and_stays_hidden(venue, by):
    offer = draft_offer(offerer=venue.offerer, venue=venue, details=SHOW, by=by)

    offer.refresh_from_db()
    assert stored_details(offer) == SHOW
    assert (offer.validation, offer.is_active) == (OfferValidation.DRAFT, False)
    assert offer.author_id == by.user_id
    assert "lac des cygnes" in offer.search_text
    assert "macon" in offer.search_text
    assert "lila berthier" in offer.search_text


def test_an_online_offer_goes_to_the_hidden_venue_of_its_structure(venue, by):
    first = draft_offer(offerer=venue.offerer, venue=venue, details=EBOOK, by=by)
    second = draft_offer(offerer=venue.offerer, venue=None, details=EBOOK, by=by)

    assert first.venue.is_virtual
    assert first.venue == second.venue
    assert first.venue.offerer == venue.offerer
    assert first.url == "http://exemple.fr/lire?code={token}"


def test_a_physical_offer_needs_a_venue(venue, by):
    with pytest.raises(NoRealVenue):
        draft_offer(offerer=venue.offerer, venue=None, details=SHOW, by=by)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"subcategory_id": "INCONNUE"}, "subcategory_id"),
        ({"subcategory_id": "OEUVRE_ART"}, "subcategory_id"),
        ({"url": "https://exemple.fr"}, "url"),
        ({"withdrawal_type": ""}, "withdrawal_type"),
        ({"withdrawal_delay_seconds": 0}, "withdrawal_delay_seconds"),
        ({"withdrawal_type": "by_email"}, "withdrawal_delay_seconds"),
        (
            {"withdrawal_type": "by_email", "withdrawal_delay_seconds": 900},
            "withdrawal_delay_seconds",
        ),
        (
            {"withdrawal_type": "on_site", "withdrawal_delay_seconds": 259200},
            "withdrawal_delay_seconds",
        ),
        ({"booking_contact": ""}, "booking_contact"),
        ({"extra_data": {}}, "showSubType"),
        ({"extra_data": {"showType": "300"}}, "showSubType"),
        ({"extra_data": {"showType": "999", "showSubType": "1"}}, "showType"),
        ({"extra_data": {"showType": "300", "showSubType": "1301"}}, "showSubType"),
        ({"duration_minutes": 60_000}, "duration"),
    ],
)
def test_each_contradiction_names_its_field(changes, field, venue, by):
    assert refusal(replace(SHOW, **changes), venue, by) == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "https://sans-extension"}, "url"),
        ({"url": "https://exemple.fr/" + "a" * 255}, "url"),
        ({"is_duo": True}, "is_duo"),
        ({"extra_data": {"ean": "12345"}}, "ean"),
        ({"withdrawal_type": "no_ticket"}, "withdrawal_type"),
    ],
)
def test_each_contradiction_of_an_online_offer_names_its_field(changes, field, venue, by):
    assert refusal(replace(EBOOK, **changes), venue, by) == field


@pytest.mark.parametrize("delay", [0, 900, 172_800])
def test_tickets_collected_on_site_accept_the_listed_delays(delay, venue, by):
    details = replace(
        SHOW,
        withdrawal_type="on_site",
        withdrawal_delay_seconds=delay,
        withdrawal_details="Au guichet.",
    )

    offer = draft_offer(offerer=venue.offerer, venue=venue, details=details, by=by)

    assert offer.withdrawal_delay_seconds == delay


def test_values_the_subcategory_does_not_declare_are_dropped(venue, by):
    details = replace(BOOK, extra_data={"author": "Nora Cadiou", "visa": "1", "ean": " "})

    offer = draft_offer(offerer=venue.offerer, venue=venue, details=details, by=by)

    assert offer.extra_data == {"author": "Nora Cadiou"}


def test_a_good_has_no_duration(venue, by):
    details = replace(BOOK, duration_minutes=90)

    assert (
        draft_offer(offerer=venue.offerer, venue=venue, details=details, by=by).duration_minutes
        is None
    )


def test_the_same_ean_is_active_once_per_venue(venue, by):
    details = replace(BOOK, extra_data={"ean": "9782000000013"})
    OfferFactory(venue=venue, book=True, extra_data={"ean": "9782000000013"})

    with pytest.raises(DuplicateEan):
        draft_offer(offerer=venue.offerer, venue=venue, details=details, by=by)


def test_a_published_offer_keeps_its_subcategory_and_its_venue(venue, by):
    offer = OfferFactory(venue=venue, book=True)

    with pytest.raises(InvalidDetails) as kind:
        update_offer(offer=offer, details=replace(BOOK, subcategory_id="PARTITION"), by=by)
    with pytest.raises(InvalidDetails) as place:
        update_offer(offer=offer, details=BOOK, by=by, venue=VenueFactory(offerer=venue.offerer))

    assert (kind.value.field, place.value.field) == ("subcategory_id", "venue")


def test_a_draft_may_still_change_its_subcategory_and_its_venue(venue, by):
    offer = OfferFactory(venue=venue, book=True, draft=True)
    other = VenueFactory(offerer=venue.offerer)

    update_offer(offer=offer, details=replace(BOOK, subcategory_id="PARTITION"), by=by, venue=other)

    offer.refresh_from_db()
    assert (offer.subcategory_id, offer.venue) == ("PARTITION", other)


def test_a_draft_with_dates_does_not_become_a_good(venue, by):
    offer = OfferFactory(venue=venue, draft=True)
    StockFactory(offer=offer)

    with pytest.raises(InvalidDetails):
        update_offer(offer=offer, details=BOOK, by=by)


@pytest.mark.parametrize("state", [OfferValidation.PENDING, OfferValidation.REJECTED])
def test_an_offer_under_review_or_refused_is_frozen(state, venue, by):
    offer = OfferFactory(venue=venue, book=True, draft=True, validation=state)

    with pytest.raises(OfferFrozen):
        update_offer(offer=offer, details=BOOK, by=by)


def test_a_draft_is_really_deleted_with_its_dates(
    by, monkeypatch, django_capture_on_commit_callbacks
):
    offer = StockFactory(offer__draft=True, offer__image_key="0" * 32).offer
    gone = []
    monkeypatch.setattr(images, "delete_files", gone.append)

    with django_capture_on_commit_callbacks(execute=True):
        delete_draft(offer=offer, by=by)

    assert gone == [offer.image_key]
    assert not Offer.objects.filter(pk=offer.pk).exists()


def test_a_published_offer_is_not_deleted(by):
    offer = OfferFactory()

    with pytest.raises(NotADraft):
        delete_draft(offer=offer, by=by)


@pytest.mark.parametrize("kind", [s for s in SUBCATEGORIES if s.is_selectable], ids=lambda s: s.id)
def test_every_selectable_subcategory_can_be_drafted(kind, venue, by):
    samples = {
        "musicType": "501",
        "musicSubType": "502",
        "showType": "300",
        "showSubType": "302",
        "ean": "9782000000013",
    }
    details = OfferDetails(
        title="Offre",
        subcategory_id=kind.id,
        extra_data={f.name: samples.get(f.name, "Nora Cadiou") for f in kind.extra_fields},
        url="https://exemple.fr" if kind.where == ONLINE else "",
        withdrawal_type="no_ticket" if kind.needs_withdrawal_type else "",
        booking_contact="a@example.org",
        is_duo=kind.can_be_duo,
    )

    offer = draft_offer(offerer=venue.offerer, venue=venue, details=details, by=by)

    assert offer.venue.is_virtual == (kind.where == ONLINE)
    assert kind.where in {OFFLINE, ONLINE}
    assert set(offer.extra_data) == {f.name for f in kind.extra_fields}
