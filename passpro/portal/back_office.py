"""Menu and home of the admin: what waits for a decision first, then lists to search (§14.1)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from passpro.portal.queues import Waiting, waiting_for

SUSPENSIONS_RIGHT = "accounts.beneficiary_fraud_actions"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: a list of the admin, shown to who may open it."""

    title: str
    icon: str
    model: str

    @property
    def url(self) -> str:
        """Empty when no admin shows this model."""
        try:
            return reverse(f"admin:{self.model.replace('.', '_')}_changelist")
        except NoReverseMatch:
            return ""

    def is_allowed(self, request: HttpRequest) -> bool:
        app, name = self.model.split(".")
        return bool(self.url) and request.user.has_perm(f"{app}.view_{name}")


LISTS: list[tuple[str, list[Entry]]] = [
    (
        "Acteurs culturels",
        [
            Entry("Structures", "domain", "venues.offerer"),
            Entry("Étiquettes", "sell", "venues.offerertag"),
            Entry("Catégories d’étiquettes", "category", "venues.offerertagcategory"),
            Entry("Étiquettes d’offres et lieux", "label", "venues.venuetag"),
            Entry("Lieux", "location_on", "venues.venue"),
            Entry("Rattachements", "groups", "venues.membership"),
            Entry("Offres", "confirmation_number", "offers.offer"),
            Entry("Imports d’offres", "upload_file", "offers.offerimport"),
            Entry("Offres importées", "move_to_inbox", "offers.importedoffer"),
            Entry("Lectures de stocks", "sync_alt", "offers.feedrun"),
            Entry("Séries de dates", "date_range", "offers.dateseries"),
            Entry("Actions groupées", "checklist", "offers.bulkaction"),
            Entry("Clés d’API", "key", "venues.apikey"),
            Entry("Partenaires techniques", "extension", "venues.provider"),
            Entry("Identifiants de cinéma", "theaters", "venues.cinemapivot"),
            Entry("Synchronisations", "sync", "venues.venueprovider"),
            Entry("Demandes ADAGE", "school", "venues.adagerequest"),
            Entry("Contacts de territoire", "contact_phone", "portal.areacontact"),
            Entry("Webinaires", "event", "portal.webinar"),
        ],
    ),
    (
        "Écoles",
        [
            Entry("Offres scolaires", "school", "collective.collectiveoffer"),
            Entry("Offres vitrines", "storefront", "collective.collectivetemplate"),
            Entry("Réservations scolaires", "event_available", "collective.collectivebooking"),
            Entry("Établissements", "apartment", "collective.institution"),
            Entry("Budgets", "savings", "collective.schoolbudget"),
            Entry("Années scolaires", "calendar_month", "collective.schoolyear"),
            Entry("Dispositifs nationaux", "flag", "collective.nationalprogramme"),
            Entry("Domaines artistiques", "brush", "collective.domain"),
        ],
    ),
    (
        "Mises en avant et contrôle",
        [
            Entry("Sélections", "auto_awesome", "offers.selection"),
            Entry("Règles de contrôle", "policy", "offers.moderationrule"),
            Entry("Signalements", "flag", "offers.offerreport"),
        ],
    ),
    (
        "Personnes et réservations",
        [
            Entry("Personnes", "person", "accounts.user"),
            Entry("Domaines bloqués", "block", "accounts.blockeddomain"),
            Entry("Exports de données", "download", "accounts.dataexport"),
            Entry("Crédits", "redeem", "bookings.deposit"),
            Entry("Programmes de crédit local", "loyalty", "bookings.localprogramme"),
            Entry("Crédits locaux", "wallet", "bookings.localcredit"),
            Entry("Réservations", "bookmark", "bookings.booking"),
            Entry("Guichets sans réseau", "wifi_off", "bookings.offlineaction"),
        ],
    ),
    (
        "Finance",
        [
            Entry("Comptes bancaires", "account_balance", "finance.bankaccount"),
            Entry("Lots de virements", "payments", "finance.cashflowbatch"),
            Entry("Virements", "send_money", "finance.cashflow"),
            Entry("Justificatifs", "receipt_long", "finance.invoice"),
            Entry("Virements refusés", "undo", "finance.returnedtransfer"),
            Entry("Alertes du contrôle", "crisis_alert", "finance.moneyalert"),
            Entry("Incidents", "currency_exchange", "finance.financeincident"),
            Entry("Tarifs dérogatoires", "percent", "finance.customrule"),
            Entry("SIRET des lieux", "link", "finance.venuepricingpointlink"),
        ],
    ),
    (
        "Équipe et technique",
        [
            Entry("Rôles", "admin_panel_settings", "auth.group"),
            Entry("Fonctions", "toggle_on", "kernel.featureswitch"),
            Entry("Historique", "history", "kernel.actionlog"),
            Entry("Visites « voir comme »", "visibility", "accounts.seenas"),
            Entry("Messages sortants", "mail", "kernel.outboxmessage"),
            Entry("Travaux", "schedule", "kernel.jobrun"),
        ],
    ),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's side menu, without the lines that the agent may not open."""
    waiting = waiting_for(request)
    current = next((one.queue.url for one in waiting if _is_open(one.queue.url, request)), "")
    look = {"title": "Chercher partout", "icon": "search", "link": reverse("team:search")}
    shown = [_group("", [look])]
    shown.append(_group("À traiter", [_queue(one, current) for one in waiting]))
    for title, entries in LISTS:
        lines = [_line(one, current, request) for one in entries if one.is_allowed(request)]
        if title == "Personnes et réservations" and request.user.has_perm(SUSPENSIONS_RIGHT):
            url = reverse("team:suspensions")
            lines.append({"title": "Suspensions en nombre", "icon": "group_off", "link": url})
        shown.append(_group(title, lines))
    return [group for group in shown if group["items"]]


def _group(title: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": lines}


def _line(entry: Entry, current: str, request: HttpRequest) -> dict[str, Any]:
    """The list is where the agent stands, unless a queue of the same list is open."""
    is_open = not current and _is_open(entry.url, request)
    return {"title": entry.title, "icon": entry.icon, "link": entry.url, "active": is_open}


def _queue(waiting: Waiting, current: str) -> dict[str, Any]:
    queue = waiting.queue
    line: dict[str, Any] = {"title": queue.title, "icon": queue.icon, "link": queue.url}
    line["active"] = queue.url == current
    return line | {"badge": str(waiting.count)} if waiting.count else line


def _is_open(url: str, request: HttpRequest) -> bool:
    """This page is the list of `url`, narrowed at least as it is, or a page below the list."""
    link = urlsplit(url)
    if not request.path.startswith(link.path):
        return False
    return all(request.GET.get(key) == value for key, value in parse_qsl(link.query))


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Counters and ages of the home page, each a link to its queue."""
    return context | {"queues": waiting_for(request)}
