"""Named reads and locks of bookings. Lock order: Stock → Deposit → Booking → finance."""

from typing import TYPE_CHECKING

from django.db import models

from venues.enums import MembershipStatus

if TYPE_CHECKING:
    from bookings.models import Booking
    from passpro.accounts.models import User


class DepositQuerySet(models.QuerySet):
    def lock_for_spending(self) -> "DepositQuerySet":
        return self.select_for_update(of=("self",), no_key=True)


class BookingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "BookingQuerySet":
        """Bookings of the structures to which the person is validly attached (LST-07)."""
        return self.filter(
            offerer__memberships__user=user,
            offerer__memberships__status=MembershipStatus.VALIDATED,
            offerer__is_active=True,
        )

    def of_beneficiary(self, user: "User") -> "BookingQuerySet":
        return self.filter(beneficiary=user)

    def lock_for_change(self, pk: int) -> "Booking":
        """The booking under its row lock; the caller already holds Stock and Deposit."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)
