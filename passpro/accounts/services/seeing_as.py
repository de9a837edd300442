"""« Voir comme »: an agent looks at the portal as a professional sees it, read-only and logged."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from passpro.accounts.exceptions import MayNotBeSeenAs, ReasonNeeded
from passpro.accounts.models import SeenAs, User
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import NotAllowed
from passpro.kernel.models import ActionLog

PERMISSION = "accounts.sign_in_as_pro"


@transaction.atomic
def start_seeing_as(*, agent: User, person_id: int, reason: str) -> SeenAs:
    """Open a visit of SEEING_AS_MINUTES and write it in the person's history.

    Raises NotAllowed, ReasonNeeded, MayNotBeSeenAs (agent, young person, inactive account).
    """
    if not agent.is_staff or not agent.has_perm(PERMISSION):
        raise NotAllowed
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    person = User.objects.lock_for_change(person_id)
    if not may_be_seen_as(person):
        raise MayNotBeSeenAs
    now = clock.now()
    visit = SeenAs.objects.create(
        agent=agent,
        person=person,
        reason=reason.strip(),
        started_at=now,
        ends_at=now + timedelta(minutes=settings.SEEING_AS_MINUTES),
    )
    action_log.record(person, ActionLog.Kind.SEEN_AS, by=Actor.user(agent), why=reason)
    return visit


@transaction.atomic
def stop_seeing_as(*, visit_id: int, end: str = SeenAs.End.LEFT) -> None:
    """Close a visit; the first end stands."""
    SeenAs.objects.filter(pk=visit_id, ended_at__isnull=True).update(ended_at=clock.now(), end=end)


def may_be_seen_as(person: User) -> bool:
    return (
        person.is_active
        and not person.is_staff
        and not person.is_superuser
        and not person.is_beneficiary
    )


def end_of(visit: SeenAs, agent: User) -> str:
    """Why a running visit must stop now, or "" when it goes on."""
    if visit.ended_at is not None:
        return SeenAs.End.LEFT
    if visit.ends_at <= clock.now():
        return SeenAs.End.EXPIRED
    is_allowed = agent.is_staff and visit.agent_id == agent.pk and agent.has_perm(PERMISSION)
    if not is_allowed or not may_be_seen_as(visit.person):
        return SeenAs.End.REFUSED
    return ""
