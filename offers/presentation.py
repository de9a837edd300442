"""What the pages of an offer show: steps, recap, possible actions; no decision is taken here."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse

from offers.constants import EMAIL_DELAYS, ON_SITE_DELAYS
from offers.enums import OfferValidation, WithdrawalType
from offers.forms.fields import NATURES
from offers.models import Offer, Stock
from passpro.kernel import clock
from passpro.kernel.money import NBSP
from passpro.reference.artistic_types import MUSIC_TYPES, SHOW_TYPES, label_of

LABELS = {
    "details": "Détails",
    "address": "Adresse",
    "image": "Image",
    "prices": "Tarifs",
    "stocks": "Dates et capacités",
    "stock": "Stock et prix",
    "summary": "Récapitulatif",
}
_ARTISTS = {
    "author": "Auteur",
    "performer": "Interprète",
    "speaker": "Intervenant",
    "stageDirector": "Mise en scène",
}
_ACCESSIBILITY = {
    "visual": "visuel",
    "mental": "psychique ou cognitif",
    "motor": "moteur",
    "audio": "auditif",
}


@dataclass(frozen=True)
class Step:
    """One step of the wizard, or one tab of a published offer; `state` done, current or todo."""

    name: str
    label: str
    href: str
    state: str


@dataclass(frozen=True)
class Action:
    """Something that can be done with an offer: a link, or a button that posts."""

    label: str
    icon: str
    href: str
    is_post: bool = False
    is_danger: bool = False


def step_names(nature: str) -> list[str]:
    """Steps of the wizard in order; an online offer has no address, a good no tariffs."""
    is_event, is_online = NATURES[nature]
    return [
        "details",
        *([] if is_online else ["address"]),
        "image",
        *(["prices", "stocks"] if is_event else ["stock"]),
        "summary",
    ]


def editing(offer: Offer | None, current: str, nature: str) -> dict[str, Any]:
    """Stepper of a draft (with the step before), tabs of a published offer."""
    order = step_names(nature)
    is_draft = offer is None or offer.validation == OfferValidation.DRAFT
    ready = _reachable(offer, order)
    steps = [
        Step(
            name,
            LABELS[name],
            reverse(f"offers:{name}", args=[offer.pk]) if offer and name in ready else "",
            "current" if name == current else "done" if name in ready else "todo",
        )
        for name in order
        if is_draft or name != "summary"
    ]
    before = order.index(current) - 1
    return {
        "is_draft": is_draft,
        "list": steps,
        "previous": steps[before] if before >= 0 else None,
        "next": steps[before + 2] if is_draft and before + 2 < len(steps) else None,
    }


def _reachable(offer: Offer | None, order: list[str]) -> set[str]:
    """Steps that have what they need: dates need a price, the recap a date or a stock."""
    if offer is None:
        return set()
    ready = {"details", "address", "image", "prices", "stock"}
    if "stocks" in order and offer.price_categories.exists():
        ready.add("stocks")
    if offer.stocks.live().exists():
        ready.add("summary")
    return ready


@cache
def _path(name: str) -> tuple[str, str]:
    """What stands before and after the number of an offer: a list has a hundred of these links."""
    before, _, after = reverse(name, args=[0]).partition("/0")
    return f"{before}/", after


def actions_for(offer: Offer) -> list[Action]:
    """Verbs of the list and of the offer's page (OFF-130 to OFF-133)."""

    def link(name: str, app: str = "offers") -> str:
        return str(offer.pk).join(_path(f"{app}:{name}"))

    if not offer.can_be_edited:
        return []
    actions = [Action("Modifier", "pencil", link("details"))]
    if offer.is_event:
        actions.append(Action("Dates et capacités", "calendar3", link("stocks")))
    else:
        actions.append(Action("Stock et prix", "shop", link("stock")))
    if offer.validation == OfferValidation.DRAFT:
        delete = Action("Supprimer le brouillon", "trash3", link("delete_draft"), is_danger=True)
        actions.append(delete)
    elif offer.is_active:
        actions.append(Action("Mettre en pause", "pause-circle", link("pause"), is_post=True))
    else:
        actions.append(Action("Publier de nouveau", "check-circle", link("resume"), is_post=True))
    actions.append(Action("Dupliquer", "plus-lg", link("duplicate"), is_post=True))
    if offer.validation == OfferValidation.APPROVED:
        actions.append(Action("Clôturer la billetterie", "slash-circle", link("close")))
        # Its page belongs to bookings, which it cancels.
        cancel = link("cancel_offer", "bookings")
        actions.append(Action("Annuler l’offre", "x-lg", cancel, is_danger=True))
    return actions


def recap(offer: Offer) -> dict[str, Any]:
    """The sections of the recap, as (label, value) lines."""
    now = clock.now()
    live = offer.stocks.live().select_related("price_category").order_by("beginning_at", "pk")
    shown = list(live.filter(beginning_at__gt=now)[:5] if offer.is_event else live[:1])
    return {
        "kind": _filled(kind_lines(offer)),
        "practical": _filled(practical_lines(offer)),
        "prices": offer.price_categories.order_by("price_cents", "label"),
        "stocks": shown,
        "figures": Stock.objects.figures_by_offer([offer.pk], now)[offer.pk],
    }


def _filled(lines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in lines if value]


def kind_lines(offer: Offer) -> list[tuple[str, str]]:
    """What the offer is."""
    extra = offer.extra_data
    return [
        ("Catégorie", offer.subcategory.category.label),
        ("Sous-catégorie", offer.subcategory.label),
        ("Genre musical", _type(extra, MUSIC_TYPES, "musicType", "musicSubType")),
        ("Type de spectacle", _type(extra, SHOW_TYPES, "showType", "showSubType")),
        *artist_lines(offer),
        ("Visa d’exploitation", extra.get("visa", "")),
        ("EAN-13", extra.get("ean", "")),
        ("Durée", duration(offer.duration_minutes)),
    ]


def artist_lines(offer: Offer) -> list[tuple[str, str]]:
    """People named by the offer."""
    return [(label, offer.extra_data.get(name, "")) for name, label in _ARTISTS.items()]


def practical_lines(offer: Offer) -> list[tuple[str, str]]:
    """Where it is, how one gets in, who is told."""
    venue = offer.venue
    place = "Offre numérique" if venue.is_virtual else venue.shown_name
    return [
        ("Structure", venue.offerer.name),
        ("Lieu", place),
        ("Se passe à", offer.address_label),
        ("Adresse", "" if venue.is_virtual else offer.place.one_line_address),
        ("Lien d’accès", offer.url),
        ("Lien pour le grand public", offer.public_url),
        ("Billet", withdrawal(offer)),
        ("Informations de retrait", offer.withdrawal_details),
        ("E-mail de contact", offer.booking_contact),
        ("Accessibilité", accessibility(offer) or "Non accessible"),
        ("Réservations à deux", "Oui" if offer.is_duo else "Non"),
        ("Prévenir de chaque réservation", offer.notification_email or "Personne"),
    ]


def _type(extra: dict[str, Any], tree: Any, first: str, second: str) -> str:
    if not extra.get(first):
        return ""
    child = extra.get(second)
    return label_of(tree, int(extra[first]), int(child) if child else None)


def duration(minutes: int | None) -> str:
    """105 → « 1 h 45 »."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{f'{NBSP}{rest:02d}' if rest else ''}"


def withdrawal(offer: Offer) -> str:
    """« Retrait sur place, 30 minutes avant »; empty when there is no ticket question."""
    if not offer.withdrawal_type:
        return ""
    kind = WithdrawalType(offer.withdrawal_type)
    delays = {WithdrawalType.BY_EMAIL: EMAIL_DELAYS, WithdrawalType.ON_SITE: ON_SITE_DELAYS}
    words = delays.get(kind, {}).get(offer.withdrawal_delay_seconds or 0, "")
    return f"{kind.label}, {words}" if words else str(kind.label)


def accessibility(offer: Offer) -> str:
    """« Handicap moteur, auditif »; empty when nothing is accessible or known."""
    found = [word for name, word in _ACCESSIBILITY.items() if getattr(offer, f"{name}_accessible")]
    return f"Handicap {', '.join(found)}" if found else ""
