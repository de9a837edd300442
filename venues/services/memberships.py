"""The team decides who joins a structure (§4)."""

from django.db import transaction

from passpro.kernel.actor import Actor
from venues import emails, transitions
from venues.enums import MembershipRole, MembershipStatus, OffererStatus
from venues.exceptions import ReasonMissing, StructureClosed
from venues.models import Membership, Offerer


@transaction.atomic
def accept_membership(*, membership_id: int, by: Actor) -> Membership:
    """ATT-05: the person enters as a member, or as administrator if nobody is; told by e-mail.

    Raises StructureClosed when the structure is refused or closed, ForbiddenTransition.
    """
    membership = _lock(membership_id)
    if membership.offerer.status in {OffererStatus.REJECTED, OffererStatus.CLOSED}:
        raise StructureClosed("Cette structure est refusée ou fermée : validez-la d’abord.")
    has_administrator = membership.offerer.memberships.filter(
        role=MembershipRole.ADMIN, status=MembershipStatus.VALIDATED
    ).exists()
    log = transitions.move_membership(
        membership,
        MembershipStatus.VALIDATED,
        by=by,
        role=MembershipRole.MEMBER if has_administrator else MembershipRole.ADMIN,
    )
    emails.queue_membership_decided(membership, log, accepted=True)
    return membership


@transaction.atomic
def refuse_membership(*, membership_id: int, reason: str, by: Actor) -> Membership:
    """ATT-07: the person is told why and may ask again; raises ReasonMissing."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    membership = _lock(membership_id)
    log = transitions.move_membership(membership, MembershipStatus.REJECTED, by=by, why=reason)
    emails.queue_membership_decided(membership, log, accepted=False)
    return membership


def _lock(membership_id: int) -> Membership:
    """Structure first, then attachment: two acceptances cannot make two administrators."""
    offerer_id = Membership.objects.values_list("offerer_id", flat=True).get(pk=membership_id)
    offerer = Offerer.objects.lock_for_change(offerer_id)
    membership = Membership.objects.lock_for_change(membership_id)
    membership.offerer = offerer
    return membership
