"""Who did what to an object besides its changes of state: notes, edited fields, staff actions.

One table, append-only (HIS-01); states have their own logs (`audit.TransitionLog`). The admin
shows both together on the page of each object (`admin_base.HistoryMixin`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.functions import Cast

from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.audit import TransitionLog
from passpro.kernel.errors import DomainError
from passpro.kernel.models import ActionLog

SECRET_WORDS = ("password", "secret", "token", "key", "hash", "iban")
_SHOWN_LENGTH = 500


class EmptyNote(DomainError):
    code = "empty_note"
    message = "Écrivez la note avant de l’enregistrer."
    http_status = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history, ready to be shown: newest first."""

    at: datetime
    author: str
    what: str
    why: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()


def subject_of(obj: models.Model) -> tuple[str, str]:
    """The two columns that point at any object."""
    return obj._meta.label_lower, str(obj.pk)


def record(
    obj: models.Model,
    kind: str,
    *,
    by: Actor,
    why: str = "",
    changes: dict[str, list[str]] | None = None,
) -> ActionLog | None:
    """Write one row about `obj`; a modification without any difference writes none (HIS-04)."""
    if kind == ActionLog.Kind.MODIFIED and not changes:
        return None
    subject_type, subject_id = subject_of(obj)
    return ActionLog.objects.create(
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_label=str(obj)[:200],
        at=clock.now(),
        why=why.strip(),
        changes=changes or {},
        **by.as_columns(),
    )


def add_note(obj: models.Model, *, text: str, by: Actor) -> ActionLog:
    """A free comment of the team; raises EmptyNote."""
    if not text.strip():
        raise EmptyNote(field="text")
    row = record(obj, ActionLog.Kind.NOTE, by=by, why=text)
    assert row is not None
    return row


def last_note(model: type[models.Model]) -> models.Subquery:
    """The text of the latest note on each row of `model`, to annotate a list with (OFF-31)."""
    notes = ActionLog.objects.filter(
        kind=ActionLog.Kind.NOTE,
        subject_type=model._meta.label_lower,
        subject_id=Cast(models.OuterRef("pk"), models.CharField()),
    )
    return models.Subquery(notes.order_by("-at", "-pk").values("why")[:1])


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """{label: [old, new]} of what differs; secrets are never written (HIS-04)."""
    found = {}
    for name, new in after.items():
        old = before.get(name)
        if old != new and not any(word in name.lower() for word in SECRET_WORDS):
            found[name] = [_words(old), _words(new)]
    return found


def facts(obj: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """{verbose name: value} of these columns, to be compared before and after a change."""
    column: Any = obj._meta.get_field
    columns = [column(name) for name in names]
    return {str(one.verbose_name): getattr(obj, one.attname) for one in columns}


def _words(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)[:_SHOWN_LENGTH]


def lines_of(obj: models.Model, *, limit: int = 100) -> list[Line]:
    """The history of an object: its changes of state and its actions, newest first (HIS-01)."""
    subject_type, subject_id = subject_of(obj)
    actions = ActionLog.objects.filter(subject_type=subject_type, subject_id=subject_id)
    lines = [
        Line(
            at=row.at,
            author=row.actor_label,
            what=row.get_kind_display(),
            why=row.why,
            changes=tuple((name, old, new) for name, (old, new) in row.changes.items()),
        )
        for row in actions[:limit]
    ]
    for relation in obj._meta.related_objects:
        if issubclass(relation.related_model, TransitionLog) and relation.get_accessor_name():
            lines += _moves(obj, relation, limit)
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def _moves(obj: models.Model, relation: Any, limit: int) -> list[Line]:
    """Changes of state, with the words of the object's own state column."""
    words: dict[str, str] = {}
    for name in ("status", "validation", "state"):
        if name in {field.name for field in obj._meta.fields}:
            column: Any = obj._meta.get_field(name)
            words = dict(column.flatchoices)
            break
    rows = getattr(obj, relation.get_accessor_name()).order_by("-at", "-pk")[:limit]
    return [Line(row.at, row.actor_label, _move(row, words), row.why) for row in rows]


def _move(row: TransitionLog, words: dict[str, str]) -> str:
    after = str(words.get(row.after, row.after))
    if not row.before:
        return f"Création : {after}"
    if row.before == row.after:
        return after
    return f"{words.get(row.before, row.before)} → {after}"
