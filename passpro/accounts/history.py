"""The history of a person (§12): rows of the kernel's action log about their account."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from passpro.accounts.models import User
from passpro.kernel import action_log
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog

Kind = ActionLog.Kind


def of_person(person: User) -> QuerySet[ActionLog]:
    """Everything done to the account, newest first."""
    subject_type, subject_id = action_log.subject_of(person)
    return ActionLog.objects.filter(subject_type=subject_type, subject_id=subject_id)


def record(
    person: User,
    kind: str,
    *,
    by: Actor,
    why: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Append one row; `changes` are {what: (before, after)}."""
    changes = changes or {}
    told = action_log.differences(
        {name: before for name, (before, _) in changes.items()},
        {name: after for name, (_, after) in changes.items()},
    )
    action_log.record(person, kind, by=by, why=why, changes=told)


def write_changes(person: User, facts: Mapping[str, Any], *, by: Actor) -> list[str]:
    """Write the facts that differ, with one history row; answers the names that changed."""
    changed = [name for name, value in facts.items() if getattr(person, name) != value]
    if not changed:
        return []
    before = action_log.facts(person, changed)
    for name in changed:
        setattr(person, name, facts[name])
    person.save(update_fields=changed)
    told = action_log.differences(before, action_log.facts(person, changed))
    action_log.record(person, Kind.MODIFIED, by=by, changes=told)
    return changed
