"""Countermarks for partners (API-120 to API-124)."""

import json
from datetime import timedelta

import pytest

from bookings.exceptions import NotYetBookable
from bookings.services.book import book_offer
from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from passpro.kernel.templatetags.ui import french_date
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.offers.factories import StockFactory
from tests.partner_api.client import Software, software_of
from tests.venues.factories import ProviderKeyFactory, VenueFactory

pytestmark = pytest.mark.django_db

TOKEN = "/public/bookings/v1/token/{token}"
USE = "/public/bookings/v1/use/token/{token}"
KEEP = "/public/bookings/v1/keep/token/{token}"
CANCEL = "/public/bookings/v1/cancel/token/{token}"
BOOKINGS = "/public/bookings/v1/bookings"
UNKNOWN = {"global": "This countermark cannot be found"}


def test_a_countermark_is_read_used_kept_and_cancelled(cast):
    software, _ = software_of(cast.venue)
    booking, code = cast.booking, cast.booking.countermark

    read = software.get(TOKEN, token=code.lower())

    assert read["id"] == booking.pk
    assert read["price"] == 1000
    assert read["userEmail"] == cast.chloe.email
    assert read["venueDepartementCode"] == read["offerDepartmentCode"] == "29"
    software.patch(USE, token=code, status=204)
    used = {"booking": "This booking has already been validated"}
    assert software.get(TOKEN, token=code, status=410) == used
    assert software.patch(USE, token=code, status=410) == used
    assert software.patch(CANCEL, token=code, status=410) == {
        "booking": "This booking has been validated"
    }
    software.patch(KEEP, token=code, status=204)
    assert software.patch(KEEP, token=code, status=403) == {
        "booking": "This booking has not been used"
    }
    assert software.patch(CANCEL, token=code, status=403) == {
        "booking": "This booking cannot be cancelled anymore"
    }
    with clock.at(booking.cancellation_limit_at - timedelta(seconds=1)):
        early = software.patch(USE, token=code, status=403)
        assert "délai d’annulation" in early["booking"]
        software.patch(CANCEL, token=code, status=204)
    gone = "This booking has been cancelled"
    assert software.get(TOKEN, token=code, status=410) == {"booking": gone}
    assert software.patch(KEEP, token=code, status=410) == {"booking": gone}
    assert software.patch(CANCEL, token=code, status=410) == {
        "booking": "This booking has already been cancelled"
    }


def test_what_is_being_paid_does_not_move(cast):
    software, _ = software_of(cast.venue)
    booking = BookingFactory(reimbursed=True, stock=cast.stock)

    for path, call in ((TOKEN, software.get), (USE, software.patch)):
        assert call(path, token=booking.countermark, status=403) == {
            "payment": "This booking has already been reimbursed"
        }
    for path in (KEEP, CANCEL):
        assert software.patch(path, token=booking.countermark, status=403) == {
            "payment": "This booking has been reimbursed"
        }


def test_bookings_are_listed_from_the_smallest_id_wanted(cast):
    software, _ = software_of(cast.venue)
    stock = StockFactory(offer__venue=cast.venue)
    more = [BookingFactory(stock=stock) for _ in range(3)]
    BookingFactory(stock__offer__venue=cast.other_venue)

    def listed(**query):
        return [one["id"] for one in software.get(BOOKINGS, query=query)["bookings"]]

    ids = [cast.booking.pk, *(one.pk for one in more)]
    assert listed() == ids
    assert listed(limit=2) == ids[:2]
    assert listed(firstIndex=ids[1] + 1) == ids[2:]
    assert listed(offerId=cast.offer.pk) == ids[:1]
    assert listed(venueId=cast.venue.pk, status="CONFIRMED", stockId=stock.pk) == ids[1:]
    assert listed(priceCategoryId=stock.price_category_id) == ids[1:]
    assert listed(beginningDatetime=stock.beginning_at.isoformat()) == ids[1:]
    assert software.get(BOOKINGS, query={"offerId": 0}, status=404) == {
        "offer": "we could not find this offer id"
    }
    foreign = {"venueId": cast.other_venue.pk}
    assert software.get(BOOKINGS, query=foreign, status=404)


def test_another_partner_sees_none_of_it(cast):
    software_of(cast.venue)
    stranger = Software(ProviderKeyFactory())
    code = cast.booking.countermark

    assert stranger.get(TOKEN, token=code, status=404) == UNKNOWN
    for path in (USE, KEEP, CANCEL):
        assert stranger.patch(path, token=code, status=404) == UNKNOWN
    assert stranger.get(TOKEN, token="ZZZZZZ", status=404) == UNKNOWN
    assert stranger.get(BOOKINGS) == {"bookings": []}
    assert stranger.get(BOOKINGS, query={"offerId": cast.offer.pk}, status=404)


def test_the_digital_venue_goes_with_the_others_of_its_structure(cast):
    software, _ = software_of(cast.venue)
    digital = VenueFactory(virtual=True, offerer=cast.offerer)
    booking = BookingFactory(stock__undated=True, stock__offer__venue=digital)

    assert software.get(TOKEN, token=booking.countermark)["id"] == booking.pk


def test_a_countermark_is_read_with_three_queries(cast, django_assert_num_queries, settings):
    settings.FEATURES_CACHE_SECONDS = 60
    software, _ = software_of(cast.venue)
    software.get(TOKEN, token=cast.booking.countermark)  # notes the use of the day

    with django_assert_num_queries(3):
        software.get(TOKEN, token=cast.booking.countermark)
    for _ in range(3):
        BookingFactory(stock=cast.stock)
    with django_assert_num_queries(2):
        software.get(BOOKINGS)


def test_a_notice_has_naive_instants_and_the_partners_own_identifiers(cast):
    """API-261, §3.2; before its bookings begin, an offer says when they will (API-61)."""
    _, provider = software_of(cast.venue)
    provider.notification_url = "https://harmonie.example/notify"
    provider.save()
    opens_at = clock.now() + timedelta(days=1)
    Offer.objects.filter(pk=cast.offer.pk).update(
        provider=provider, provider_key="spectacle-1", booking_allowed_at=opens_at
    )
    stock = StockFactory(
        offer=cast.offer, provider_key="seance-1", price_category__provider_key="p", price_cents=900
    )
    person = DepositFactory().user

    with pytest.raises(NotYetBookable) as refused:
        book_offer(beneficiary=person, stock_id=stock.pk, quantity=1, by=Actor.user(person))
    assert (refused.value.code, refused.value.http_status) == ("STOCK_NOT_BOOKABLE", 400)
    assert french_date(opens_at, cast.venue.time_zone) in refused.value.message

    with clock.at(opens_at):
        book_offer(beneficiary=person, stock_id=stock.pk, quantity=1, by=Actor.user(person))
    told = json.loads(OutboxMessage.objects.get(event="partners/book").payload["text"])
    assert told["booking_creation_date"] == f"{opens_at:%Y-%m-%dT%H:%M:%S}"
    assert told["offer_id_at_provider"] == "spectacle-1"
    assert told["stock_id_at_provider"] == "seance-1"
    assert told["price_category_id_at_provider"] == "p"
