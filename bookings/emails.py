"""E-mails of bookings (§8): facts are kept at once, the worker makes the texts from them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from bookings import pushes
from bookings.cancellation import expiry_delay
from bookings.countermarks import qr_content
from bookings.enums import CancellationReason
from bookings.local_share import Share
from bookings.models import Booking
from bookings.ticketing import Ticket
from offers.models import Stock
from passpro.kernel import money
from passpro.kernel.db import Statement
from passpro.kernel.outbox import Email, queue_emails, queueing
from passpro.kernel.templatetags.ui import french_date, price
from passpro.reference.categories import subcategory


def booked(
    booking: Booking,
    *,
    is_first_of_venue: bool,
    remaining_cents: int,
    shares: Sequence[Share] = (),
    tickets: Sequence[Ticket] = (),
    bank_missing: bool = False,
) -> list[Statement]:
    """MSG-01 (or MSG-02, the venue's very first booking) and MSG-03, for the write that books."""
    facts = _facts(booking)
    person = booking.beneficiary
    venue_address = booking.venue.booking_email
    first = is_first_of_venue and venue_address != ""
    return queueing(
        [
            Email(
                event="bookings/booked_first" if first else "bookings/booked_pro",
                unique_key=f"booked-pro:{booking.pk}",
                to=venue_address if first else booking.offer.notification_email,
                reply_to=person.email,
                context=facts
                | {
                    "countermark": _code(booking),
                    "phone": person.phone,
                    "bank_missing": bank_missing and booking.amount_cents > 0,
                    "bank_url": _link("/remboursements/informations-bancaires"),
                },
            ),
            Email(
                event="bookings/booked",
                unique_key=f"booked:{booking.pk}",
                to=person.email,
                context=facts
                | _withdrawal(booking)
                | {
                    "countermark": _code(booking),
                    "tickets": [{"barcode": one.barcode, "seat": one.seat} for one in tickets],
                    "remaining": money.euros(remaining_cents),
                    "paid_by": [
                        {
                            "label": share.credit.programme.label,
                            "cents": money.euros(share.cents),
                        }
                        for share in shares
                    ],
                    "limit": _local(booking, booking.cancellation_limit_at),
                    "may_cancel": not booking.is_past_cancellation_limit(booking.booked_at)
                    and not facts["is_used"],
                    "access_url": access_url(booking),
                    "activation_code": booking.activation_code and booking.activation_code.code,
                    "code_label": "Ton code d’activation"
                    if booking.activation_code
                    else "Ta contremarque",
                    "code_until": _local(booking, booking.stock.codes_expire_at),
                    "booking_url": _link(f"/app/mes-reservations/{booking.pk}"),
                },
            ),
        ]
    )


def queue_cancelled_by_beneficiary(booking: Booking) -> None:
    """MSG-05 and MSG-06, always a pair (MSG-31)."""
    facts = _facts(booking)
    queue_emails(
        [
            Email(
                event="bookings/cancelled",
                unique_key=f"cancelled:{booking.pk}",
                to=booking.beneficiary.email,
                context=facts
                | {
                    # What the national credit did not pay is given back whatever its expiry.
                    "may_book_again": booking.deposit_cents == 0
                    or (
                        booking.deposit is not None
                        and booking.cancelled_at is not None
                        and booking.deposit.expires_at > booking.cancelled_at
                    ),
                    "offer_url": _link(f"/app/offre/{booking.offer_id}"),
                },
            ),
            _cancelled_pro(booking, facts),
        ]
    )


def queue_cancelled_by_team(booking: Booking) -> None:
    """MSG-06 alone (BKG-60, MSG-31)."""
    queue_emails([_cancelled_pro(booking, _facts(booking))])


def queue_cancelled_by_offerer(booking: Booking) -> None:
    """MSG-10 and MSG-30 to the beneficiary, MSG-08 with those who still come (codes for events
    only)."""
    pushes.queue_cancelled([booking])
    others = (
        Booking.objects.filter(stock=booking.stock_id, status="CONFIRMED")
        .select_related("beneficiary")
        .order_by("beneficiary__last_name", "pk")
    )
    facts = _facts(booking)
    queue_emails(
        [
            _cancelled_by_venue(booking, facts),
            Email(
                event="bookings/cancelled_one_pro",
                unique_key=f"cancelled-one-pro:{booking.pk}",
                to=booking.offer.notification_email,
                context=facts
                | {
                    "others": [
                        {
                            "person": other.beneficiary.get_full_name(),
                            "email": other.beneficiary.email,
                            "countermark": _code(other) if facts["is_event"] else "",
                        }
                        for other in others
                    ]
                },
            ),
        ]
    )


def queue_withdrawn(bookings: list[Booking], *, stock_id: int) -> None:
    """STK-67: MSG-10 and MSG-30 to each beneficiary, one MSG-09 to the offer's notification
    address."""
    pushes.queue_cancelled(bookings)
    emails = [_cancelled_by_venue(booking, _facts(booking)) for booking in bookings]
    if bookings:
        places = sum(booking.quantity for booking in bookings)
        emails.append(
            Email(
                event="bookings/withdrawn_pro",
                unique_key=f"withdrawn:{stock_id}:{bookings[0].cancelled_at:%Y%m%dT%H%M%S}",
                to=bookings[0].offer.notification_email,
                context=_facts(bookings[0]) | {"bookings": len(bookings), "places": places},
            )
        )
    queue_emails(emails)


def queue_postponed(bookings: list[Booking], stock: Stock, *, stamp: str) -> None:
    """MSG-11 to each beneficiary, MSG-13 to the venue's address; `stamp` names this change."""
    offer, venue = stock.offer, stock.offer.venue
    zone = venue.time_zone if venue.department_code else venue.offerer.time_zone
    letters = [
        Email(
            event="bookings/postponed",
            unique_key=f"postponed:{stamp}:{booking.pk}",
            to=booking.beneficiary.email,
            context=_facts(booking)
            | {
                "may_cancel": booking.status == "CONFIRMED",
                "limit": _local(booking, booking.cancellation_limit_at),
                "booking_url": _link(f"/app/mes-reservations/{booking.pk}"),
            },
        )
        for booking in bookings
    ]
    letters.append(
        Email(
            event="bookings/postponed_pro",
            unique_key=f"postponed-pro:{stamp}:{stock.pk}",
            to=venue.booking_email,
            context={
                "offer": offer.title,
                "venue": venue.shown_name,
                "date": french_date(stock.beginning_at, zone),
                "bookings": len(bookings),
                "places": sum(booking.quantity for booking in bookings),
                "list_url": _link(f"/guichet/seance/{stock.pk}"),
            },
        )
    )
    queue_emails(letters)


def queue_structure_closed(bookings: list[Booking]) -> None:
    """The structure closed: MSG-10 to each beneficiary; its own people were told of the closing."""
    queue_emails([_cancelled_by_venue(booking, _facts(booking)) for booking in bookings])


def queue_withdrawal_changed(bookings: list[Booking], *, stamp: str) -> None:
    """MSG-12, VEN-10: the new withdrawal, to each beneficiary; `stamp` names this change."""
    queue_emails(
        [
            Email(
                event="bookings/withdrawal_changed",
                unique_key=f"withdrawal-changed:{stamp}:{booking.pk}",
                to=booking.beneficiary.email,
                context=_facts(booking)
                | _withdrawal(booking)
                | {
                    "countermark": _code(booking),
                    "activation_code": booking.activation_code and booking.activation_code.code,
                    "booking_url": _link(f"/app/mes-reservations/{booking.pk}"),
                },
            )
            for booking in bookings
        ]
    )


def queue_place_changed(bookings: list[Booking], *, former: str, stamp: str) -> None:
    """OFF-151: the venue where the event takes place now; `stamp` names this change."""
    queue_emails(
        [
            Email(
                event="bookings/place_changed",
                unique_key=f"place-changed:{stamp}:{booking.pk}",
                to=booking.beneficiary.email,
                context=_facts(booking)
                | {
                    "former": former,
                    "place": booking.offer.place_name,
                    "booking_url": _link(f"/app/mes-reservations/{booking.pk}"),
                },
            )
            for booking in bookings
        ]
    )


def expired(lines: list[Any], *, kind: str, to: str, key: str) -> Email:
    """MSG-15 (`expired`) or MSG-16 (`expired-pro`): one e-mail an address and a family.

    `lines` are plain rows of bookings, with the columns that services/expire.py reads.
    """
    first = lines[0]
    family = subcategory(first.offer__subcategory_id)
    delay = expiry_delay(family)
    return Email(
        event=f"bookings/{kind.replace('-', '_')}",
        unique_key=key,
        to=to,
        context={
            "first_name": first.beneficiary__first_name,
            "days": delay.days if delay else None,
            "is_book": family.is_book,
            "department": first.offerer__department_code,
            "lines": [
                {
                    "offer": line.offer__title,
                    "venue": line.venue__public_name or line.venue__name,
                    "price": price(line.amount_cents * line.quantity),
                    "person": f"{line.beneficiary__first_name} {line.beneficiary__last_name}",
                    "email": line.beneficiary__email,
                    "offer_url": _link(f"/offre/{line.offer_id}"),
                }
                for line in lines
            ],
        },
    )


def tomorrow(booking: Booking) -> Email:
    """MSG-04; a moved date reminds anew."""
    day = booking.stock.beginning_at
    return Email(
        event="bookings/tomorrow",
        unique_key=f"tomorrow:{booking.pk}:{day:%Y%m%d}",
        to=booking.beneficiary.email,
        context=_facts(booking)
        | _withdrawal(booking)
        | {
            "countermark": _code(booking),
            "qr": "" if booking.has_tickets else qr_content(booking.countermark),
            "booking_url": _link(f"/app/mes-reservations/{booking.pk}"),
        },
    )


def expiring(lines: list[Booking], *, to: str, days_left: int, days_gone: int) -> Email:
    """MSG-14: goods of one family booked the same day, still to be collected."""
    first = lines[0]
    is_book, day = first.offer.subcategory.is_book, first.booked_at
    return Email(
        event="bookings/expiring",
        unique_key=f"expiring:{'books' if is_book else 'goods'}:{day:%Y%m%d}:{to}",
        to=to,
        context={
            "first_name": first.beneficiary.first_name,
            "days_left": days_left,
            "days_gone": days_gone,
            "bookings_url": _link("/app/mes-reservations"),
            "lines": [{"offer": one.offer.title, "venue": one.venue.shown_name} for one in lines],
        },
    )


def in_seven_days(stock: Stock, *, places: int) -> Email:
    """MSG-17, to the offer's address, else to the venue's."""
    offer, venue = stock.offer, stock.offer.venue
    zone = venue.time_zone if venue.department_code else venue.offerer.time_zone
    return Email(
        event="bookings/in_seven_days",
        unique_key=f"seven-days:{offer.pk}:{stock.beginning_at:%Y%m%dT%H%M}",
        to=offer.notification_email or venue.booking_email,
        context={
            "offer": offer.title,
            "venue": venue.shown_name,
            "date": french_date(stock.beginning_at, zone),
            "places": places,
            "list_url": _link(f"/guichet/seance/{stock.pk}"),
        },
    )


def without_offer(offerer_id: int, *, to: str, days: int) -> Email:
    """MSG-18 and MSG-19."""
    return Email(
        event="bookings/without_offer",
        unique_key=f"without-offer:{days}:{offerer_id}:{to}",
        to=to,
        context={
            "is_last": days == max(settings.NO_OFFER_REMINDERS),
            "create_url": _link("/offre/creation"),
            "support_email": settings.SUPPORT_EMAIL,
        },
    )


def access_url(booking: Booking) -> str:
    """OFF-50, OFF-51: the link of a digital offer with its placeholders filled."""
    url = booking.offer.url
    if not url:
        return ""
    url = (
        url.replace("{token}", booking.countermark)
        .replace("{email}", booking.beneficiary.email)
        .replace("{offerId}", public_id(booking.offer_id))
    )
    return url if url.startswith(("http://", "https://")) else f"http://{url}"


def public_id(number: int) -> str:
    """The public form of an identifier: base 32, O and I written 8 and 9, no padding (OFF-50)."""
    import base64

    raw = number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")
    text = base64.b32encode(raw).decode().rstrip("=")
    return text.replace("O", "8").replace("I", "9")


def _cancelled_pro(booking: Booking, facts: dict[str, Any]) -> Email:
    return Email(
        event="bookings/cancelled_pro",
        # A booking that the team brought back may be cancelled again.
        unique_key=f"cancelled-pro:{booking.pk}:{booking.cancelled_at:%Y%m%dT%H%M%S}",
        to=booking.offer.notification_email,
        reply_to=booking.beneficiary.email,
        context=facts
        | {"by_person": booking.cancellation_reason == CancellationReason.BENEFICIARY},
    )


def _cancelled_by_venue(booking: Booking, facts: dict[str, Any]) -> Email:
    return Email(
        event="bookings/cancelled_by_venue",
        unique_key=f"cancelled-by-venue:{booking.pk}",
        to=booking.beneficiary.email,
        context=facts,
    )


def _facts(booking: Booking) -> dict[str, Any]:
    """What every message about one booking may say, already in words (venue's zone)."""
    offer, venue, person = booking.offer, booking.venue, booking.beneficiary
    return {
        "first_name": person.first_name,
        "person": person.get_full_name(),
        "email": person.email,
        "offer": offer.title,
        "subcategory": offer.subcategory.label,
        "is_event": offer.is_event,
        "is_digital": offer.is_digital,
        "is_used": booking.used_at is not None,
        "has_tickets": booking.has_tickets,
        "date": _local(booking, booking.stock.beginning_at),
        "booked_at": _local(booking, booking.booked_at),
        "ean": str(offer.extra_data.get("ean") or ""),
        "quantity": booking.quantity,
        "count": _count(booking),
        "unit_price": price(booking.amount_cents),
        "total": price(booking.total_cents),
        "is_free": booking.amount_cents == 0,
        "price_category": booking.price_category_label,
        "venue": booking.offerer.name if offer.is_digital else venue.shown_name,
        "address": "" if offer.is_digital else booking.place.one_line_address,
        "department": "numérique" if offer.is_digital else venue.department_code,
        "offerer": booking.offerer.name,
        "days": _days(booking),
        "desk_url": _link("/guichet"),
    }


def _code(booking: Booking) -> str:
    """BKG-33: the barcodes of a partner stand for the countermark."""
    return "" if booking.has_tickets else booking.countermark


def _withdrawal(booking: Booking) -> dict[str, Any]:
    """How the place is got: mode, delay in words, details; the venue's own when it has none."""
    offer = booking.offer
    return {
        "mode": offer.get_withdrawal_type_display(),
        "delay": _delay_words(offer.withdrawal_delay_seconds),
        "withdrawal": offer.withdrawal_details or booking.venue.withdrawal_details,
    }


def _delay_words(seconds: int | None) -> str:
    """« 30 minutes avant », « 2 jours avant »; empty when there is none."""
    if not seconds:
        return ""
    for unit, size in (("jour", 86_400), ("heure", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} avant"
    return ""


def _count(booking: Booking) -> str:
    if not booking.offer.is_event:
        return "1 exemplaire" if booking.quantity == 1 else "2 exemplaires"
    return "1 place" if booking.quantity == 1 else "2 places"


def _days(booking: Booking) -> int | None:
    delay = expiry_delay(booking.offer.subcategory)
    return delay.days if delay else None


def _local(booking: Booking, moment: datetime | None) -> str:
    return french_date(moment, booking.time_zone)


def _link(path: str) -> str:
    return settings.SITE_URL + path
