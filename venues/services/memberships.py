"""Who belongs to a structure: the team decides, members leave, the administrator hands over (§4).

Lock order: structure, then attachments, so that two decisions at once cannot make two
administrators, nor leave none.
"""

from django.db import transaction

from passpro.accounts.models import User
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from venues import emails, transitions
from venues.enums import MEMBERSHIP_ENDED, MembershipRefusal, MembershipRole, MembershipStatus
from venues.exceptions import (
    AdministratorStays,
    AlreadyAdministered,
    AlreadyAttached,
    NotInTheTeam,
    PersonUnknown,
    ReasonMissing,
    StructureClosed,
)
from venues.models import Membership, Offerer

_TEAM_CLOSED = "Cette structure est refusée ou fermée : validez-la d’abord."


def attach(
    offerer: Offerer, user: User, role: str, status: str, *, by: Actor, why: str = ""
) -> Membership:
    """A new attachment with its log row; the caller holds the structure's lock."""
    now = clock.now()
    membership = Membership.objects.create(
        user=user,
        offerer=offerer,
        role=role,
        status=status,
        created_at=now,
        decided_at=None if status == MembershipStatus.PENDING else now,
    )
    transitions.log_membership(membership, before="", by=by, why=why)
    return membership


@transaction.atomic
def accept_membership(*, membership_id: int, by: Actor) -> Membership:
    """ATT-05: the person enters as a member, or as administrator if nobody is; told by e-mail.

    Who invited them is told too. Raises StructureClosed when the structure is refused or closed,
    ForbiddenTransition.
    """
    membership = _lock(membership_id)
    if not membership.offerer.is_open:
        raise StructureClosed(_TEAM_CLOSED)
    log = transitions.move_membership(
        membership, MembershipStatus.VALIDATED, by=by, role=_free_role(membership.offerer)
    )
    emails.queue_membership_decided(membership, log, accepted=True)
    emails.queue_invited_joined(membership, log)
    return membership


@transaction.atomic
def refuse_membership(
    *, membership_id: int, reason: str, by: Actor, code: MembershipRefusal | str = ""
) -> Membership:
    """ATT-07: the person is told why and may ask again; raises ReasonMissing."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    membership = _lock(membership_id)
    log = transitions.move_membership(
        membership, MembershipStatus.REJECTED, by=by, why=reason, why_code=code
    )
    emails.queue_membership_decided(membership, log, accepted=False)
    return membership


@transaction.atomic
def hold_membership(*, membership_id: int, reason: str, by: Actor) -> Membership:
    """ATT-06: the team wants to know more; no access meanwhile, nobody is written to.

    Raises ReasonMissing, AdministratorStays, ForbiddenTransition (it waits already).
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    membership = _lock(membership_id)
    if membership.status == MembershipStatus.VALIDATED and membership.is_administrator:
        raise AdministratorStays
    transitions.move_membership(membership, MembershipStatus.PENDING, by=by, why=reason)
    return membership


@transaction.atomic
def attach_person(*, offerer_id: int, email: str, comment: str, by: Actor) -> Membership:
    """ATT-09: the team attaches a person by hand, with a comment; told by e-mail.

    Raises PersonUnknown, ReasonMissing, StructureClosed, AlreadyAttached.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise PersonUnknown(field="email")
    comment = comment.strip()
    if not comment:
        raise ReasonMissing("Dites pourquoi vous rattachez cette personne.", field="comment")
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if not offerer.is_open:
        raise StructureClosed(_TEAM_CLOSED)
    membership = offerer.memberships.filter(user=user).first()
    role = _free_role(offerer)
    if membership is None:
        membership = attach(offerer, user, role, MembershipStatus.VALIDATED, by=by, why=comment)
        log = membership.transitions.latest("pk")
    elif membership.status == MembershipStatus.VALIDATED:
        raise AlreadyAttached("Cette personne est déjà rattachée à la structure.", field="email")
    else:
        log = transitions.move_membership(
            membership, MembershipStatus.VALIDATED, by=by, why=comment, role=role
        )
    emails.queue_membership_decided(membership, log, accepted=True)
    return membership


@transaction.atomic
def remove_member(*, membership_id: int, by: Actor, reason: str = "") -> Membership:
    """Somebody leaves the team, by the administrator's or their own will (ATT-08).

    A member who is removed by somebody else is told. Raises AdministratorStays: the
    administration is handed over first; NotInTheTeam when they already left.
    """
    membership = _lock(membership_id)
    if membership.status in MEMBERSHIP_ENDED:
        raise NotInTheTeam
    if membership.is_administrator:
        raise AdministratorStays
    log = transitions.move_membership(membership, MembershipStatus.REMOVED, by=by, why=reason)
    if by.user_id != membership.user_id:
        emails.queue_member_removed(membership, log)
    return membership


@transaction.atomic
def hand_over_administration(*, membership_id: int, by: Actor, reason: str = "") -> Membership:
    """Make this member the administrator, in place of the present one if any (ADM-02, ADM-03).

    Used by the administrator on the portal and by the team in the admin, which says why. Both
    people are told.
    Raises NotInTheTeam when the person is not, or no longer, a validated member.
    """
    membership = _lock(membership_id)
    if membership.status != MembershipStatus.VALIDATED:
        raise NotInTheTeam
    if membership.is_administrator:
        return membership
    offerer = membership.offerer
    former = (
        offerer.memberships.filter(role=MembershipRole.ADMIN, status=MembershipStatus.VALIDATED)
        .select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .first()
    )
    if former is not None:  # first, because the database accepts one administrator
        _give_role(former, MembershipRole.MEMBER, why="N’est plus administrateur", by=by)
    why = "Devient administrateur" + (f" : {reason.strip()}" if reason.strip() else "")
    log = _give_role(membership, MembershipRole.ADMIN, why=why, by=by)
    emails.queue_administration_given(membership, log, former=former)
    return membership


def _give_role(
    membership: Membership, role: str, *, why: str, by: Actor
) -> transitions.MembershipTransition:
    membership.role = role
    membership.save(update_fields=["role"])
    return transitions.log_membership(membership, before=membership.status, by=by, why=why)


def _free_role(offerer: Offerer) -> str:
    """Administrator when the structure has none."""
    has_administrator = offerer.memberships.filter(
        role=MembershipRole.ADMIN, status=MembershipStatus.VALIDATED
    ).exists()
    return MembershipRole.MEMBER if has_administrator else MembershipRole.ADMIN


def _lock(membership_id: int) -> Membership:
    offerer_id = Membership.objects.values_list("offerer_id", flat=True).get(pk=membership_id)
    offerer = Offerer.objects.lock_for_change(offerer_id)
    membership = Membership.objects.lock_for_change(membership_id)
    membership.offerer = offerer
    return membership


@transaction.atomic
def ask_who_administers(*, offerer_id: int, email: str, by: Actor) -> None:
    """ADM-04, STR-043: write to the structure's public address; its history keeps to whom.

    The answer is checked by the team, who then attaches the person. Raises AlreadyAdministered.
    """
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if not Offerer.objects.without_administrator().filter(pk=offerer.pk).exists():
        raise AlreadyAdministered
    note = action_log.add_note(
        offerer, text=f"Demande envoyée à {email} : qui administre la structure ?", by=by
    )
    emails.queue_who_administers(offerer, email, unique=f"who-administers:{note.pk}")
