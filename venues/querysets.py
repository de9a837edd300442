"""Named reads of structures, venues and keys; `visible_to` is the one scoping rule (LST-07)."""

from typing import TYPE_CHECKING

from django.db import models

from venues.enums import MembershipStatus, OffererStatus

if TYPE_CHECKING:
    from passpro.accounts.models import User


class OffererQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "OffererQuerySet":
        """Structures to which the person is validly attached; agents work in the admin instead."""
        return self.filter(
            memberships__user=user, memberships__status=MembershipStatus.VALIDATED, is_active=True
        )

    def validated(self) -> "OffererQuerySet":
        return self.filter(status=OffererStatus.VALIDATED, is_active=True)

    def lock_for_change(self, pk: int) -> "models.Model":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class VenueQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "VenueQuerySet":
        return self.filter(
            offerer__memberships__user=user,
            offerer__memberships__status=MembershipStatus.VALIDATED,
            offerer__is_active=True,
        )
