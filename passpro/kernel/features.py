"""Parts of the product that the team can close: declared here, kept in a table (§13).

A closed part answers 503 with a sentence for people, or an error body for software; nothing
else changes. A switch with its own page of use: `@needs(BOOKING)` on views and API routes, or
`is_on(BOOKING)` in a template's view.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import transaction

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.models import ActionLog, FeatureSwitch


@dataclass(frozen=True, slots=True)
class Switch:
    """`label` for the team; `closed` is the sentence shown when nobody wrote another one."""

    name: str
    label: str
    text: str
    closed: str


SIGN_UP = Switch(
    "sign_up", "Inscription des acteurs culturels",
    "Pages d’inscription et de rattachement d’une structure.",
    "Les inscriptions sont fermées pour le moment. Revenez un peu plus tard.",
)  # fmt: skip
PUBLISHING = Switch(
    "publishing", "Publication d’offres",
    "Publier une offre sur le portail ; brouillons et modifications restent possibles.",
    "La publication des offres est suspendue pour le moment. Votre brouillon est gardé.",
)  # fmt: skip
BOOKING = Switch(
    "booking", "Réservation par les jeunes",
    "Réserver une offre ; annuler et consulter restent possibles.",
    "Les réservations sont suspendues pour le moment. Ton crédit n’a pas bougé.",
)  # fmt: skip
PARTNER_API = Switch(
    "partner_api", "API des logiciels partenaires",
    "Toutes les adresses de l’API, contremarques comprises. Le guichet reste ouvert.",
    "L’API est en maintenance. Réessayez dans quelques minutes.",
)  # fmt: skip
COLLECTIVE = Switch(
    "collective", "Offres collectives",
    "Pages et API des offres pour les établissements scolaires.",
    "Les offres collectives sont fermées pour le moment.",
)  # fmt: skip
IMPORTS = Switch(
    "imports", "Imports d’agendas et synchronisations",
    "Imports OpenAgenda et fichiers .ics, synchronisations des logiciels.",
    "Les imports sont suspendus pour le moment. Vos offres ne changent pas.",
)  # fmt: skip

SWITCHES: dict[str, Switch] = {
    switch.name: switch
    for switch in (SIGN_UP, PUBLISHING, BOOKING, PARTNER_API, COLLECTIVE, IMPORTS)
}


class FeatureClosed(DomainError):
    """The team closed this part of the product."""

    code = "feature_closed"
    http_status = 503
    api_key = "global"

    def __init__(self, switch: Switch) -> None:
        super().__init__(message_of(switch))


# Read once a request; other processes see a change after this many seconds at most.
_request: ContextVar[dict[str, FeatureSwitch] | None] = ContextVar("passpro_features", default=None)
_process: tuple[float, dict[str, FeatureSwitch]] = (float("-inf"), {})


def _rows() -> dict[str, FeatureSwitch]:
    global _process
    rows = _request.get()
    if rows is None:
        read_at, rows = _process
        if time.monotonic() - read_at >= settings.FEATURES_CACHE_SECONDS:
            rows = {row.name: row for row in FeatureSwitch.objects.all()}
            _process = (time.monotonic(), rows)
        _request.set(rows)
    return rows


def forget(**signal: Any) -> None:
    """Start of a request: look again, in the process's copy first."""
    _request.set(None)


def forget_all() -> None:
    """After a change, and between tests: look in the table again."""
    global _process
    _process = (float("-inf"), {})
    _request.set(None)


request_started.connect(forget, dispatch_uid="features.forget_at_start")
request_finished.connect(forget, dispatch_uid="features.forget_at_end")


def is_on(switch: Switch) -> bool:
    """Open unless the team closed it; a switch that is not declared is a mistake of ours."""
    if switch.name not in SWITCHES:
        raise LookupError(f"undeclared switch: {switch.name}")
    row = _rows().get(switch.name)
    return row is None or row.is_on


def message_of(switch: Switch) -> str:
    """What people read while it is closed."""
    row = _rows().get(switch.name)
    return (row.message if row else "") or switch.closed


def check(switch: Switch) -> None:
    """Raise FeatureClosed when the team closed it."""
    if not is_on(switch):
        raise FeatureClosed(switch)


def needs(switch: Switch, *, methods: tuple[str, ...] = ()) -> Callable:
    """Decorator of a view or an API route: answer 503 while closed; `methods` narrows it."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if not methods or request.method in methods:
                check(switch)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


@transaction.atomic
def set_switch(*, name: str, is_on: bool, by: Actor, message: str = "", why: str = "") -> None:
    """Open or close a part of the product, with its sentence; a row of history for each change.

    Saying again what already holds writes nothing (HIS-04). Raises LookupError for an unknown name.
    """
    if name not in SWITCHES:
        raise LookupError(name)
    FeatureSwitch.objects.get_or_create(name=name)
    row = FeatureSwitch.objects.select_for_update(of=("self",), no_key=True).get(name=name)
    was = action_log.facts(row, ["is_on", "message"])
    before, row.is_on, row.message = row.is_on, is_on, message.strip()
    changes = action_log.differences(was, action_log.facts(row, ["is_on", "message"]))
    if not changes:
        return
    row.changed_at = clock.now()
    row.save(update_fields=["is_on", "message", "changed_at"])
    kind = ActionLog.Kind.MODIFIED
    if before != is_on:
        kind = ActionLog.Kind.SWITCHED_ON if is_on else ActionLog.Kind.SWITCHED_OFF
    action_log.record(row, kind, by=by, why=why, changes=changes)
    transaction.on_commit(forget_all)


def sync_switches(**signal: Any) -> None:
    """After each migration: one row for each declared switch, none for those that went (FLG-01)."""
    for name in SWITCHES:
        FeatureSwitch.objects.get_or_create(name=name)
    FeatureSwitch.objects.exclude(name__in=SWITCHES).delete()
