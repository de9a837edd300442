"""Allowed moves of a booking (§5.5) and the only two writers of its status, each with its log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field

from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.db import Statement, write
from passpro.kernel.errors import ForbiddenTransition

# From CANCELLED, only the team (services/staff.py); from REIMBURSED, only a finance incident
# (services/incidents.py).
TRANSITIONS: dict[str, frozenset[str]] = {
    BookingStatus.CONFIRMED: frozenset({BookingStatus.USED, BookingStatus.CANCELLED}),
    BookingStatus.USED: frozenset(
        {BookingStatus.CONFIRMED, BookingStatus.CANCELLED, BookingStatus.REIMBURSED}
    ),
    BookingStatus.CANCELLED: frozenset({BookingStatus.USED}),
    BookingStatus.REIMBURSED: frozenset({BookingStatus.CANCELLED}),
}


def is_allowed(before: str, after: str, *, frozen: bool) -> bool:
    """The table, plus: what is in a payment batch is reimbursed, or was and is cancelled."""
    return after in TRANSITIONS[before] and frozen == (BookingStatus.REIMBURSED in {before, after})


class OfferMoved(Exception):
    """The offer went to another venue while its date was waited for (OFF-151): to be read again."""


def open_booking(booking: Booking, *, by: Actor, along: Sequence[Statement] = ()) -> None:
    """Insert a new booking, with the id and state it was built with, its first log row, and what
    goes along.

    All of it is one statement: a constraint that refuses one part refuses the whole. Raises
    OfferMoved, for the caller to undo the whole, when the venue is no more that of the offer.
    """
    actor = by.as_columns()
    venue_id = write(
        _opening_statement(tuple(statement.sql for statement in along)),
        [
            *(param for statement in along for param in statement.params),
            *(getattr(booking, field.attname) for field in _written_fields()),
            *(booking.status, booking.booked_at),
            *(actor["actor_kind"], actor["actor_label"], actor["actor_id"]),
            booking.offer_id,
        ],
    )
    if venue_id != booking.venue_id:
        raise OfferMoved
    booking._state.adding, booking._state.db = False, "default"


@cache
def _written_fields() -> list[Field]:
    """The columns of a new booking; all of them are plain: text, numbers and instants."""
    return list(Booking._meta.concrete_fields)


@cache
def _opening_statement(along: tuple[str, ...]) -> str:
    others = "".join(f"along_{n} AS ({sql}), " for n, sql in enumerate(along))
    columns = [f'"{field.column}"' for field in _written_fields()]
    return f"""
        WITH {others}opened AS (
            INSERT INTO bookings_booking ({", ".join(columns)})
            VALUES ({", ".join(["%s"] * len(columns))})
            RETURNING id
        )
        INSERT INTO bookings_bookingtransition
            (booking_id, before, after, at, actor_kind, actor_label, actor_id, why)
        SELECT id, '', %s, %s, %s, %s, %s::bigint, '' FROM opened
        RETURNING (SELECT venue_id FROM offers_offer WHERE id = %s)
    """  # noqa: S608 (column names of the model, values are parameters)


def move(
    booking: Booking, to: str, *, by: Actor, at: datetime | None = None, why: str = "", **facts: Any
) -> None:
    """Write the new state, its facts and its log row; the caller holds the row lock."""
    if not is_allowed(booking.status, to, frozen=booking.frozen_at is not None):
        raise ForbiddenTransition(booking, to)
    before, booking.status = booking.status, to
    for name, value in facts.items():
        setattr(booking, name, value)
    actor = by.as_columns()
    write(
        _move_statement(tuple(facts)),
        [
            *(booking.pk, before, to, at or clock.now()),
            *(actor["actor_kind"], actor["actor_label"], actor["actor_id"], why),
            *(to, *facts.values(), booking.pk),
        ],
    )


@cache
def _move_statement(facts: tuple[str, ...]) -> str:
    """The state, these columns and the log row, in one statement."""
    return f"""
        WITH logged AS (
            INSERT INTO bookings_bookingtransition
                (booking_id, before, after, at, actor_kind, actor_label, actor_id, why)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        )
        UPDATE bookings_booking SET {_assignments(("status", *facts))} WHERE id = %s
    """  # noqa: S608 (column names of the model, values are parameters)


def _assignments(names: Iterable[str]) -> str:
    columns = (cast(Field, Booking._meta.get_field(name)).column for name in names)
    return ", ".join(f'"{column}" = %s' for column in columns)


def move_many(
    bookings: BookingQuerySet,
    before: str,
    to: str,
    *,
    at: datetime,
    by: Actor,
    why: str = "",
    **facts: Any,
) -> list[int]:
    """Move every booking of the set that is still in `before`, with log rows, in one statement.

    Answers the ids that moved. State and freeze are looked at again on the locked rows, so a
    desk that acts in between wins or waits; played again, nothing is left to move.
    """
    frozen = BookingStatus.REIMBURSED in {before, to}
    if not is_allowed(before, to, frozen=frozen):
        raise ForbiddenTransition(Booking(status=before), to)
    try:
        subquery, subquery_params = bookings.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    columns = {"status": to, **facts}
    assignments = _assignments(columns)
    freeze = "frozen_at IS NOT NULL" if frozen else "frozen_at IS NULL"
    actor = by.as_columns()
    statement = f"""
        WITH moved AS (
            UPDATE bookings_booking SET {assignments}
            WHERE id IN ({subquery}) AND status = %s AND {freeze}
            RETURNING id
        ), logged AS (
            INSERT INTO bookings_bookingtransition
                (booking_id, before, after, at, actor_kind, actor_label, actor_id, why)
            SELECT id, %s, %s, %s, %s, %s, %s, %s FROM moved
        )
        SELECT id FROM moved
    """  # noqa: S608 (column names of the model, values are parameters)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [
                *columns.values(),
                *subquery_params,
                before,
                *(before, to, at),
                *(actor["actor_kind"], actor["actor_label"], actor["actor_id"], why),
            ],
        )
        return [pk for (pk,) in cursor.fetchall()]
