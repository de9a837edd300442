"""Named reads and locks of structures, venues and keys; `visible_to` is the scoping rule (LST-07).

Lock order: Offerer → Membership, Invitation or ApiKey.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, Func, OuterRef, Q, Value
from django.db.models.functions import Concat

from passpro.registers.text import normalise
from venues.enums import (
    MEMBERSHIP_ENDED,
    AdageStatus,
    InvitationStatus,
    MembershipRole,
    MembershipStatus,
    OffererStatus,
    VenueProviderStatus,
)

if TYPE_CHECKING:
    from passpro.accounts.models import User
    from venues.models import (
        AdageRequest,
        ApiKey,
        Invitation,
        Membership,
        Offerer,
        Provider,
        Venue,
        VenueProvider,
    )


class PlainText(Func):
    """Text in small letters without accents, in SQL: as `registers.text.normalise` does."""

    template = (
        "translate(replace(lower(%(expressions)s), 'œ', 'oe'), "
        "'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy')"
    )
    output_field = models.TextField()


class OffererQuerySet(models.QuerySet["Offerer"]):
    def visible_to(self, user: "User") -> "OffererQuerySet":
        """Structures to which the person is validly attached; agents work in the admin instead."""
        return self.filter(
            memberships__user=user, memberships__status=MembershipStatus.VALIDATED, is_active=True
        )

    def validated(self) -> "OffererQuerySet":
        return self.filter(status=OffererStatus.VALIDATED, is_active=True)

    def referenced_for_schools(self) -> "OffererQuerySet":
        """VEN-14: validated, with at least one venue that ADAGE knows."""
        return self.validated().filter(venues__adage_id__gt="").distinct()

    def waiting(self) -> "OffererQuerySet":
        """The team's queue: nobody looked, or something was asked."""
        return self.filter(status__in=[OffererStatus.NEW, OffererStatus.PENDING])

    def open(self) -> "OffererQuerySet":
        """Neither refused nor closed."""
        return self.exclude(status__in=[OffererStatus.REJECTED, OffererStatus.CLOSED])

    def closing_asked(self) -> "OffererQuerySet":
        """Their administrator asked for their end (OFF-33)."""
        return self.filter(closing_asked_at__isnull=False, status=OffererStatus.VALIDATED)

    def without_administrator(self) -> "OffererQuerySet":
        """Open structures whose administrator left, was suspended or erased (ADM-06)."""
        held = self.model._base_manager.filter(
            memberships__role=MembershipRole.ADMIN,
            memberships__status=MembershipStatus.VALIDATED,
            memberships__user__is_active=True,
        )
        return self.open().exclude(pk__in=held.values("pk"))

    def waiting_for_identity(self) -> "OffererQuerySet":
        """Typed while the register was silent (SIR-10)."""
        return self.open().filter(identity_checked_at__isnull=True)

    def lock_for_change(self, pk: int) -> "Offerer":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class VenueQuerySet(models.QuerySet["Venue"]):
    def paid(self) -> "VenueQuerySet":
        """An account receives their money: their own, or the one of their structure by default.

        Both are finance's, which this app only knows by the names of its relations.
        """
        own = Q(bank_account_links__isnull=False, bank_account_links__ended_at__isnull=True)
        default = Q(
            offerer__default_account_links__isnull=False,
            offerer__default_account_links__ended_at__isnull=True,
        )
        return self.filter(own | default)

    def open_to_young_people(self) -> "VenueQuerySet":
        """Real places whose structure may show itself (Y5)."""
        return self.filter(
            is_virtual=False,
            offerer__is_active=True,
            offerer__status=OffererStatus.VALIDATED,
        )

    def visible_to(self, user: "User") -> "VenueQuerySet":
        return self.filter(
            offerer__memberships__user=user,
            offerer__memberships__status=MembershipStatus.VALIDATED,
            offerer__is_active=True,
        )

    def open_to_key(self, key: "ApiKey") -> "VenueQuerySet":
        """KEY-07, API-20: the structure's venues, or those that authorised the partner."""
        if key.offerer_id is not None:
            return self.filter(offerer_id=key.offerer_id)
        return self.open_to_partner(key.provider_id)

    def open_to_partner(self, provider_id: int | None) -> "VenueQuerySet":
        """Venues with an active link to the partner, and the digital venue of their structures.

        The one rule of what a partner's key sees; a suspended structure authorises nobody.
        """
        field = self.model._meta.get_field("provider_links")
        links = field.related_model._default_manager.filter(  # type: ignore[union-attr]
            provider_id=provider_id, status=VenueProviderStatus.ACTIVE
        )
        trusted = Exists(links.filter(venue=OuterRef("pk")))
        beside = Exists(links.filter(venue__offerer=OuterRef("offerer")))
        return self.filter(trusted | (Q(is_virtual=True) & beside), offerer__is_active=True)

    def physical(self) -> "VenueQuerySet":
        return self.filter(is_virtual=False)

    def named(self, words: str) -> "VenueQuerySet":
        """Every word begins a word of the name, the public name or the town; or the SIRET."""
        digits = "".join(words.split())
        if digits.isascii() and digits.isdigit() and len(digits) >= 9:
            return self.filter(siret__startswith=digits[:14])
        found = self.annotate(
            plain_words=PlainText(Concat("name", Value(" "), "public_name", Value(" "), "city"))
        )
        for word in normalise(words).split():
            found = found.filter(plain_words__regex=rf"\m{word}")
        return found

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
        """Every word is a whole word of the structure's name or town (seed 003), or its SIREN.

        Accents and capitals do not count.
        """
        if not words.strip():
            return self
        digits = "".join(words.split())
        if digits.isascii() and digits.isdigit():
            return self.filter(offerer__siren__startswith=digits[:9])
        plain = normalise(words).split()
        if not plain:
            return self.none()
        found = self.annotate(
            plain_words=PlainText(Concat("offerer__name", Value(" "), "offerer__city"))
        )
        for word in plain:
            found = found.filter(plain_words__regex=rf"\m{word}\M")
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


class ProviderQuerySet(models.QuerySet["Provider"]):
    def listed(self) -> "ProviderQuerySet":
        """What a venue may choose from (STR-055)."""
        return self.filter(is_active=True, is_listed=True)

    def lock_for_change(self, pk: int) -> "Provider":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class VenueProviderQuerySet(models.QuerySet["VenueProvider"]):
    def visible_to(self, user: "User") -> "VenueProviderQuerySet":
        return self.filter(
            venue__offerer__memberships__user=user,
            venue__offerer__memberships__status=MembershipStatus.VALIDATED,
            venue__offerer__is_active=True,
        )

    def live(self) -> "VenueProviderQuerySet":
        """Authorised or paused: one a venue."""
        return self.exclude(status=VenueProviderStatus.REVOKED)

    def active(self) -> "VenueProviderQuerySet":
        return self.filter(status=VenueProviderStatus.ACTIVE)

    def lock_for_change(self, pk: int) -> "VenueProvider":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class AdageRequestQuerySet(models.QuerySet["AdageRequest"]):
    def visible_to(self, user: "User") -> "AdageRequestQuerySet":
        return self.filter(
            venue__offerer__memberships__user=user,
            venue__offerer__memberships__status=MembershipStatus.VALIDATED,
            venue__offerer__is_active=True,
        )

    def waiting(self) -> "AdageRequestQuerySet":
        """The team's queue: filed or before the commission."""
        return self.filter(status__in=[AdageStatus.SUBMITTED, AdageStatus.UNDER_REVIEW])

    def lock_for_change(self, pk: int) -> "AdageRequest":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class VenueTagQuerySet(models.QuerySet):
    def current(self, day: date) -> "VenueTagQuerySet":
        """Those that may be put: not ended yet."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
