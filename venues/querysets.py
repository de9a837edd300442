"""Named reads and locks of structures, venues and keys; `visible_to` is the scoping rule (LST-07).

Lock order: Offerer → Membership, Invitation or ApiKey.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from venues.enums import MEMBERSHIP_ENDED, InvitationStatus, MembershipStatus, OffererStatus

if TYPE_CHECKING:
    from passpro.accounts.models import User
    from venues.models import ApiKey, Invitation, Membership, Offerer, Venue


class OffererQuerySet(models.QuerySet["Offerer"]):
    def visible_to(self, user: "User") -> "OffererQuerySet":
        """Structures to which the person is validly attached; agents work in the admin instead."""
        return self.filter(
            memberships__user=user, memberships__status=MembershipStatus.VALIDATED, is_active=True
        )

    def validated(self) -> "OffererQuerySet":
        return self.filter(status=OffererStatus.VALIDATED, is_active=True)

    def waiting(self) -> "OffererQuerySet":
        """The team's queue: nobody looked, or something was asked."""
        return self.filter(status__in=[OffererStatus.NEW, OffererStatus.PENDING])

    def lock_for_change(self, pk: int) -> "Offerer":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class VenueQuerySet(models.QuerySet["Venue"]):
    def visible_to(self, user: "User") -> "VenueQuerySet":
        return self.filter(
            offerer__memberships__user=user,
            offerer__memberships__status=MembershipStatus.VALIDATED,
            offerer__is_active=True,
        )

    def physical(self) -> "VenueQuerySet":
        return self.filter(is_virtual=False)

    def lock_for_change(self, pk: int) -> "Venue":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def listed_for(self, user: "User") -> "MembershipQuerySet":
        """The person's own attachments on « Vos structures »: validated or waiting (ATT-04)."""
        return self.filter(
            user=user,
            status__in=[MembershipStatus.VALIDATED, MembershipStatus.PENDING],
            offerer__is_active=True,
        ).select_related("offerer")

    def matching(self, words: str) -> "MembershipQuerySet":
        """Every word is in the structure's name or town, or begins its SIREN."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(offerer__name__icontains=word)
                | Q(offerer__city__icontains=word)
                | Q(offerer__siren__startswith=word)
            )
        return found

    def with_venue_count(self) -> "MembershipQuerySet":
        """Annotate `venue_count`, the digital venue apart."""
        physical = Q(offerer__venues__is_virtual=False)
        return self.annotate(venue_count=Count("offerer__venues", filter=physical))

    def team(self) -> "MembershipQuerySet":
        """ATT-11: validated and waiting people, the administrator first."""
        return (
            self.exclude(status__in=MEMBERSHIP_ENDED)
            .select_related("user")
            .order_by("-status", "role", "pk")
        )

    def waiting(self) -> "MembershipQuerySet":
        return self.filter(status=MembershipStatus.PENDING)

    def lock_for_change(self, pk: int) -> "Membership":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: "User") -> "InvitationQuerySet":
        """The invitations of this person's own, confirmed address."""
        if user.email_verified_at is None:
            return self.none()
        return self.filter(email=user.email, offerer__is_active=True)

    def pending(self) -> "InvitationQuerySet":
        return self.filter(status=InvitationStatus.PENDING)

    def live(self, now: datetime) -> "InvitationQuerySet":
        """Waiting for an answer that is still possible (INV-07)."""
        return self.pending().filter(expires_at__gt=now)

    def lock_for_change(self, pk: int) -> "Invitation":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, user: "User") -> "ApiKeyQuerySet":
        return self.filter(
            offerer__memberships__user=user,
            offerer__memberships__status=MembershipStatus.VALIDATED,
            offerer__is_active=True,
        )

    def live(self) -> "ApiKeyQuerySet":
        return self.filter(revoked_at__isnull=True)

    def lock_for_change(self, pk: int) -> "ApiKey":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)
