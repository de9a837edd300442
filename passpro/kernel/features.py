"""Parts of the product that the team can close: declared here, kept in a table (§13).

A closed part answers 503 with a sentence for people, or an error body for software; nothing else
changes. A part is named by its addresses (`url_names`, `under`) or by its scheduled jobs.
"""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import transaction

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog, FeatureSwitch


@dataclass(frozen=True, slots=True)
class Switch:
    """`label` and `text` are for the team; `closed` is said when nobody wrote another sentence.

    `url_names` and `under` (paths that begin so) are refused while closed, for these `methods`
    (all when empty); `jobs` are not played, and catch up once it is open again.
    """

    name: str
    label: str
    text: str
    closed: str
    url_names: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()


SIGN_UP = Switch(
    "sign_up", "Inscription des acteurs culturels",
    "Pages d’inscription et de rattachement d’une structure.",
    "Les inscriptions sont fermées pour le moment. Revenez un peu plus tard.",
    url_names=("accounts:sign_up", "venues:structure_create"),
)  # fmt: skip
PUBLISHING = Switch(
    "publishing", "Publication d’offres",
    "Publier une offre sur le portail ; brouillons et modifications restent possibles.",
    "La publication des offres est suspendue pour le moment. Votre brouillon est gardé.",
    url_names=("offers:publish",),
)  # fmt: skip
BOOKING = Switch(
    "booking", "Réservation par les jeunes",
    "Réserver une offre ; annuler et consulter restent possibles.",
    "Les réservations sont suspendues pour le moment. Ton crédit n’a pas bougé.",
    url_names=("bookings:book",),
)  # fmt: skip
PARTNER_API = Switch(
    "partner_api", "API des logiciels partenaires",
    "Toutes les adresses de l’API, contremarques comprises. Le guichet reste ouvert.",
    "L’API est en maintenance. Réessayez dans quelques minutes.",
    under=("/v2/", "/public/"),
)  # fmt: skip
BANK_ACCOUNTS = Switch(
    "bank_accounts", "Dépôt de comptes bancaires",
    "Déposer un compte bancaire ; ceux qui sont déposés restent contrôlés et payés.",
    "Le dépôt de comptes bancaires est suspendu pour le moment. Rien n’est perdu : les sommes "
    "dues attendent.",
    url_names=("finance:bank_account_create",),
)  # fmt: skip
AFTER_EVENT = Switch(
    "after_event", "Validation automatique après l’événement",
    "Le travail de chaque heure ; fermée, les validations au guichet continuent.",
    "La validation automatique est arrêtée.",
    jobs=("auto_validate",),
)  # fmt: skip
PAYMENTS = Switch(
    "payments", "Valorisation et lots de virements",
    "Les travaux qui valorisent et préparent les lots ; ils rattrapent tout à la réouverture.",
    "Les virements sont suspendus.",
    jobs=("price_events", "make_batch"),
)  # fmt: skip

SWITCHES: dict[str, Switch] = {
    switch.name: switch
    for switch in (
        SIGN_UP, PUBLISHING, BOOKING, PARTNER_API, BANK_ACCOUNTS, AFTER_EVENT, PAYMENTS,
    )
}  # fmt: skip
_BY_URL = {name: switch for switch in SWITCHES.values() for name in switch.url_names}
_BY_START = {start: switch for switch in SWITCHES.values() for start in switch.under}
_BY_JOB = {name: switch for switch in SWITCHES.values() for name in switch.jobs}


# Inside a request, what it read first; None outside. Other processes see a change after
# FEATURES_CACHE_SECONDS at most.
_Rows = dict[str, FeatureSwitch]
_request: ContextVar[list[_Rows] | None] = ContextVar("passpro_features", default=None)
_process: tuple[float, _Rows] = (float("-inf"), {})


def _rows() -> _Rows:
    """The table: read once a request, and at most once in a while by the process."""
    global _process
    read = _request.get()
    if read:
        return read[0]
    read_at, rows = _process
    if time.monotonic() - read_at >= settings.FEATURES_CACHE_SECONDS:
        rows = {row.name: row for row in FeatureSwitch.objects.all()}
        _process = (time.monotonic(), rows)
    if read is not None:
        read.append(rows)
    return rows


def _start(**signal: Any) -> None:
    _request.set([])


def _end(**signal: Any) -> None:
    _request.set(None)


def forget() -> None:
    """Read the table again at the next question (this process; the others do in a while)."""
    global _process
    _process = (float("-inf"), {})
    if _request.get() is not None:
        _request.set([])


request_started.connect(_start, dispatch_uid="features.start")
request_finished.connect(_end, dispatch_uid="features.end")


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


def closed_for(*, url_name: str, path: str, method: str) -> Switch | None:
    """The closed switch that covers this request, if any; asks nothing for other addresses."""
    switch = _BY_URL.get(url_name)
    if switch is None:
        starts = (start for start in _BY_START if path.startswith(start))
        switch = next((_BY_START[start] for start in starts), None)
    if switch is None or (switch.methods and method not in switch.methods) or is_on(switch):
        return None
    return switch


def closed_for_job(name: str) -> Switch | None:
    """The closed switch that stops this scheduled job, if any."""
    switch = _BY_JOB.get(name)
    return switch if switch is not None and not is_on(switch) else None


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
    transaction.on_commit(forget)


def sync_switches(**signal: Any) -> None:
    """After each migration: one row for each declared switch, none for those that went (FLG-01)."""
    for name in SWITCHES:
        FeatureSwitch.objects.get_or_create(name=name)
    FeatureSwitch.objects.exclude(name__in=SWITCHES).delete()
