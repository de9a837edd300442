"""Allowed moves of structures and attachments; the only writer of their `status`."""

from datetime import datetime
from typing import Any

from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition
from venues.enums import (
    AdageStatus,
    InvitationStatus,
    MembershipStatus,
    OffererStatus,
    VenueProviderStatus,
)
from venues.models import (
    AdageRequest,
    AdageRequestTransition,
    Invitation,
    InvitationTransition,
    Membership,
    MembershipTransition,
    Offerer,
    OffererTransition,
    VenueProvider,
    VenueProviderTransition,
)

# structures_admin.md §2.3; REJECTED → NEW is a new sign-up with the same SIREN (OFF-07).
OFFERER_TRANSITIONS: dict[str, set[str]] = {
    OffererStatus.NEW: {OffererStatus.PENDING, OffererStatus.VALIDATED, OffererStatus.REJECTED},
    OffererStatus.PENDING: {OffererStatus.VALIDATED, OffererStatus.REJECTED},
    OffererStatus.VALIDATED: {
        OffererStatus.PENDING,
        OffererStatus.REJECTED,
        OffererStatus.CLOSED,
    },
    OffererStatus.REJECTED: {OffererStatus.NEW, OffererStatus.VALIDATED},
    OffererStatus.CLOSED: set(),
}

# §4: a refused person may ask again (OFF-08).
MEMBERSHIP_TRANSITIONS: dict[str, set[str]] = {
    MembershipStatus.PENDING: {
        MembershipStatus.VALIDATED,
        MembershipStatus.REJECTED,
        MembershipStatus.REMOVED,
    },
    MembershipStatus.VALIDATED: {
        MembershipStatus.PENDING,
        MembershipStatus.REJECTED,
        MembershipStatus.REMOVED,
    },
    MembershipStatus.REJECTED: {MembershipStatus.PENDING, MembershipStatus.VALIDATED},
    MembershipStatus.REMOVED: {MembershipStatus.PENDING, MembershipStatus.VALIDATED},
}

# An answer is final; the same address may be invited anew.
INVITATION_TRANSITIONS: dict[str, set[str]] = {
    InvitationStatus.PENDING: {
        InvitationStatus.ACCEPTED,
        InvitationStatus.DECLINED,
        InvitationStatus.WITHDRAWN,
    },
    InvitationStatus.ACCEPTED: set(),
    InvitationStatus.DECLINED: set(),
    InvitationStatus.WITHDRAWN: set(),
}


# §9: a partner that was removed may be authorised again.
LINK_TRANSITIONS: dict[str, set[str]] = {
    VenueProviderStatus.ACTIVE: {VenueProviderStatus.PAUSED, VenueProviderStatus.REVOKED},
    VenueProviderStatus.PAUSED: {VenueProviderStatus.ACTIVE, VenueProviderStatus.REVOKED},
    VenueProviderStatus.REVOKED: {VenueProviderStatus.ACTIVE},
}

# VEN-15; after an end, the venue files a new request.
ADAGE_TRANSITIONS: dict[str, set[str]] = {
    AdageStatus.SUBMITTED: {
        AdageStatus.UNDER_REVIEW,
        AdageStatus.ACCEPTED,
        AdageStatus.REFUSED,
        AdageStatus.DROPPED,
        AdageStatus.WITHDRAWN,
    },
    AdageStatus.UNDER_REVIEW: {
        AdageStatus.ACCEPTED,
        AdageStatus.REFUSED,
        AdageStatus.DROPPED,
        AdageStatus.WITHDRAWN,
    },
    AdageStatus.ACCEPTED: {AdageStatus.REFUSED},
    AdageStatus.REFUSED: set(),
    AdageStatus.DROPPED: set(),
    AdageStatus.WITHDRAWN: set(),
}


def move_offerer(
    offerer: Offerer, to: str, *, by: Actor, why: str = "", why_code: str = "", **facts: Any
) -> OffererTransition:
    """Write the state, its facts and its log row; the caller holds the row lock."""
    if to not in OFFERER_TRANSITIONS[offerer.status]:
        raise ForbiddenTransition(offerer, to)
    before, offerer.status = offerer.status, to
    for name, value in facts.items():
        setattr(offerer, name, value)
    offerer.save(update_fields=["status", *facts])
    return log_offerer(offerer, before=before, by=by, why=why, why_code=why_code)


def log_offerer(
    offerer: Offerer,
    *,
    before: str,
    by: Actor,
    why: str = "",
    why_code: str = "",
    at: datetime | None = None,
) -> OffererTransition:
    """The log row alone: used by `move_offerer` and for the creation of a structure."""
    return OffererTransition.objects.create(
        offerer=offerer,
        before=before,
        after=offerer.status,
        at=at or clock.now(),
        why=why,
        why_code=why_code,
        **by.as_columns(),
    )


def move_membership(
    membership: Membership, to: str, *, by: Actor, why: str = "", why_code: str = "", **facts: Any
) -> MembershipTransition:
    """Write the state, its date and its log row; the caller holds the row lock."""
    if to not in MEMBERSHIP_TRANSITIONS[membership.status]:
        raise ForbiddenTransition(membership, to)
    before, membership.status = membership.status, to
    facts["decided_at"] = None if to == MembershipStatus.PENDING else clock.now()
    for name, value in facts.items():
        setattr(membership, name, value)
    membership.save(update_fields=["status", *facts])
    return log_membership(membership, before=before, by=by, why=why, why_code=why_code)


def log_membership(
    membership: Membership, *, before: str, by: Actor, why: str = "", why_code: str = ""
) -> MembershipTransition:
    return MembershipTransition.objects.create(
        membership=membership,
        before=before,
        after=membership.status,
        at=clock.now(),
        why=why,
        why_code=why_code,
        **by.as_columns(),
    )


def move_invitation(invitation: Invitation, to: str, *, by: Actor, why: str = "") -> None:
    """Write the state, its date and its log row; the caller holds the row lock."""
    if to not in INVITATION_TRANSITIONS[invitation.status]:
        raise ForbiddenTransition(invitation, to)
    before, invitation.status = invitation.status, to
    invitation.decided_at = clock.now()
    invitation.save(update_fields=["status", "decided_at"])
    log_invitation(invitation, before=before, by=by, why=why)


def log_invitation(invitation: Invitation, *, before: str, by: Actor, why: str = "") -> None:
    """The log row alone: for an invitation sent, or sent again."""
    InvitationTransition.objects.create(
        invitation=invitation,
        before=before,
        after=invitation.status,
        at=clock.now(),
        why=why,
        **by.as_columns(),
    )


def move_link(link: VenueProvider, to: str, *, by: Actor, **facts: Any) -> VenueProviderTransition:
    """Write the state of an authorisation, its facts and its log row; the caller holds the lock."""
    if to not in LINK_TRANSITIONS[link.status]:
        raise ForbiddenTransition(link, to)
    before, link.status = link.status, to
    for name, value in facts.items():
        setattr(link, name, value)
    link.save(update_fields=["status", *facts])
    return log_link(link, before=before, by=by)


def log_link(link: VenueProvider, *, before: str, by: Actor) -> VenueProviderTransition:
    return VenueProviderTransition.objects.create(
        link=link, before=before, after=link.status, at=clock.now(), **by.as_columns()
    )


def move_adage_request(
    request: AdageRequest, to: str, *, by: Actor, why: str = "", **facts: Any
) -> AdageRequestTransition:
    """Write the state of a request, its facts and its log row; the caller holds the lock."""
    if to not in ADAGE_TRANSITIONS[request.status]:
        raise ForbiddenTransition(request, to)
    before, request.status = request.status, to
    for name, value in facts.items():
        setattr(request, name, value)
    request.save(update_fields=["status", *facts])
    return log_adage_request(request, before=before, by=by, why=why)


def log_adage_request(
    request: AdageRequest, *, before: str, by: Actor, why: str = ""
) -> AdageRequestTransition:
    return AdageRequestTransition.objects.create(
        request=request,
        before=before,
        after=request.status,
        at=clock.now(),
        why=why,
        **by.as_columns(),
    )
