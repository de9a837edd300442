"""The words of every e-mail about bookings (§8), as they are sent."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.models import Booking
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary, cancel_by_offerer
from bookings.services.expire import expire
from bookings.services.local_credits import grant_local_credit
from bookings.services.postpone import postpone_stock
from bookings.services.remind import remind_expiry, remind_tomorrow, remind_venues
from bookings.services.withdraw import withdraw_stock
from bookings.services.withdrawal_change import tell_withdrawal_changed
from offers.models import Offer
from passpro.kernel import clock, outbox
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory, DepositFactory, LocalProgrammeFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def june():
    with clock.at(NOW):
        yield


@pytest.fixture
def venue():
    return VenueFactory(name="Grande salle", offerer__name="Théâtre des Embruns")


@pytest.fixture
def chloe():
    return DepositFactory(
        user__email="chloe@example.org", user__last_name="Petit", user__phone="0600000000"
    ).user


def show(venue, **facts):
    return StockFactory(
        offer__venue=venue,
        offer__title="Le Lac des cygnes & autres « pas »",
        offer__duo=True,
        beginning_at=datetime(2026, 6, 11, 18, 30, tzinfo=UTC),
        price_category__label="Plein tarif",
        **facts,
    )


def book(user, stock, quantity=1):
    booking = book_offer(
        beneficiary=user, stock_id=stock.pk, quantity=quantity, by=Actor.user(user)
    )
    Booking.objects.filter(pk=booking.pk).update(countermark="K7M2QX")
    return booking


def sent():
    """Every waiting message as text; the keys of the database are taken out."""
    shown = []
    for message in OutboxMessage.objects.filter(kind="EMAIL").order_by("pk"):
        content = outbox.content_of(message)
        shown.append(
            "\n".join(
                [
                    f"{message.event} → {message.recipient}",
                    f"Réponse à : {content['reply_to']}",
                    f"Objet : {content['subject']}",
                    content["text"],
                ]
            )
        )
    return shown


def fixed(monkeypatch):
    monkeypatch.setattr("bookings.countermarks.draw", lambda: "K7M2QX")
    monkeypatch.setattr("bookings.emails._link", lambda path: "https://passpro.example/…")


def test_a_duo_booking_of_a_show(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    BookingFactory(stock__offer__venue=venue)

    book(chloe, show(venue), 2)

    assert sent() == snapshot


def test_the_first_booking_of_a_venue(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)

    book(chloe, show(venue))

    assert sent()[0] == snapshot


def test_a_show_within_two_days_cannot_be_cancelled(venue, chloe, monkeypatch):
    fixed(monkeypatch)
    stock = show(venue)
    with clock.at(NOW + timedelta(days=9)):
        book(chloe, stock)

    assert "cette réservation ne peut pas être annulée" in sent()[1]


def test_a_paper_book(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    offer = OfferFactory(
        venue=venue, book=True, title="L’Écume", extra_data={"ean": "9782000000013"}
    )

    book(chloe, StockFactory(undated=True, offer=offer))

    assert sent() == snapshot


def test_a_digital_offer_gives_its_link(venue, chloe, monkeypatch):
    fixed(monkeypatch)
    offer = OfferFactory(
        venue=venue, digital=True, url="example.org/lire?code={token}&mail={email}&o={offerId}"
    )

    book(chloe, StockFactory(undated=True, offer=offer))

    text = sent()[1]
    assert "http://example.org/lire?code=K7M2QX&mail=chloe@example.org&o=" in text
    assert "{" not in text


def test_a_free_membership_is_validated_at_once(venue, chloe, monkeypatch):
    fixed(monkeypatch)
    offer = OfferFactory(venue=venue, subcategory_id="ABO_BIBLIOTHEQUE")

    book(chloe, StockFactory(undated=True, offer=offer, price_cents=0))

    told_venue, told_person = sent()
    assert "validée automatiquement" in told_venue
    assert "tu n’as rien d’autre à faire" in told_person


def test_a_cancellation_by_the_beneficiary(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    booking = book(chloe, show(venue), 2)
    OutboxMessage.objects.all().delete()

    cancel_by_beneficiary(booking_id=booking.pk, beneficiary=chloe, by=Actor.user(chloe))

    assert sent() == snapshot


def test_a_cancellation_by_the_venue(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    stock = show(venue)
    booking = book(chloe, stock)
    BookingFactory(
        stock=stock,
        countermark="ABCDEF",
        deposit__user__last_name="Roux",
        deposit__user__email="roux@example.org",
    )
    OutboxMessage.objects.all().delete()

    cancel_by_offerer(countermark="K7M2QX", by=Actor.api_key("k"), offerer_id=booking.offerer_id)

    assert sent() == snapshot


def test_a_date_that_is_withdrawn(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    stock = show(venue)
    book(chloe, stock, 2)
    OutboxMessage.objects.all().delete()

    withdraw_stock(stock=stock, by=Actor.api_key("k"))

    assert sent() == snapshot


def test_a_date_that_is_postponed(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    stock = show(venue)
    book(chloe, stock, 2)
    OutboxMessage.objects.all().delete()

    beginning = datetime(2026, 6, 20, 18, 30, tzinfo=UTC)
    postpone_stock(stock=stock, beginning_at=beginning, by=Actor.api_key("k"))

    assert sent() == snapshot


def test_a_withdrawal_that_changes(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    stock = show(venue)
    book(chloe, stock)
    BookingFactory(stock=stock, used=True)
    OutboxMessage.objects.all().delete()
    Offer.objects.filter(pk=stock.offer_id).update(
        withdrawal_type="on_site", withdrawal_delay_seconds=1800, withdrawal_details="Porte B."
    )

    assert tell_withdrawal_changed(offer=stock.offer) == 1

    assert sent() == snapshot


def test_books_and_records_that_nobody_collected(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    for kind, title in [("book", "L’Écume"), ("book", "Le Large"), ("good", "Chants marins")]:
        stock = StockFactory(
            undated=True,
            offer__venue=venue,
            offer__title=title,
            offer__subcategory_id=(
                "LIVRE_PAPIER" if kind == "book" else "SUPPORT_PHYSIQUE_MUSIQUE_CD"
            ),
        )
        BookingFactory(
            stock=stock,
            deposit=chloe.deposits.get(),
            booked_at=NOW - timedelta(days=40),
            cancellation_limit_at=None,
        )

    expire(now=NOW)

    assert sorted(sent()) == snapshot


def test_a_local_credit_that_is_granted_then_spent(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    programme = LocalProgrammeFactory(
        label="100 € de la Région", amount_cents=4_00, department_codes=["29"]
    )
    grant_local_credit(programme=programme, beneficiary=chloe, by=Actor.api_key("k"))

    book(chloe, show(venue))

    assert [sent()[0], sent()[2]] == snapshot


def test_the_html_is_whole_and_escaped(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)

    book(chloe, show(venue))

    message = OutboxMessage.objects.get(event="bookings/booked")
    assert outbox.content_of(message)["html"] == snapshot


def test_the_day_before(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    booking = book(chloe, show(venue), 2)
    OutboxMessage.objects.all().delete()
    with clock.at(NOW + timedelta(days=9)):
        remind_tomorrow(now=clock.now())
        assert remind_tomorrow(now=clock.now()) == {"written": 1}  # asked again, kept once

    assert booking.quantity == 2
    assert sent() == snapshot


def test_goods_that_wait_too_long(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    for code, title in [("LIVRE_PAPIER", "L’Écume"), ("LIVRE_PAPIER", "Le Large")]:
        stock = StockFactory(
            undated=True,
            offer__venue=venue,
            offer__title=title,
            offer__subcategory_id=code,
        )
        BookingFactory(stock=stock, deposit=chloe.deposits.get(), cancellation_limit_at=None)
    with clock.at(NOW + timedelta(days=2)):
        remind_expiry(now=clock.now())
    with clock.at(NOW + timedelta(days=3)):
        remind_expiry(now=clock.now())

    assert sent() == snapshot


def test_a_week_before_a_date(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    stock = show(venue)
    BookingFactory(stock=stock, quantity=2)
    BookingFactory(stock=show(venue), cancelled=True)
    with clock.at(NOW + timedelta(days=3)):
        remind_venues(now=clock.now())
        remind_venues(now=clock.now())

    assert sent() == snapshot
