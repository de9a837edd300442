"""Pre-book, confirm, refuse, cancel, change, end: the rules of §4 through the services."""

from datetime import timedelta

import pytest

from collective import exceptions
from collective.enums import BookingStatus, BudgetPeriod, Change
from collective.models import CollectiveOffer, OfferChange, Redactor
from collective.services import book, cancel, copies, dates, jobs, publish
from collective.services.book import Visitor
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.collective.factories import (
    NOW,
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveStockFactory,
    SchoolYearFactory,
)

pytestmark = pytest.mark.django_db

BY = Actor("USER", "Camille Le Goff")
HEAD = Actor.school("Mme la principale")


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        SchoolYearFactory()
        yield


def visitor(offer, **facts):
    return Visitor(
        **{
            "email": "Claire.Vidal@ac.example",
            "uai": offer.institution.uai,
            "first_name": "Claire",
            "last_name": "Vidal",
            "may_prebook": True,
            **facts,
        }
    )


def events():
    return list(
        OutboxMessage.objects.filter(kind="EMAIL").order_by("pk").values_list("event", flat=True)
    )


def history(offer):
    return list(
        offer.changes.order_by("at", "pk").values_list("kind", "before", "after", "actor_label")
    )


def test_a_teacher_prebooks_and_the_partner_is_told():
    stock = CollectiveStockFactory()

    booking = book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer))

    assert booking.status == BookingStatus.PENDING
    assert booking.redactor == Redactor.objects.get(email="claire.vidal@ac.example")
    assert booking.cancellation_limit_at == stock.starts_at - timedelta(days=30)
    assert booking.confirmation_limit_at == stock.booking_limit_at
    assert history(stock.offer) == [("STATUS", "PUBLISHED", "PREBOOKED", "Claire Vidal")]
    assert events() == ["collective/prebooked"]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"may_prebook": False}, exceptions.IncompleteIdentity),
        ({"last_name": ""}, exceptions.IncompleteIdentity),
        ({"uai": "0010034R"}, exceptions.UnknownInstitution),
    ],
)
def test_an_incomplete_visitor_does_not_prebook(facts, refusal):
    stock = CollectiveStockFactory()

    with pytest.raises(refusal):
        book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer, **facts))


def test_another_school_or_a_second_teacher_does_not_prebook():
    stock, other = CollectiveStockFactory(), CollectiveStockFactory()

    with pytest.raises(exceptions.WrongUai):
        book.prebook(offer_id=stock.offer_id, visitor=visitor(other.offer))
    book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer))
    with pytest.raises(exceptions.StockNotBookable):
        book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer))


def test_a_cancelled_offer_is_not_sold_again_but_its_copy_is():
    booking = CollectiveBookingFactory()
    offer = booking.stock.offer
    cancel.cancel_booking(offer_id=offer.pk, by=BY)

    with pytest.raises(exceptions.StockNotBookable):
        book.prebook(offer_id=offer.pk, visitor=visitor(offer))
    copy = copies.duplicate_offer(offer_id=offer.pk, by=BY)
    publish.publish_offer(offer_id=copy.pk, by=BY)
    copy.refresh_from_db()

    assert copy.display_status_at(NOW) == "PUBLISHED"
    assert book.prebook(offer_id=copy.pk, visitor=visitor(copy)).status == "PENDING"
    assert events() == ["collective/cancelled_by_partner", "collective/prebooked"]


@pytest.mark.parametrize(
    ("amount", "is_final", "refusal"),
    [
        (250_00, False, None),  # 80 % of 250 € is exactly 200 €
        (249_99, False, exceptions.InsufficientTemporaryFund),
        (200_00, True, None),
        (199_99, True, exceptions.InsufficientFund),
    ],
)
def test_a_budget_is_never_overspent(amount, is_final, refusal):
    booking = CollectiveBookingFactory()
    budget = BudgetFactory(
        institution=booking.institution,
        year=booking.year,
        amount_cents=amount,
        is_final=is_final,
    )

    if refusal:
        with pytest.raises(refusal):
            book.confirm(booking_id=booking.pk, by=HEAD)
        return
    confirmed = book.confirm(booking_id=booking.pk, by=HEAD)
    again = book.confirm(booking_id=booking.pk, by=HEAD)

    assert confirmed.budget == again.budget == budget
    assert again.confirmed_at == NOW
    assert events() == ["collective/booked"]


def test_a_budget_of_the_period_is_charged():
    booking = CollectiveBookingFactory()
    BudgetFactory(institution=booking.institution, year=booking.year, period=BudgetPeriod.AUTUMN)
    with pytest.raises(exceptions.NoBudget):
        book.confirm(booking_id=booking.pk, by=HEAD)
    spring = BudgetFactory(
        institution=booking.institution, year=booking.year, period=BudgetPeriod.SPRING
    )

    assert book.confirm(booking_id=booking.pk, by=HEAD).budget == spring


def test_the_head_refuses_until_thirty_days_before():
    booking = CollectiveBookingFactory(confirmed=True)
    late = CollectiveBookingFactory(
        stock__starts_at=NOW + timedelta(days=10),
        stock__booking_limit_at=NOW + timedelta(days=5),
    )

    with clock.at(booking.cancellation_limit_at - timedelta(seconds=1)):
        assert book.refuse(booking_id=booking.pk, by=HEAD).status == "CANCELLED"
    # A pre-booking can always be refused; a late one, once confirmed, never.
    assert late.cancellation_limit_at == late.created_at
    BudgetFactory(institution=late.institution, year=late.year)
    book.confirm(booking_id=late.pk, by=HEAD)
    with pytest.raises(exceptions.NotRefusable):
        book.refuse(booking_id=late.pk, by=HEAD)


def test_the_limit_of_confirmation_is_too_late():
    booking = CollectiveBookingFactory()
    BudgetFactory(institution=booking.institution, year=booking.year)

    with (
        clock.at(booking.confirmation_limit_at),
        pytest.raises(exceptions.ConfirmationLimitPassed),
    ):
        book.confirm(booking_id=booking.pk, by=HEAD)


def test_an_expired_prebooking_lives_again_when_the_limit_moves():
    booking = CollectiveBookingFactory()
    offer, limit = booking.stock.offer, booking.confirmation_limit_at

    with clock.at(limit + timedelta(minutes=5)):
        assert jobs.expire(now=clock.now()) == {"expired": 1, "unbooked": 0}
        assert jobs.expire(now=clock.now()) == {"expired": 0, "unbooked": 0}
        dates.change_deadline(offer_id=offer.pk, booking_limit_at=limit + timedelta(days=2), by=BY)
        booking.refresh_from_db()
        offer = CollectiveOffer.objects.get(pk=offer.pk)
        assert (booking.status, offer.display_status_at(clock.now())) == ("PENDING", "PREBOOKED")
        assert booking.confirmation_limit_at == limit + timedelta(days=2)
    assert [line[1:3] for line in history(offer)] == [
        ("PREBOOKED", "EXPIRED"),
        ("EXPIRED", "PREBOOKED"),
        ("PREBOOKED", "PREBOOKED"),
    ]
    assert events() == ["collective/cancelled"]


def test_price_and_number_go_down_until_48_hours_after():
    booking = CollectiveBookingFactory(confirmed=True)
    offer, end = booking.stock.offer, booking.stock.ends_at
    terms = {"offer_id": offer.pk, "participants": 20, "price_detail": "", "by": BY}

    with clock.at(end + timedelta(hours=47, minutes=59)):
        dates.lower(price_cents=150_00, **terms)
        with pytest.raises(exceptions.PriceRaised):
            dates.lower(price_cents=150_01, **terms)
    with clock.at(end + timedelta(hours=48)), pytest.raises(exceptions.ActionNotAllowed):
        dates.lower(price_cents=100_00, **terms)

    line = OfferChange.objects.get(offer=offer)
    assert (line.kind, line.actor_label) == (Change.PRICE, "Camille Le Goff")
    assert line.why.replace("\u00a0", " ") == "200,00 € pour 27 → 150,00 € pour 20"


def test_bookings_are_used_48_hours_after_the_end():
    booking = CollectiveBookingFactory(confirmed=True)
    end = booking.stock.ends_at

    assert jobs.use(now=end + timedelta(hours=47)) == {"used": 0}
    with clock.at(end + timedelta(hours=49)):
        assert jobs.use(now=clock.now()) == {"used": 1}
        assert jobs.use(now=clock.now()) == {"used": 0}
    booking.refresh_from_db()
    assert (booking.status, booking.used_at) == ("USED", end + timedelta(hours=49))
    assert booking.stock.offer.display_status_at(end + timedelta(hours=50)) == "ENDED"


def test_dates_in_two_school_years_are_refused():
    stock = CollectiveStockFactory()
    terms = dates.terms_of(stock)
    two_years = dates.replace(
        terms,
        starts_at=NOW.replace(month=8, day=30),
        ends_at=NOW.replace(month=9, day=2),
    )

    with pytest.raises(exceptions.WrongDates, match="même année scolaire"):
        dates.set_terms(offer_id=stock.offer_id, terms=two_years, by=BY)


def test_a_moved_event_moves_its_booking():
    booking = CollectiveBookingFactory()
    stock = booking.stock
    later = stock.starts_at + timedelta(days=20)
    terms = dates.replace(dates.terms_of(stock), starts_at=later, ends_at=later)

    dates.set_terms(offer_id=stock.offer_id, terms=terms, by=BY)

    booking.refresh_from_db()
    assert booking.cancellation_limit_at == later - timedelta(days=30)
    assert booking.status == "PENDING"


def test_an_untrusted_structure_waits_for_the_team():
    offer = CollectiveOfferFactory(venue__offerer__is_trusted=False, draft=True)
    with pytest.raises(exceptions.NotPublishable):
        publish.publish_offer(offer_id=offer.pk, by=BY)
    stock = CollectiveStockFactory(
        offer__venue__offerer__is_trusted=False,
        offer__validation="DRAFT",
        offer__is_active=False,
        offer__validated_at=None,
    )

    waiting = publish.publish_offer(offer_id=stock.offer_id, by=BY)
    assert waiting.display_status_at(NOW) == "UNDER_REVIEW"
    assert not CollectiveOffer.objects.bookable(NOW).exists()
    with pytest.raises(exceptions.ActionNotAllowed):
        publish.archive_offer(offer_id=stock.offer_id, by=BY)
    publish.approve_offer(offer_id=stock.offer_id, by=BY)

    assert CollectiveOffer.objects.bookable(NOW).get() == stock.offer
    assert events() == ["collective/decided"]


def test_only_structures_known_to_adage_publish():
    stock = CollectiveStockFactory(
        offer__venue__adage_id="", offer__venue__adage_referenced_at=None,
        offer__validation="DRAFT", offer__is_active=False,
    )  # fmt: skip

    with pytest.raises(exceptions.NotReferenced):
        publish.publish_offer(offer_id=stock.offer_id, by=BY)


def test_reminders_are_written_once():
    tomorrow = CollectiveBookingFactory(
        confirmed=True,
        stock__starts_at=NOW + timedelta(days=1),
        stock__booking_limit_at=NOW - timedelta(days=1),
    )
    CollectiveBookingFactory(
        stock__starts_at=NOW + timedelta(days=9),
        stock__booking_limit_at=NOW + timedelta(days=3),
    )

    jobs.remind(now=NOW)
    jobs.remind(now=NOW)
    assert events() == ["collective/tomorrow", "collective/limit_near"]
    with clock.at(NOW + timedelta(days=2)):
        jobs.remind(now=clock.now())
    assert events()[2:] == ["collective/yesterday"]
    assert tomorrow.status == "CONFIRMED"
