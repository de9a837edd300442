"""Menu and home of the admin: what waits for a decision first, then lists to search (§14.1)."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; `query` narrows the list, `filters` count what waits."""

    title: str
    icon: str
    model: str
    query: str = ""
    filters: tuple[tuple[str, Any], ...] = ()
    right: str = "view"

    @property
    def url(self) -> str:
        """Empty when no admin shows this model."""
        try:
            return reverse(f"admin:{self.model.replace('.', '_')}_changelist") + self.query
        except NoReverseMatch:
            return ""

    def is_allowed(self, request: HttpRequest) -> bool:
        app, name = self.model.split(".")
        return bool(self.url) and request.user.has_perm(f"{app}.{self.right}_{name}")

    def count(self) -> int:
        return apps.get_model(self.model)._base_manager.filter(**dict(self.filters)).count()


QUEUES = [
    Entry(
        "Structures à valider", "domain_add", "venues.offerer", "?file=a-traiter",
        (("status__in", ("NEW", "PENDING")),),
    ),
    Entry(
        "Rattachements à décider", "person_add", "venues.membership", "?file=a-traiter",
        (("status", "PENDING"),),
    ),
    Entry(
        "Comptes bancaires à contrôler", "account_balance", "finance.bankaccount",
        "?file=a-traiter", (("status__in", ("DRAFT", "ON_GOING", "WITH_PENDING_CORRECTIONS")),),
    ),
    Entry(
        "Lots de virements à contrôler", "fact_check", "finance.cashflowbatch",
        "?status__exact=UNDER_REVIEW", (("status", "UNDER_REVIEW"),),
    ),
    Entry(
        "Offres en instruction", "rule", "offers.offer", "?file=a-traiter",
        (("validation", "PENDING"), ("venue__offerer__status", "VALIDATED")),
    ),
    Entry(
        "Messages abandonnés", "sms_failed", "kernel.outboxmessage", "?state__exact=FAILED",
        (("state", "FAILED"),),
    ),
]  # fmt: skip

LISTS: list[tuple[str, list[Entry]]] = [
    (
        "Acteurs culturels",
        [
            Entry("Structures", "domain", "venues.offerer"),
            Entry("Lieux", "location_on", "venues.venue"),
            Entry("Rattachements", "groups", "venues.membership"),
            Entry("Offres", "confirmation_number", "offers.offer"),
            Entry("Clés d’API", "key", "venues.apikey"),
        ],
    ),
    (
        "Personnes et réservations",
        [
            Entry("Personnes", "person", "accounts.user"),
            Entry("Crédits", "redeem", "bookings.deposit"),
            Entry("Réservations", "bookmark", "bookings.booking"),
        ],
    ),
    (
        "Finance",
        [
            Entry("Comptes bancaires", "account_balance", "finance.bankaccount"),
            Entry("Lots de virements", "payments", "finance.cashflowbatch"),
            Entry("Virements", "send_money", "finance.cashflow"),
            Entry("Justificatifs", "receipt_long", "finance.invoice"),
        ],
    ),
    (
        "Technique",
        [
            Entry("Messages sortants", "mail", "kernel.outboxmessage"),
            Entry("Travaux", "schedule", "kernel.jobrun"),
            Entry("Groupes d’agents", "admin_panel_settings", "auth.group"),
        ],
    ),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's side menu, without the lines that the agent may not open."""
    groups = [("À traiter", QUEUES), *LISTS]
    shown = []
    for title, entries in groups:
        lines = [_line(entry) for entry in entries if entry.is_allowed(request)]
        if lines:
            shown.append({"title": title, "separator": True, "items": lines})
    return shown


def _line(entry: Entry) -> dict[str, Any]:
    line: dict[str, Any] = {"title": entry.title, "icon": entry.icon, "link": entry.url}
    if entry.filters and (waiting := entry.count()):
        line["badge"] = str(waiting)
    return line


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Counters of the home page, each a link to its queue."""
    return context | {
        "queues": [
            {"title": entry.title, "icon": entry.icon, "url": entry.url, "count": entry.count()}
            for entry in QUEUES
            if entry.is_allowed(request)
        ]
    }
