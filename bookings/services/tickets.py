"""Tickets of a partner: sold before the booking is stored, given back whatever happens (§5.11).

The partner is asked outside of any transaction, so that nobody waits for it under a lock. As soon
as it has answered, a message that gives the tickets back is written for a minute later; the booking
takes this message back in its own transaction. A refusal, a crash or a lost race in between leaves
the message, and the message the partner's places free again (API-276, BKG-97).
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from bookings import exceptions, notices
from bookings.models import Booking, ExternalTicket
from bookings.ticketing import GivenBack, NoAnswer, NotEnough, Partner, Refused, Sold, Ticket
from offers.models import Stock
from offers.services.places import set_remaining
from passpro.kernel import clock, outbox
from passpro.kernel.models import OutboxMessage
from venues.enums import ProviderKind, VenueProviderStatus
from venues.models import Provider, VenueProvider

KIND = OutboxMessage.Kind.TICKETS


@dataclass(frozen=True, slots=True)
class Held:
    """Tickets in hand for a booking that is not stored yet; `message` would give them back."""

    tickets: tuple[Ticket, ...]
    remaining: int | None
    message: str


class TicketsWanted(Exception):
    """All checks passed but the partner's: it must be asked before the booking is stored."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking
        super().__init__("tickets wanted")


def sell(booking: Booking) -> Held:
    """BKG-20, BKG-96: the tickets of a booking to come; call it outside of any transaction.

    Raises the refusals of BKG-20; the total of the stock follows what the partner says is left.
    """
    provider = booking.offer.provider
    words = _Words(is_cinema=provider is not None and provider.kind == ProviderKind.CINEMA)
    partner = partner_of(provider, booking.venue_id)
    if partner is None:
        raise words.inactive()
    left = booking.stock.remaining
    facts = notices.facts_of(booking)
    if settings.TICKETING == "sandbox":
        facts["places_left"] = left
    try:
        answer = partner.sell(facts)
    except NoAnswer:
        raise words.no_answer() from None
    except Refused:
        raise words.failed() from None
    if isinstance(answer, NotEnough):
        with transaction.atomic():
            set_remaining(stock_id=booking.stock_id, remaining=answer.remaining)
        raise exceptions.NotEnoughSeats if answer.remaining else exceptions.SoldOutAtPartner
    return _in_hand(booking, answer, words)


def _in_hand(booking: Booking, sold: Sold, words: "_Words") -> Held:
    """API-272: as many as asked; one too many is given back, another number is refused."""
    asked, tickets = booking.quantity, sold.tickets
    if asked == 1 and len(tickets) == 2:
        _queue(booking, [tickets[0].barcode])
        tickets = tickets[1:]
    if len(tickets) != asked:
        if tickets:
            _queue(booking, [one.barcode for one in tickets])
        raise words.failed()
    wait = settings.ORPHAN_TICKETS_WAIT.total_seconds()
    message = _queue(booking, [one.barcode for one in tickets], seconds=wait)
    return Held(tickets=tickets, remaining=sold.remaining, message=message)


def agree_on_places(held: Held, *, stock: Stock, quantity: int) -> None:
    """API-272: total of the locked stock = what is booked, this booking, what the partner says is
    left."""
    free = None if held.remaining is None else held.remaining + quantity
    set_remaining(stock_id=stock.pk, remaining=free)
    stock.quantity = None if free is None else stock.booked_quantity + free


def keep(held: Held, *, booking: Booking) -> None:
    """The tickets belong to this booking; in the transaction that has just stored it."""
    ExternalTicket.objects.bulk_create(
        ExternalTicket(booking=booking, barcode=one.barcode, seat=one.seat) for one in held.tickets
    )


def claim(held: Held) -> None:
    """First write of the booking: nobody gives these tickets back any more. Raises
    TicketingFailed when it is too late.

    Before the lock of the stock: a message being sent ends by it too.
    """
    if not outbox.take_back(held.message):
        raise exceptions.TicketingFailed


def give_back_now(booking: Booking) -> GivenBack | None:
    """API-274, API-275: the partner cancels before we do, None without tickets.

    Raises TicketsNotGivenBack: then nothing is cancelled.
    """
    if not booking.has_tickets:
        return None
    partner = partner_of(booking.offer.provider, booking.venue_id, any_link=True)
    if partner is None:
        raise exceptions.TicketsNotGivenBack
    try:
        return partner.give_back(_barcodes(booking))
    except (NoAnswer, Refused):
        raise exceptions.TicketsNotGivenBack from None


def tell_remaining(given: GivenBack, *, stock_id: int) -> None:
    """API-274: total of the stock = what the partner says is left + what stays booked."""
    if given.remaining != "unknown":
        set_remaining(stock_id=stock_id, remaining=given.remaining)


def queue_cancelled(booking_ids: list[int]) -> None:
    """API-275 (D): cancelled by a job, the team or a deleted date, whatever the partner says; it
    is told until it answers."""
    ticketed = Booking.objects.filter(pk__in=booking_ids, has_tickets=True)
    for booking in ticketed.select_related("offer__provider").order_by("pk"):
        _queue(booking, _barcodes(booking), key=f"tickets-of:{booking.pk}")


def send(message: OutboxMessage) -> None:
    """Sender of the outbox: give tickets back unless a booking holds them (BKG-97)."""
    payload = message.payload
    barcodes, stock_id = payload["barcodes"], payload["stock_id"]
    held = (
        ExternalTicket.objects.filter(barcode__in=barcodes, booking__stock=stock_id)
        .exclude(booking__status="CANCELLED")
        .values_list("barcode", flat=True)
    )
    left = sorted(set(barcodes) - set(held))
    if not left:
        return
    provider = Provider.objects.filter(pk=payload["provider_id"]).first()
    partner = partner_of(provider, payload["venue_id"], any_link=True)
    if partner is None:
        raise NoAnswer("no address")
    tell_remaining(partner.give_back(left), stock_id=stock_id)


def partner_of(
    provider: Provider | None, venue_id: int, *, any_link: bool = False
) -> Partner | None:
    """The addresses of the link go before those of the partner (API-250); None without any.

    Only a link and a partner in force sell; `any_link`: tickets are given back after them.
    """
    if provider is None:
        return None
    links = VenueProvider.objects.filter(venue=venue_id, provider=provider)
    if not any_link:
        links = links.filter(status=VenueProviderStatus.ACTIVE)
    link = links.order_by("-pk").first()
    if not any_link and (link is None or not provider.is_active):
        return None
    own = link is not None and link.booking_url != ""
    source: Provider | VenueProvider = link if own and link else provider
    if not source.booking_url:
        return None
    return Partner(
        provider_id=provider.pk,
        booking_url=source.booking_url,
        cancel_url=source.cancel_url,
        key=provider.signing_key,
    )


def _barcodes(booking: Booking) -> list[str]:
    return list(booking.tickets.order_by("pk").values_list("barcode", flat=True))


def _queue(booking: Booking, barcodes: list[str], *, seconds: float = 0, key: str = "") -> str:
    """Write the message that gives these tickets back; its key."""
    key = key or f"tickets:{uuid.uuid4()}"
    payload = {
        "provider_id": booking.offer.provider_id,
        "venue_id": booking.venue_id,
        "stock_id": booking.stock_id,
        "barcodes": barcodes,
    }
    recipient = f"{booking.offer.provider} – stock {booking.stock_id}"
    with transaction.atomic():
        outbox.queue_later(
            kind=KIND,
            event="bookings/tickets_back",
            unique_key=key,
            recipient=recipient,
            payload=payload,
            at=clock.now() + timedelta(seconds=seconds),
        )
    return key


@dataclass(frozen=True, slots=True)
class _Words:
    """BKG-20 names the refusals of cinemas and of the others differently."""

    is_cinema: bool

    def inactive(self) -> exceptions.BookingRefused:
        return exceptions.CinemaInactive() if self.is_cinema else exceptions.TicketingFailed()

    def no_answer(self) -> exceptions.BookingRefused:
        return exceptions.CinemaError() if self.is_cinema else exceptions.TicketingFailed()

    def failed(self) -> exceptions.BookingRefused:
        return exceptions.CinemaFailed() if self.is_cinema else exceptions.TicketingFailed()
