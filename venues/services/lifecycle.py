"""What the team does with a structure after its sign-up: hold, suspend, close, check (§2.3).

Effects on offers and bookings belong to higher apps: close and suspend through
`bookings.services.structures`, which calls these.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.db import transaction

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from passpro.reference.departments import department_of
from passpro.registers import companies
from passpro.registers.companies import Company
from passpro.registers.exceptions import RegisterDown, UnknownNumber
from passpro.registers.text import normalise
from venues import emails, transitions
from venues.constants import CLOSED_TEAM_KEPT
from venues.enums import InvitationStatus, MembershipStatus, OffererHold, OffererStatus
from venues.exceptions import (
    AlreadySuspended,
    ClosingAlreadyAsked,
    ClosingNotAsked,
    ClosingNotPossible,
    NotSuspended,
    ReasonMissing,
    StructureClosing,
)
from venues.models import ApiKey, Membership, Offerer, OffererTag
from venues.services.tags import change_tags, put_automatic_tags

# What the apps above check or undo with a structure: they say it once, when they are loaded.
_before_suspension: list[Callable[[Offerer], None]] = []
_after_closing: list[Callable[[int], None]] = []


def before_suspension(check: Callable[[Offerer], None]) -> None:
    """`check` raises when the structure still has something to honour."""
    if check not in _before_suspension:
        _before_suspension.append(check)


def after_closing(undo: Callable[[int], None]) -> None:
    """`undo(offerer_id)` is called once the closing is committed."""
    if undo not in _after_closing:
        _after_closing.append(undo)


@transaction.atomic
def put_on_hold(
    *,
    offerer_id: int,
    comment: str,
    by: Actor,
    code: OffererHold | str = "",
    put: Iterable[OffererTag] = (),
    take: Iterable[OffererTag] = (),
) -> Offerer:
    """The team asked something: PENDING, offers invisible, nobody is written to (§2.3).

    Labels are put and taken with it. Raises ReasonMissing, ForbiddenTransition.
    """
    comment = _said(comment, "Dites ce que vous attendez de la structure.", field="comment")
    offerer = Offerer.objects.lock_for_change(offerer_id)
    transitions.move_offerer(offerer, OffererStatus.PENDING, by=by, why=comment, why_code=code)
    change_tags(offerer, put=put, take=take, by=by)
    return offerer


@transaction.atomic
def ask_closing(*, offerer_id: int, reason: str, by: Actor) -> Offerer:
    """OFF-33: the administrator asks the team to close the structure; its people are told.

    Called by `bookings.services.structures.ask_to_close`, which withdraws the offers. Raises
    ReasonMissing, ClosingNotPossible (not validated), ClosingAlreadyAsked.
    """
    reason = _said(reason, "Dites pourquoi la structure ferme.")
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if offerer.status != OffererStatus.VALIDATED:
        raise ClosingNotPossible
    if offerer.is_closing:
        raise ClosingAlreadyAsked
    log = _set_closing(offerer, clock.now(), reason, by=by)
    emails.queue_closing_asked(offerer, log.pk)
    return offerer


@transaction.atomic
def keep_open(*, offerer_id: int, by: Actor) -> Offerer:
    """The request is taken back, by its administrator or refused by the team (ClosingNotAsked).

    Offers stay withdrawn: each is resumed by hand.
    """
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if not offerer.is_closing:
        raise ClosingNotAsked
    _set_closing(offerer, None, "", by=by)
    return offerer


def refuse_while_closing(offerer_ids: Iterable[int]) -> None:
    """OFF-33: nothing is shown again while its structure asks for its end.

    Called inside a transaction, before offers are locked: the rows of the structures are held, so
    that a request made meanwhile waits and then withdraws what was shown. Raises StructureClosing.
    """
    rows = Offerer.objects.filter(pk__in=offerer_ids).order_by("pk")
    held = rows.select_for_update(of=("self",), no_key=True)
    if any(offerer.is_closing for offerer in held.only("closing_asked_at", "status")):
        raise StructureClosing


def _set_closing(offerer: Offerer, at: datetime | None, reason: str, *, by: Actor) -> ActionLog:
    offerer.closing_asked_at, offerer.closing_reason = at, reason
    offerer.save(update_fields=["closing_asked_at", "closing_reason"])
    words = ["–", "demandée"] if at else ["demandée", "–"]
    log = action_log.record(
        offerer, ActionLog.Kind.MODIFIED, by=by, why=reason, changes={"fermeture": words}
    )
    assert log is not None
    return log


@transaction.atomic
def close_offerer(*, offerer_id: int, reason: str, by: Actor, automatic: bool = False) -> Offerer:
    """CLOSED for good: keys stop, invitations are withdrawn, members are told and may still read.

    Offers and bookings follow in `bookings.services.structures.close_structure`. Raises
    ReasonMissing, ForbiddenTransition (only a validated structure closes).
    """
    reason = _said(reason, "Donnez le motif de la fermeture.")
    offerer = Offerer.objects.lock_for_change(offerer_id)
    log = transitions.move_offerer(offerer, OffererStatus.CLOSED, by=by, why=reason)
    stop_keys(offerer, by=by)
    for invitation in offerer.invitations.pending().select_for_update(no_key=True):
        transitions.move_invitation(
            invitation, InvitationStatus.WITHDRAWN, by=by, why="Structure fermée"
        )
    emails.queue_offerer_closed(offerer, log, automatic=automatic)
    for undo in _after_closing:
        transaction.on_commit(partial(undo, offerer_id), robust=True)
    return offerer


@transaction.atomic
def suspend_offerer(*, offerer_id: int, reason: str, by: Actor) -> Offerer:
    """Switch a structure off: offers hidden, keys refused (KEY-05); its state stays.

    Called by `bookings.services.structures.suspend_structure`, which looks at bookings first.
    Raises ReasonMissing, AlreadySuspended, StructureHasBookings (schools).
    """
    reason = _said(reason, "Donnez le motif de la suspension.")
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if not offerer.is_active:
        raise AlreadySuspended
    for check in _before_suspension:
        check(offerer)
    _set_active(offerer, is_active=False)
    action_log.record(offerer, ActionLog.Kind.SUSPENDED, by=by, why=reason)
    return offerer


@transaction.atomic
def unsuspend_offerer(*, offerer_id: int, comment: str, by: Actor) -> Offerer:
    """Switch it on again; a refused structure is validated instead. Raises NotSuspended."""
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if offerer.is_active or not offerer.is_open:
        raise NotSuspended
    _set_active(offerer, is_active=True)
    action_log.record(offerer, ActionLog.Kind.UNSUSPENDED, by=by, why=comment.strip())
    return offerer


def _set_active(offerer: Offerer, *, is_active: bool) -> None:
    offerer.is_active = is_active
    offerer.save(update_fields=["is_active"])


def _said(text: str, message: str, *, field: str = "reason") -> str:
    text = text.strip()
    if not text:
        raise ReasonMissing(message, field=field)
    return text


def stop_keys(offerer: Offerer, *, by: Actor) -> None:
    """KEY-08: every live key of the structure stops at once; the caller holds its lock."""
    ApiKey.objects.live().filter(offerer=offerer).update(
        revoked_at=clock.now(), revoked_by_label=by.label
    )


@transaction.atomic
def confirm_identity(*, offerer_id: int, by: Actor) -> Offerer:
    """A person of the team compared what was typed with other documents (SIR-10)."""
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if offerer.needs_identity_check:
        offerer.identity_checked_at = clock.now()
        offerer.save(update_fields=["identity_checked_at"])
        changes = {"identité": ["à vérifier", "vérifiée"]}
        action_log.record(offerer, ActionLog.Kind.MODIFIED, by=by, changes=changes)
    return offerer


def refresh_identity(*, offerer_id: int, by: Actor) -> Company | None:
    """Ask the register, then write its name, address and activity over what was typed.

    Answers the company; None when the register is down or does not know the number (the team
    decides). The register is asked before the lock.
    """
    siren = Offerer.objects.values_list("siren", flat=True).get(pk=offerer_id)
    try:
        company = companies.company(siren)
    except (RegisterDown, UnknownNumber):
        return None
    with transaction.atomic():
        _write_identity(Offerer.objects.lock_for_change(offerer_id), company, by=by)
    return company


def _write_identity(offerer: Offerer, company: Company, *, by: Actor) -> None:
    facts = {
        "name": company.name[:140],
        "legal_category": company.legal_category,
        "activity_code": company.activity_code,
    }
    office = company.head_office
    if office is not None and office.city:
        facts |= {
            "street": office.street,
            "postal_code": office.postal_code,
            "city": office.city,
            "department_code": department_of(office.postal_code),
        }
    changes = {}
    for name, value in facts.items():
        before = getattr(offerer, name)
        # The register writes in capitals: the same words stay as they were typed.
        if value and normalise(before) != normalise(value):
            setattr(offerer, name, value)
            changes[name] = [before, value]
    offerer.identity_checked_at = clock.now()
    offerer.save(update_fields=["identity_checked_at", *changes])
    if "activity_code" in changes:
        put_automatic_tags(offerer, by=by)
    action_log.record(offerer, ActionLog.Kind.MODIFIED, by=by, changes=changes)


def purge_closed_teams(*, now: datetime) -> dict[str, int]:
    """A while after the closing, its people are detached (§2.3); played again, nothing is left."""
    closed = Offerer.objects.filter(
        status=OffererStatus.CLOSED,
        transitions__after=OffererStatus.CLOSED,
        transitions__at__lte=now - CLOSED_TEAM_KEPT,
        memberships__status__in=[MembershipStatus.PENDING, MembershipStatus.VALIDATED],
    )
    detached = 0
    for offerer_id in list(closed.order_by("pk").values_list("pk", flat=True).distinct()):
        detached += _detach_team(offerer_id)
    return {"detached": detached}


@transaction.atomic
def _detach_team(offerer_id: int) -> int:
    offerer = Offerer.objects.lock_for_change(offerer_id)
    people = offerer.memberships.filter(
        status__in=[MembershipStatus.PENDING, MembershipStatus.VALIDATED]
    ).order_by("pk")
    waiting = MembershipStatus.PENDING
    ended: list[Membership] = list(people.select_for_update(of=("self",), no_key=True))
    for membership in ended:
        is_waiting = membership.status == waiting
        to = MembershipStatus.REJECTED if is_waiting else MembershipStatus.REMOVED
        transitions.move_membership(
            membership, to, by=Actor.job("purge_closed_teams"), why="Structure fermée"
        )
    return len(ended)
