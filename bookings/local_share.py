"""Which local credits pay a booking, and how much each: they are spent before the national one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Booking, LocalCredit
from offers.models import Offer
from passpro.accounts.models import User
from passpro.kernel.actor import Actor
from passpro.kernel.db import Statement


@dataclass(frozen=True, slots=True)
class Share:
    """What one local credit pays."""

    credit: LocalCredit
    cents: int


@dataclass(frozen=True, slots=True)
class Part:
    """One line of « what paid this booking »."""

    label: str
    cents: int


def shares_of(
    user: User, offer: Offer, total_cents: int, now: datetime, *, locked: bool = False
) -> list[Share]:
    """The credit that ends first pays first, until the price is paid or nothing is left.

    `locked` keeps the rows until the end of the transaction, by increasing key.
    """
    mine = LocalCredit.objects.of_person(user.pk).left().select_related("programme")
    rows = mine.lock_for_spending() if locked else mine
    spendable = [row for row in rows if row.remaining_cents(now) and row.programme.covers(offer)]
    shares = []
    for credit in sorted(spendable, key=lambda row: (row.programme.ends_on, row.pk)):
        cents = min(credit.remaining_cents(now), total_cents)
        if cents:
            shares.append(Share(credit, cents))
            total_cents -= cents
    return shares


_SPEND = """
    UPDATE bookings_localcredit SET spent_cents = spent_cents + share.cents
    FROM unnest(%s::bigint[], %s::int[]) AS share (credit_id, cents)
    WHERE bookings_localcredit.id = share.credit_id
"""
_LOG = """
    INSERT INTO bookings_localmovement
        (credit_id, booking_id, kind, cents, at, actor_kind, actor_label, actor_id)
    SELECT share.credit_id, %s::bigint, 'SPENT', share.cents, %s::timestamptz, %s, %s, %s::bigint
    FROM unnest(%s::bigint[], %s::int[]) AS share (credit_id, cents)
"""


def spending_shares(booking: Booking, shares: Sequence[Share], by: Actor) -> list[Statement]:
    """The writes that move the counters of locked credits and say why, for the booking to run."""
    if not shares:
        return []
    credits, cents = [one.credit.pk for one in shares], [one.cents for one in shares]
    actor = by.as_columns()
    who = [actor["actor_kind"], actor["actor_label"], actor["actor_id"]]
    return [
        Statement(_SPEND, [credits, cents]),
        Statement(_LOG, [booking.pk, booking.booked_at, *who, credits, cents]),
    ]


def parts_of(booking: Booking) -> list[Part]:
    """Every cent of a booking, cancelled or not: the local credits by name, then the deposit."""
    parts = []
    if booking.local_cents:
        spent = booking.local_movements.filter(kind="SPENT")
        rows = spent.select_related("credit__programme").order_by("pk")
        parts = [Part(row.credit.programme.label, row.cents) for row in rows]
    if booking.deposit is not None and booking.deposit_cents:
        words = f"Crédit {booking.deposit.get_type_display()}"
        parts.append(Part(words, booking.deposit_cents))
    return parts
