"""What waits for a decision of the team: one line a queue, counted together (§14.1-7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Min, QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.timesince import timesince

from passpro.kernel import clock


@dataclass(frozen=True, slots=True)
class Queue:
    """`filters` say what waits, `since` since when, `query` narrows the list to the same rows.

    A queue whose model is not part of this installation is left out.
    """

    title: str
    icon: str
    model: str
    query: str
    filters: tuple[tuple[str, Any], ...]
    since: str
    target: timedelta | None = None

    @property
    def url(self) -> str:
        """Empty when no admin shows this model."""
        try:
            return reverse(f"admin:{self.model.replace('.', '_')}_changelist") + self.query
        except NoReverseMatch:
            return ""

    def is_allowed(self, request: HttpRequest) -> bool:
        app, name = self.model.split(".")
        return bool(self.url) and request.user.has_perm(f"{app}.view_{name}")

    def figures(self) -> QuerySet:
        """One row: the queue, how many wait, since when the oldest does."""
        rows = apps.get_model(self.model)._base_manager.filter(**dict(self.filters))
        return (
            rows.order_by()
            .annotate(queue=Value(self.title, output_field=models.CharField()))
            .values("queue")
            .annotate(waiting=Count("pk"), oldest=Min(self.since))
            .values_list("queue", "waiting", "oldest")
        )


TEAM_TARGET = timedelta(hours=72)

# MOD-04: what structures that are not validated prepare is not counted.
_TO_REVIEW_FOR_SCHOOLS = (
    ("validation", "PENDING"), ("archived_at__isnull", True),
    ("venue__offerer__status", "VALIDATED"),
)  # fmt: skip

QUEUES = [
    Queue(
        "Structures à valider", "domain_add", "venues.offerer", "?file=a-traiter",
        (("status__in", ("NEW", "PENDING")),), "created_at", TEAM_TARGET,
    ),
    Queue(
        "Rattachements à décider", "person_add", "venues.membership", "?file=a-traiter",
        (("status", "PENDING"),), "created_at", TEAM_TARGET,
    ),
    Queue(
        "Fermetures demandées", "domain_disabled", "venues.offerer", "?a-surveiller=fermeture",
        (("closing_asked_at__isnull", False), ("status", "VALIDATED")), "closing_asked_at",
        TEAM_TARGET,
    ),
    Queue(
        "Demandes ADAGE à suivre", "school", "venues.adagerequest", "?file=a-traiter",
        (("status__in", ("SUBMITTED", "REVIEW")),), "created_at",
    ),
    Queue(
        "Comptes bancaires à contrôler", "account_balance", "finance.bankaccount",
        "?file=a-traiter", (("status__in", ("DRAFT", "ON_GOING", "WITH_PENDING_CORRECTIONS")),),
        "filed_at", TEAM_TARGET,
    ),
    Queue(
        "Offres en instruction", "rule", "offers.offer", "?file=a-traiter",
        (("validation", "PENDING"), ("venue__offerer__status", "VALIDATED")), "updated_at",
        TEAM_TARGET,
    ),
    Queue(
        "Offres signalées", "flag", "offers.offerreport", "?file=a-traiter", (("state", "NEW"),),
        "created_at", TEAM_TARGET,
    ),
    Queue(
        "Offres scolaires en instruction", "school", "collective.collectiveoffer",
        "?file=a-traiter", _TO_REVIEW_FOR_SCHOOLS, "updated_at", TEAM_TARGET,
    ),
    Queue(
        "Offres vitrines en instruction", "storefront", "collective.collectivetemplate",
        "?file=a-traiter", _TO_REVIEW_FOR_SCHOOLS, "updated_at", TEAM_TARGET,
    ),
    Queue(
        "Lots de virements à contrôler", "fact_check", "finance.cashflowbatch",
        "?status__exact=UNDER_REVIEW", (("status", "UNDER_REVIEW"),), "cutoff_at",
    ),
    Queue(
        "Incidents à valider", "currency_exchange", "finance.financeincident", "?file=a-traiter",
        (("status", "CREATED"),), "created_at", TEAM_TARGET,
    ),
    Queue(
        "Virements refusés par la banque", "undo", "finance.returnedtransfer", "?file=a-traiter",
        (("paid_again_in__isnull", True),), "returned_at",
    ),
    Queue(
        "Alertes du contrôle de nuit", "crisis_alert", "finance.moneyalert", "?file=a-traiter",
        (("gone_at__isnull", True),), "found_at",
    ),
    Queue(
        "Messages abandonnés", "sms_failed", "kernel.outboxmessage", "?state__exact=FAILED",
        (("state", "FAILED"),), "created_at",
    ),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue as the agent sees it now."""

    queue: Queue
    count: int
    oldest: datetime | None

    @property
    def age(self) -> str:
        """« 3 jours »."""
        return timesince(self.oldest, clock.now(), depth=1) if self.oldest else ""

    @property
    def is_late(self) -> bool:
        target = self.queue.target
        return bool(target and self.oldest and self.oldest < clock.now() - target)


def waiting_for(request: HttpRequest) -> list[Waiting]:
    """The queues that the agent may open, counted by one query, once a request."""
    known: list[Waiting] | None = getattr(request, "_queues", None)
    if known is None:
        known = _count([queue for queue in QUEUES if queue.is_allowed(request)])
        request._queues = known  # type: ignore[attr-defined]  # kept for the menu and the home page
    return known


def _count(queues: list[Queue]) -> list[Waiting]:
    if not queues:
        return []
    first, *others = [queue.figures() for queue in queues]
    rows = first.union(*others, all=True) if others else first
    found = {title: (count, oldest) for title, count, oldest in rows}
    return [Waiting(queue, *found.get(queue.title, (0, None))) for queue in queues]
