"""Credits, bookings and what hangs on them."""

from bookings.models.bookings import (
    Booking,
    BookingExport,
    BookingTransition,
    CalendarFeed,
    Deposit,
    DepositGrant,
    OfflineAction,
)
from bookings.models.local_credits import LocalCredit, LocalMovement, LocalProgramme
from bookings.models.names import BookerName
from bookings.models.tickets import ExternalTicket

__all__ = [
    "BookerName",
    "Booking",
    "BookingExport",
    "BookingTransition",
    "CalendarFeed",
    "Deposit",
    "DepositGrant",
    "ExternalTicket",
    "LocalCredit",
    "LocalMovement",
    "LocalProgramme",
    "OfflineAction",
]
