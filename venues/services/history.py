"""Fields of a venue as its history shows them, old → new (VEN-12, HIS-01 … HIS-04)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model

from passpro.kernel import action_log

Changes = dict[str, list[str]]


def snapshot(instance: Model, names: Iterable[str]) -> dict[str, str]:
    """What these columns say now, by their French name; given to `changes_since` later."""
    return {label: said(value) for label, value in action_log.facts(instance, names).items()}


def changes_since(before: dict[str, str], instance: Model, names: Iterable[str]) -> Changes:
    """Columns that differ from a snapshot; empty when nothing changed."""
    return action_log.differences(before, snapshot(instance, names))


def said(value: Any) -> str:
    """A value as the history shows it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return ", ".join(f"{key} : {said(one)}" for key, one in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(said(one) for one in value)
    return str(value)
