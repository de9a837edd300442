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

__all__ = [
    "Booking",
    "BookingExport",
    "BookingTransition",
    "CalendarFeed",
    "Deposit",
    "DepositGrant",
    "LocalCredit",
    "LocalMovement",
    "LocalProgramme",
    "OfflineAction",
]
