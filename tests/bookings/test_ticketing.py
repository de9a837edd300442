"""Places sold by a partner's ticketing: a loopback server that speaks its protocol (§5.11)."""

import base64
import hashlib
import hmac
import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.cache import cache

from bookings import exceptions, ticketing
from bookings.models import Booking
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary
from bookings.services.withdraw import withdraw_stock
from passpro.kernel import clock, outbox, signing
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.breaker import FAILURES
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import DepositFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import ProviderFactory, VenueProviderFactory

pytestmark = pytest.mark.django_db


class Partner:
    """What a ticketing software does with our calls; `answers` are given in turn."""

    def __init__(self):
        self.answers, self.calls, self.silence = [], [], threading.Event()

    def sells(self, *barcodes, remaining=5):
        tickets = [{"barcode": code, "seat": f"A{n}"} for n, code in enumerate(barcodes, 1)]
        return self.answer(201, {"tickets": tickets, "remainingQuantity": remaining})

    def answer(self, status, body):
        self.answers.append((status, body if isinstance(body, str) else json.dumps(body)))
        return self


@pytest.fixture
def partner(settings):
    cache.clear()
    mind = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            mind.calls.append((self.path, dict(self.headers), json.loads(raw)))
            status, body = mind.answers.pop(0)
            if status == 0:
                mind.silence.wait(5)
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mind.host = f"127.0.0.1:{server.server_port}"
    settings.FETCH_TRUSTED_HOSTS = [mind.host]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield mind
    mind.silence.set()
    server.shutdown()
    server.server_close()
    cache.clear()


@pytest.fixture
def stock(partner):
    """Ten places, sold at the address of the venue's own link."""
    provider = ProviderFactory(
        booking_url="https://ailleurs.example/b", cancel_url="https://ailleurs.example/c"
    )
    link = VenueProviderFactory(
        provider=provider,
        booking_url=f"http://{partner.host}/vendre?v=1",
        cancel_url=f"http://{partner.host}/annuler",
    )
    offer = OfferFactory(
        venue=link.venue, provider=provider, provider_key="A-1", withdrawal_type="in_app",
        withdrawal_delay_seconds=None, is_duo=True, title="Fête à l’école 🎭",
    )  # fmt: skip
    return StockFactory(offer=offer, quantity=10, beginning_at=clock.now() + timedelta(days=9))


def go(stock, quantity=1):
    user = DepositFactory().user
    return book_offer(beneficiary=user, stock_id=stock.pk, quantity=quantity, by=Actor.user(user))


def waiting():
    return OutboxMessage.objects.filter(kind="TICKETS", state="WAITING").order_by("pk")


def test_tickets_are_sold_signed_kept_then_given_back(stock, partner):
    partner.sells("T1", "T2", remaining=3)
    booking = go(stock, quantity=2)

    path, headers, text = partner.calls[0]
    facts = json.loads(text)
    key = stock.offer.provider.signing_key.encode()
    assert path == "/vendre?v=1"
    assert (
        headers["PassCulture-Signature"] == hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    )
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signing.public_key()))
    public.verify(bytes.fromhex(headers["PassCulture-ed25519-Signature"]), text.encode())
    assert "action" not in facts
    assert (facts["offer_name"], facts["booking_quantity"]) == ("Fête à l’école 🎭", 2)
    assert [(one.barcode, one.seat) for one in booking.tickets.all()] == [
        ("T1", "A1"),
        ("T2", "A2"),
    ]
    assert booking.has_tickets
    assert booking.is_code_hidden
    stock.refresh_from_db()
    assert (stock.quantity, stock.booked_quantity) == (5, 2)
    assert not waiting().exists()
    assert not OutboxMessage.objects.filter(kind="WEBHOOK").exists(), "the ticketing knows already"

    partner.answer(200, {"remainingQuantity": 8})
    user = booking.beneficiary
    cancel_by_beneficiary(booking_id=booking.pk, beneficiary=user, by=Actor.user(user))
    path, _, text = partner.calls[1]
    assert (path, json.loads(text)) == ("/annuler", {"barcodes": ["T1", "T2"]})
    stock.refresh_from_db()
    assert (stock.quantity, stock.booked_quantity) == (8, 0)
    assert not waiting().exists()


@pytest.mark.parametrize(
    ("status", "body", "refusal", "total"),
    [
        (409, {"error": "sold_out"}, exceptions.SoldOutAtPartner, 0),
        (409, {"error": "not_enough_seats", "remainingQuantity": 1}, exceptions.NotEnoughSeats, 1),
        (409, {"error": "no idea"}, exceptions.TicketingFailed, 10),
        (409, "<html>", exceptions.TicketingFailed, 10),
        (500, {}, exceptions.TicketingFailed, 10),
        (200, {"tickets": [{"barcode": "T1"}]}, exceptions.TicketingFailed, 10),
        (
            200,
            {"tickets": [{"barcode": 7}] * 2, "remainingQuantity": 1},
            exceptions.TicketingFailed,
            10,
        ),
        (200, {"tickets": [], "remainingQuantity": 1}, exceptions.TicketingFailed, 10),
    ],
)  # fmt: skip
def test_refusals_of_the_partner_are_told_and_charge_nothing(
    stock, partner, status, body, refusal, total
):
    partner.answer(status, body)
    with pytest.raises(exceptions.BookingRefused) as refused:
        go(stock, quantity=2)
    assert type(refused.value) is refusal
    assert not Booking.objects.exists()
    stock.refresh_from_db()
    assert (stock.quantity, stock.booked_quantity) == (total, 0)


def test_another_number_of_tickets(stock, partner):
    partner.sells("T1", "T2", remaining=None)
    booking = go(stock)
    assert [one.barcode for one in booking.tickets.all()] == ["T2"]
    assert [message.payload["barcodes"] for message in waiting()] == [["T1"]]
    stock.refresh_from_db()
    assert stock.quantity is None, "unlimited at the partner"

    partner.sells("T3")
    with pytest.raises(exceptions.TicketingFailed):
        go(stock, quantity=2)
    assert [message.payload["barcodes"] for message in waiting()] == [["T1"], ["T3"]]


def test_tickets_without_a_booking_are_given_back_a_minute_later_and_retried(
    stock, partner, monkeypatch
):
    """The process dies, or the booking is refused, after the partner has sold."""
    partner.sells("T1")
    monkeypatch.setattr("bookings.services.tickets.keep", _die)
    with pytest.raises(KeyboardInterrupt):
        go(stock)
    message = waiting().get()
    assert message.next_try_at >= clock.now() + timedelta(seconds=55)
    outbox.sweep()
    assert len(partner.calls) == 1, "not yet"

    partner.answer(503, {}).answer(409, {"error": "already_cancelled", "remainingQuantity": 4})
    for later in (timedelta(minutes=2), timedelta(minutes=20)):
        with clock.at(clock.now() + later):
            outbox.sweep()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("SENT", 2)
    stock.refresh_from_db()
    assert (stock.quantity, stock.booked_quantity) == (4, 0)


def _die(*args, **kwargs):
    raise KeyboardInterrupt


def test_a_booking_never_takes_tickets_that_are_being_given_back(stock, partner, monkeypatch):
    """Two at once: our second look took longer than the minute, the sweeper went first."""
    partner.sells("T1").answer(200, {"remainingQuantity": 10})
    sell = ticketing.Partner.sell

    def slow(self, facts):
        sold = sell(self, facts)
        monkeypatch.setattr(
            "bookings.services.tickets.agree_on_places", lambda *args, **kwargs: pytest.fail("late")
        )
        return sold

    monkeypatch.setattr(ticketing.Partner, "sell", slow)
    claim = outbox.take_back

    def late(key):
        with clock.at(clock.now() + timedelta(minutes=2)):
            outbox.sweep()
        return claim(key)

    monkeypatch.setattr(outbox, "take_back", late)
    with pytest.raises(exceptions.TicketingFailed):
        go(stock)
    assert not Booking.objects.exists()
    assert json.loads(partner.calls[1][2]) == {"barcodes": ["T1"]}


def test_a_partner_that_cannot_cancel_stops_the_young_person_but_not_a_deleted_date(stock, partner):
    partner.sells("T1")
    booking = go(stock)
    user = booking.beneficiary
    partner.answer(500, {})
    with pytest.raises(exceptions.TicketsNotGivenBack):
        cancel_by_beneficiary(booking_id=booking.pk, beneficiary=user, by=Actor.user(user))
    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"

    withdraw_stock(stock=stock, by=SYSTEM)
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"
    partner.answer(200, {})
    outbox.sweep()
    assert json.loads(partner.calls[-1][2]) == {"barcodes": ["T1"]}
    assert not waiting().exists()


def test_silence_ends_at_the_time_limit_and_a_failing_partner_is_left_alone(
    stock, partner, settings
):
    settings.TICKETING_TIMEOUT_SECONDS = 0.2
    partner.answer(0, "")
    start = time.monotonic()
    with pytest.raises(exceptions.TicketingFailed):
        go(stock)
    assert time.monotonic() - start < 2
    for _ in range(FAILURES):
        partner.answer(500, {})
        with pytest.raises(exceptions.TicketingFailed):
            go(stock)
    assert len(partner.calls) == FAILURES, "the last one was not sent: the breaker is open"


@pytest.mark.parametrize(
    ("kind", "off", "code"),
    [
        ("CINEMA", True, "CINEMA_PROVIDER_INACTIVE"),
        ("CINEMA", False, "CINEMA_PROVIDER_BOOKING_FAILED"),
        ("TICKETING", True, "EXTERNAL_EVENT_PROVIDER_BOOKING_FAILED"),
    ],
)
def test_cinemas_have_codes_of_their_own(stock, partner, kind, off, code):
    provider = stock.offer.provider
    provider.kind, provider.is_active = kind, not off
    provider.save()
    partner.answer(418, {})
    with pytest.raises(exceptions.BookingRefused) as refused:
        go(stock)
    assert refused.value.code == code


def test_the_sandbox_invents_tickets_and_calls_nobody(stock, partner, settings):
    settings.TICKETING = "sandbox"
    booking = go(stock, quantity=2)
    assert booking.tickets.count() == 2
    user = booking.beneficiary
    cancel_by_beneficiary(booking_id=booking.pk, beneficiary=user, by=Actor.user(user))
    assert partner.calls == []
