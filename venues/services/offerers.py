"""A structure is registered by its first person, then decided by the team (§2)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.reference.departments import department_of
from passpro.registers.companies import Company
from venues import emails, transitions
from venues.constants import VIRTUAL_VENUE_NAME
from venues.enums import (
    MEMBERSHIP_ENDED,
    MembershipRole,
    MembershipStatus,
    OffererRefusal,
    OffererStatus,
)
from venues.exceptions import AlreadyAttached, IdentityMissing, ReasonMissing, StructureClosed
from venues.identifiers import clean_siren
from venues.models import Membership, Offerer, Venue
from venues.services.lifecycle import stop_keys
from venues.services.memberships import attach
from venues.services.tags import put_automatic_tags


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a new structure is: what the register says, or what a person typed instead."""

    name: str
    street: str
    postal_code: str
    city: str
    legal_category: str = ""
    activity_code: str = ""
    is_checked: bool = False

    def according_to(self, company: Company) -> "Identity":
        """OFF-03: name and address of the register; a hidden address stays as typed."""
        office = company.head_office
        typed = self if office is None or not office.city else None
        return Identity(
            name=company.name or self.name,
            street=typed.street if typed else office.street if office else "",
            postal_code=typed.postal_code if typed else office.postal_code if office else "",
            city=typed.city if typed else office.city if office else "",
            legal_category=company.legal_category,
            activity_code=company.activity_code,
            is_checked=True,
        )

    @property
    def is_complete(self) -> bool:
        return bool(self.name and self.city and department_of(self.postal_code))

    def as_columns(self) -> dict[str, Any]:
        return {
            "name": self.name[:140],
            "street": self.street,
            "postal_code": self.postal_code,
            "city": self.city,
            "department_code": department_of(self.postal_code),
            "legal_category": self.legal_category,
            "activity_code": self.activity_code,
            "identity_checked_at": clock.now() if self.is_checked else None,
        }


@transaction.atomic
def register_offerer(
    *,
    user: User,
    siren: str,
    by: Actor,
    name: str = "",
    street: str = "",
    postal_code: str = "",
    city: str = "",
    company: Company | None = None,
) -> Membership:
    """Attach `user` to the structure of `siren`, created NEW with its digital venue if unknown.

    `company` is what the register answered; without it, what was typed is kept for the team to
    check (SIR-10). The first person becomes administrator at once (OFF-05, ADM-01); the next ones
    wait (OFF-06); a refused structure starts again with its new first person (OFF-07). Safe when
    two people register the same SIREN at once. Raises InvalidSiren, IdentityMissing,
    AlreadyAttached, StructureClosed.
    """
    siren = clean_siren(siren)
    identity = Identity(name.strip(), street.strip(), postal_code.strip(), city.strip())
    if company is not None:
        identity = identity.according_to(company)
    known = Offerer.objects.filter(siren=siren).first()
    if known is None:
        membership = _create_with_administrator(user=user, siren=siren, identity=identity, by=by)
        if membership is not None:
            return membership
        known = Offerer.objects.filter(siren=siren).get()
    offerer = Offerer.objects.lock_for_change(known.pk)
    if offerer.status == OffererStatus.REJECTED:
        return _start_again(offerer, user=user, identity=identity, by=by)
    return _ask_to_join(offerer, user=user, by=by)


def _create_with_administrator(
    *, user: User, siren: str, identity: Identity, by: Actor
) -> Membership | None:
    """None when somebody else created the same SIREN in between."""
    if not identity.is_complete:
        raise IdentityMissing(field="name")
    try:
        with transaction.atomic():
            offerer = Offerer.objects.create(
                siren=siren, created_at=clock.now(), **identity.as_columns()
            )
    except IntegrityError:
        return None
    Venue.objects.create(
        offerer=offerer,
        name=VIRTUAL_VENUE_NAME,
        is_virtual=True,
        department_code=offerer.department_code,  # its time zone (individual.md 0.3.2)
        created_at=clock.now(),
    )
    transitions.log_offerer(offerer, before="", by=by)
    put_automatic_tags(offerer, by=SYSTEM, email=user.email)
    membership = attach(offerer, user, MembershipRole.ADMIN, MembershipStatus.VALIDATED, by=by)
    emails.queue_offerer_registered(offerer, user)
    if settings.VALIDATE_STRUCTURES_AT_ONCE:
        validate_offerer(offerer_id=offerer.pk, by=SYSTEM)
        membership.refresh_from_db()
    return membership


def _start_again(offerer: Offerer, *, user: User, identity: Identity, by: Actor) -> Membership:
    facts = identity.as_columns() if identity.is_complete else {}
    transitions.move_offerer(
        offerer, OffererStatus.NEW, by=by, why="Nouvelle demande", is_active=True, **facts
    )
    put_automatic_tags(offerer, by=SYSTEM, email=user.email)
    membership = offerer.memberships.filter(user=user).first()
    if membership is None:
        membership = attach(offerer, user, MembershipRole.ADMIN, MembershipStatus.VALIDATED, by=by)
    else:
        transitions.move_membership(
            membership, MembershipStatus.VALIDATED, by=by, role=MembershipRole.ADMIN
        )
    emails.queue_offerer_registered(offerer, user)
    return membership


def _ask_to_join(offerer: Offerer, *, user: User, by: Actor) -> Membership:
    if offerer.status == OffererStatus.CLOSED:
        raise StructureClosed(field="siren")
    membership = offerer.memberships.filter(user=user).first()
    if membership is None:
        membership = attach(offerer, user, MembershipRole.MEMBER, MembershipStatus.PENDING, by=by)
    elif membership.status in MEMBERSHIP_ENDED:
        transitions.move_membership(
            membership, MembershipStatus.PENDING, by=by, role=MembershipRole.MEMBER
        )
    elif membership.status == MembershipStatus.PENDING:
        raise AlreadyAttached(
            "Vous avez déjà demandé à rejoindre cette structure : l’équipe étudie votre demande.",
            field="siren",
        )
    else:
        raise AlreadyAttached(field="siren")
    emails.queue_membership_requested(membership)
    emails.queue_membership_to_decide(membership)
    return membership


@transaction.atomic
def validate_offerer(*, offerer_id: int, by: Actor) -> Offerer:
    """The team accepts: offers become visible, its people are told (§2.3 validate).

    Raises ForbiddenTransition when it is already validated or closed.
    """
    offerer = Offerer.objects.lock_for_change(offerer_id)
    log = transitions.move_offerer(
        offerer, OffererStatus.VALIDATED, by=by, validated_at=clock.now(), is_active=True
    )
    emails.queue_offerer_decided(offerer, log, accepted=True)
    return offerer


@transaction.atomic
def reject_offerer(
    *, offerer_id: int, reason: str, by: Actor, code: OffererRefusal | str = ""
) -> Offerer:
    """The team refuses: attachments are refused, API keys stop, people are told why (§2.3 reject).

    `code` is kept beside the words, to find refusals of a kind again.
    Validating later restores neither attachments nor keys (invariant 7). Raises ReasonMissing,
    ForbiddenTransition.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    offerer = Offerer.objects.lock_for_change(offerer_id)
    log = transitions.move_offerer(
        offerer,
        OffererStatus.REJECTED,
        by=by,
        why=reason,
        why_code=code,
        validated_at=None,
        is_active=False,
    )
    emails.queue_offerer_decided(offerer, log, accepted=False)
    for membership in (
        offerer.memberships.exclude(status__in=MEMBERSHIP_ENDED)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    ):
        transitions.move_membership(
            membership, MembershipStatus.REJECTED, by=by, why="Structure refusée"
        )
    stop_keys(offerer, by=by)
    return offerer
