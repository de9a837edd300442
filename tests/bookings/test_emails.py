"""The words of every e-mail about bookings (§8), as they are sent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from bookings.emails import queue_place_changed
from bookings.models import Booking
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary, cancel_by_offerer
from bookings.services.deposits import grant_deposit, top_up_birthdays
from bookings.services.expire import expire
from bookings.services.local_credits import grant_local_credit
from bookings.services.postpone import postpone_stock
from bookings.services.remind import (
    remind_expiry,
    remind_tomorrow,
    remind_venues,
    remind_without_offer,
)
from bookings.services.staff import cancel_by_team
from bookings.services.withdraw import withdraw_stock
from bookings.services.withdrawal_change import tell_withdrawal_changed
from bookings.ticketing import Sold, Ticket
from finance.models import OffererDefaultAccount, VenueBankAccountLink
from offers.models import Offer
from offers.services.activation_codes import set_activation_codes
from passpro.kernel import clock, outbox
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory, LocalProgrammeFactory
from tests.finance.factories import BankAccountFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import VenueFactory, VenueProviderFactory

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


def test_bank_details_are_asked_for_until_an_account_receives_the_money(venue, chloe):
    stock, asked = show(venue), "Il manque vos coordonnées bancaires"
    book_offer(beneficiary=chloe, stock_id=stock.pk, quantity=1, by=SYSTEM)
    assert asked in sent()[0]

    account = BankAccountFactory(offerer=venue.offerer)
    OffererDefaultAccount.objects.create(offerer=venue.offerer, bank_account=account)
    book_offer(beneficiary=DepositFactory().user, stock_id=stock.pk, quantity=1, by=SYSTEM)
    assert asked not in sent()[2]

    OffererDefaultAccount.objects.update(ended_at=NOW)
    VenueBankAccountLink.objects.create(venue=venue, bank_account=account)
    book_offer(beneficiary=DepositFactory().user, stock_id=stock.pk, quantity=1, by=SYSTEM)
    assert asked not in sent()[4]


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


def test_a_code_of_activation_takes_the_place_of_the_countermark(
    venue, chloe, monkeypatch, snapshot
):
    fixed(monkeypatch)
    stock = StockFactory(
        undated=True,
        offer__venue=venue,
        offer__title="Abonnement d’un mois",
        offer__digital=True,
        booking_limit_at=NOW + timedelta(days=20),
    )
    set_activation_codes(
        offer=stock.offer, codes=["AAA-1"], by=SYSTEM, expires_at=NOW + timedelta(days=29)
    )

    book(chloe, stock)

    assert sent() == snapshot


def test_a_place_sold_by_a_ticketing_shows_its_tickets_and_no_countermark(
    venue, chloe, monkeypatch, snapshot, settings
):
    settings.TICKETING = "sandbox"
    fixed(monkeypatch)
    tickets = (Ticket("0000000000017", "A1"), Ticket("0000000000024", "A2"))
    monkeypatch.setattr("bookings.ticketing._sandbox_sale", lambda facts: Sold(tickets, 3))
    link = VenueProviderFactory(
        venue=venue,
        booking_url="https://ailleurs.example/b",
        cancel_url="https://ailleurs.example/c",
    )
    stock = show(
        venue,
        offer__provider=link.provider,
        offer__provider_key="A-1",
        offer__withdrawal_type="in_app",
        offer__withdrawal_delay_seconds=None,
    )
    BookingFactory(stock__offer__venue=venue, cancelled=True)  # not the venue’s first

    book(chloe, stock, 2)
    with clock.at(NOW + timedelta(days=9)):
        remind_tomorrow(now=clock.now())
    with clock.at(NOW + timedelta(days=1)):
        withdraw_stock(stock=stock, by=Actor.api_key("k"))

    shown = sent()
    assert [one.partition(" →")[0] for one in shown] == [
        "bookings/booked_pro",
        "bookings/booked",
        "bookings/tomorrow",
        "bookings/cancelled_by_venue",
        "bookings/withdrawn_pro",
    ]
    assert "K7M2QX" not in "".join(shown)
    assert shown == snapshot


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


def test_a_good_that_the_team_cancels(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    offer = OfferFactory(venue=venue, book=True, title="L’Écume")
    booking = book(chloe, StockFactory(undated=True, offer=offer))
    OutboxMessage.objects.all().delete()

    cancel_by_team(booking_id=booking.pk, reason="FRAUD", by=SYSTEM)

    assert sent() == snapshot


def test_what_a_local_credit_paid_comes_back_whatever_the_national_one(venue, chloe, monkeypatch):
    fixed(monkeypatch)
    programme = LocalProgrammeFactory(amount_cents=300_00, department_codes=["29"])
    grant_local_credit(programme=programme, beneficiary=chloe, by=SYSTEM)
    chloe.deposits.update(expires_at=NOW)
    booking = book(chloe, show(venue))
    OutboxMessage.objects.all().delete()

    cancel_by_beneficiary(booking_id=booking.pk, beneficiary=chloe, by=Actor.user(chloe))

    assert "reviennent sur ton crédit" in sent()[0]


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


def test_a_place_that_changes(venue, chloe, monkeypatch, snapshot):
    fixed(monkeypatch)
    stock = show(venue)
    book(chloe, stock)
    OutboxMessage.objects.all().delete()

    held = Booking.objects.with_mail_data()
    queue_place_changed(list(held), former="Petite salle", stamp="1")

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
    with clock.at(NOW + timedelta(days=9)):
        outbox.sweep()
    image = mail.outbox[0].attachments[0]
    assert image["Content-ID"] == "<qr>"
    assert image.get_payload(decode=True).startswith(b"\x89PNG")
    message = OutboxMessage.objects.get()
    assert message.payload["qr"] == "PASSCULTURE:v3;TOKEN:K7M2QX"
    assert 'src="cid:qr"' in message.payload["html"]


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


def test_a_structure_that_made_no_offer(venue, snapshot):
    venue.offerer.validated_at = NOW - timedelta(days=5)
    venue.offerer.save(update_fields=["validated_at"])
    for days in (0, 5):
        remind_without_offer(now=NOW + timedelta(days=days))

    assert sent() == snapshot


def test_a_birthday_adds_to_the_credit(monkeypatch, snapshot):
    fixed(monkeypatch)
    young = UserFactory(
        beneficiary=True, email="chloe@example.org", date_of_birth=date(2010, 6, 10)
    )
    grant_deposit(beneficiary=young, by=SYSTEM)
    OutboxMessage.objects.all().delete()
    with clock.at(datetime(2026, 6, 10, 7, 0, tzinfo=UTC)):
        top_up_birthdays(now=clock.now())

    assert sent() == snapshot
