"""The administrator calls people to the team; they answer, then the team decides (§4).

Lock order: structure, then invitation or attachment. An answer and a withdrawal at once: the
first one wins, the other is refused.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition
from venues import emails, transitions
from venues.constants import INVITATION_RESEND_DELAY, MAX_PENDING_INVITATIONS
from venues.enums import (
    MEMBERSHIP_ENDED,
    InvitationStatus,
    MembershipRole,
    MembershipStatus,
    OffererStatus,
)
from venues.exceptions import (
    AlreadyInvited,
    AlreadyMember,
    InvitationExpired,
    InvitationJustSent,
    StructureClosed,
    TooManyInvitations,
)
from venues.models import Invitation, Membership, Offerer
from venues.services.memberships import attach


@transaction.atomic
def invite(*, offerer_id: int, email: str, user: User, by: Actor) -> Invitation:
    """Call an address to the team, whether or not it has an account (INV-01, INV-03 to INV-05).

    An invitation that expired is sent again (INV-07). Raises AlreadyInvited, AlreadyMember
    (INV-02), TooManyInvitations, StructureClosed.
    """
    email = email.strip().lower()
    offerer = _lock_open(offerer_id)
    _check_is_new(offerer, email)
    now = clock.now()
    before = (
        offerer.invitations.pending()
        .filter(email=email)
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if before is not None:
        if not before.is_expired(now):
            raise AlreadyInvited(field="email")
        return _send(before, by=by, why="Renvoyée après son terme")
    if offerer.invitations.live(now).count() >= MAX_PENDING_INVITATIONS:
        raise TooManyInvitations(MAX_PENDING_INVITATIONS)
    invitation = Invitation.objects.create(
        offerer=offerer,
        email=email,
        invited_by=user,
        status=InvitationStatus.PENDING,
        created_at=now,
        sent_at=now,
        expires_at=now + settings.INVITATION_VALIDITY,
    )
    transitions.log_invitation(invitation, before="", by=by)
    emails.queue_invitation(invitation)
    return invitation


def _check_is_new(offerer: Offerer, email: str) -> None:
    mine = offerer.memberships.filter(user__email=email).first()
    if mine is None or mine.status in MEMBERSHIP_ENDED:
        return
    if mine.status == MembershipStatus.PENDING:
        raise AlreadyMember(
            "Cette personne a déjà demandé à rejoindre la structure : notre équipe étudie sa "
            "demande.",
            field="email",
        )
    raise AlreadyMember(field="email")


@transaction.atomic
def resend_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """Send the same invitation again, with its full validity (INV-07).

    Raises InvitationJustSent, ForbiddenTransition (answered or withdrawn), StructureClosed.
    """
    invitation = _lock(invitation_id)
    if not invitation.offerer.is_open:
        raise StructureClosed
    if invitation.status != InvitationStatus.PENDING:
        raise ForbiddenTransition(invitation, InvitationStatus.PENDING)
    if clock.now() - invitation.sent_at < INVITATION_RESEND_DELAY:
        raise InvitationJustSent
    return _send(invitation, by=by, why="Renvoyée")


def _send(invitation: Invitation, *, by: Actor, why: str) -> Invitation:
    # The log says each sending; two of them never share an instant.
    now = max(clock.now(), invitation.sent_at + timedelta(microseconds=1))
    invitation.sent_at, invitation.expires_at = now, now + settings.INVITATION_VALIDITY
    invitation.save(update_fields=["sent_at", "expires_at"])
    transitions.log_invitation(invitation, before=invitation.status, by=by, why=why)
    emails.queue_invitation(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """The administrator changes their mind; raises ForbiddenTransition when it is answered."""
    invitation = _lock(invitation_id)
    transitions.move_invitation(invitation, InvitationStatus.WITHDRAWN, by=by)
    return invitation


@transaction.atomic
def accept_invitation(*, invitation_id: int, user: User, by: Actor) -> Membership:
    """The invited person joins: the attachment waits for the team (INV-06), unless set otherwise.

    A former attachment serves again; a person already in the team stays what they are. Raises
    InvitationExpired, ForbiddenTransition (answered or withdrawn), StructureClosed.
    """
    invitation = _lock_answerable(invitation_id, user)
    offerer = invitation.offerer
    if not offerer.is_open:
        raise StructureClosed
    transitions.move_invitation(invitation, InvitationStatus.ACCEPTED, by=by)
    membership = offerer.memberships.filter(user=user).first()
    if membership is None:
        membership = attach(
            offerer, user, MembershipRole.MEMBER, MembershipStatus.PENDING, by=by, why="Invitation"
        )
    elif membership.status in MEMBERSHIP_ENDED:
        transitions.move_membership(
            membership,
            MembershipStatus.PENDING,
            by=by,
            why="Invitation",
            role=MembershipRole.MEMBER,
        )
    if (
        settings.INVITED_PEOPLE_JOIN_AT_ONCE
        and offerer.status == OffererStatus.VALIDATED
        and membership.status == MembershipStatus.PENDING
    ):
        log = transitions.move_membership(membership, MembershipStatus.VALIDATED, by=by)
        emails.queue_membership_decided(membership, log, accepted=True)
        emails.queue_invited_joined(membership, log)
    return membership


@transaction.atomic
def decline_invitation(*, invitation_id: int, user: User, by: Actor) -> Invitation:
    """The invited person says no; raises InvitationExpired, ForbiddenTransition."""
    invitation = _lock_answerable(invitation_id, user)
    transitions.move_invitation(invitation, InvitationStatus.DECLINED, by=by)
    return invitation


def _lock_answerable(invitation_id: int, user: User) -> Invitation:
    """The row, if it is this person's to answer; a stranger's is unknown to them."""
    invitation = _lock(invitation_id)
    if not Invitation.objects.visible_to(user).filter(pk=invitation.pk).exists():
        raise Invitation.DoesNotExist
    if invitation.is_expired(clock.now()):
        raise InvitationExpired
    return invitation


def _lock_open(offerer_id: int) -> Offerer:
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if not offerer.is_open:
        raise StructureClosed
    return offerer


def _lock(invitation_id: int) -> Invitation:
    offerer_id = Invitation.objects.values_list("offerer_id", flat=True).get(pk=invitation_id)
    offerer = Offerer.objects.lock_for_change(offerer_id)
    invitation = Invitation.objects.lock_for_change(invitation_id)
    invitation.offerer = offerer
    return invitation
