"""What each app holds on a person: the apps declare it here, accounts asks them all in turn.

Accounts may not import the apps above it; each of these registers one `Holder` when it is loaded
(`<app>/personal_data.py`, named in its AppConfig). Order of registration = order of INSTALLED_APPS.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

if TYPE_CHECKING:
    from passpro.accounts.models import User
    from passpro.kernel.actor import Actor

Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Holder:
    """One app's part; every function is optional.

    - `collect(person)`: French title of a list → its rows (plain values), for the export;
    - `erase(person)`: forget names in the app's rows, inside the caller's transaction, and may be
      called again; money rows stay (RGPD-05);
    - `keeps(now)`: people that must not be erased by age yet, as a condition on User (§11.2);
    - `objects(person)`: why the person may not leave now, or "" (PRF-04);
    - `suspended(person, reason, by)`: what a suspension does to the app's rows (SUS-04b).
    """

    app: str
    collect: "Callable[[User], dict[str, Rows]] | None" = None
    erase: "Callable[[User], None] | None" = None
    keeps: Callable[[datetime], Q] | None = None
    objects: "Callable[[User], str] | None" = None
    suspended: "Callable[[User, str, Actor], None] | None" = None


_holders: dict[str, Holder] = {}


def register(holder: Holder) -> None:
    """Called once by each app; a second call of the same app replaces the first."""
    _holders[holder.app] = holder


def holders() -> list[Holder]:
    return list(_holders.values())


def person_suspended(person: "User", *, reason: str, by: "Actor") -> None:
    """Tell every app, in the transaction of the suspension."""
    for holder in holders():
        if holder.suspended:
            holder.suspended(person, reason, by)


def objection_to_leave(person: "User") -> str:
    """The first reason why the person may not leave now, or an empty text."""
    for holder in holders():
        if holder.objects and (why := holder.objects(person)):
            return why
    return ""


def kept_at(now: datetime) -> Q:
    """People whom some app must keep at this instant."""
    kept = Q(pk__in=[])
    for holder in holders():
        if holder.keeps:
            kept |= holder.keeps(now)
    return kept
