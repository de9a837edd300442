"""What a desk did without network, received when the network is back (§6, issue of the door)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bookings import countermarks
from bookings.constants import OFFLINE_KEPT
from bookings.enums import OfflineKind
from bookings.models import OfflineAction
from bookings.services.countermark import unvalidate_countermark, validate_countermark
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Wish:
    """One action of the device; `client_id` is drawn there, `made_at` is its own clock."""

    client_id: UUID
    kind: OfflineKind
    code: str
    made_at: datetime


def receive(*, user: User, wishes: Iterable[Wish]) -> list[OfflineAction]:
    """Do each action once, in the order given, and answer what became of each.

    The state of the booking now decides (DSK-20, DSK-30); the instant of the device is only
    written in the history. A number already received answers what it answered the first time.
    Never raises a DomainError: a refusal is the outcome of its line, kept until it is seen.
    """
    return [_receive_once(user, wish) for wish in wishes]


@transaction.atomic
def _receive_once(user: User, wish: Wish) -> OfflineAction:
    code = countermarks.normalise(wish.code)
    # Two tabs that send the same number: the second waits here for the outcome of the first.
    action, is_new = OfflineAction.objects.get_or_create(
        user=user,
        client_id=wish.client_id,
        defaults={"kind": wish.kind, "countermark": code[:6], "made_at": wish.made_at},
    )
    if not is_new:
        return action
    run = validate_countermark if wish.kind == OfflineKind.VALIDATE else unvalidate_countermark
    local = wish.made_at.astimezone(clock.PARIS)
    try:
        with transaction.atomic():
            action.booking = run(
                countermark=code,
                by=Actor.user(user),
                why=f"Faite sans réseau le {local:%d/%m/%Y} à {local:%H:%M} (heure de Paris)",
            )
    except DomainError as refusal:
        action.refusal = refusal.message
    action.save(update_fields=["booking", "refusal"])
    return action


def refusals_to_see(user: User) -> list[OfflineAction]:
    """What was refused to the person and not yet acknowledged, oldest first."""
    waiting = OfflineAction.objects.filter(user=user, acknowledged_at__isnull=True)
    return list(waiting.exclude(refusal="").order_by("made_at", "pk"))


def acknowledge(*, user: User, client_ids: Iterable[UUID]) -> int:
    """The person has seen these refusals; answers how many. Others' and seen ones are left."""
    return (
        OfflineAction.objects.filter(
            user=user, client_id__in=list(client_ids), acknowledged_at__isnull=True
        )
        .exclude(refusal="")
        .update(acknowledged_at=clock.now())
    )


def purge_job(*, now: datetime) -> dict[str, int]:
    """The job: forget what was received long ago; bookings keep their own history."""
    purged, _ = OfflineAction.objects.filter(received_at__lt=now - OFFLINE_KEPT).delete()
    return {"purged": purged}
