"""What an offer says about itself, and the rules that tie it to its subcategory and venue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from offers.constants import EMAIL_DELAYS, MAX_DURATION_MINUTES, MAX_URL, ON_SITE_DELAYS
from offers.enums import PORTAL_WITHDRAWALS, WithdrawalType
from offers.exceptions import DuplicateEan, InvalidDetails
from offers.models import Offer
from passpro.reference.artistic_types import MUSIC_TYPES, SHOW_TYPES, kind_of
from passpro.reference.categories import OFFLINE, ONLINE, Subcategory, subcategory
from venues.models import Venue

_TYPE_TREES = {
    "musicType": (MUSIC_TYPES, "musicSubType"),
    "showType": (SHOW_TYPES, "showSubType"),
}
_EAN = re.compile(r"^\d{13}$")
_check_url = URLValidator(schemes=["http", "https"])
_PLACEHOLDER = re.compile(r"\{(token|email|offerId)\}")


@dataclass(frozen=True, kw_only=True)
class OfferDetails:
    """Everything the « détails » screen or a partner gives; durations in minutes, delay in s."""

    title: str
    subcategory_id: str
    description: str = ""
    extra_data: Mapping[str, Any] = field(default_factory=dict)
    duration_minutes: int | None = None
    url: str = ""
    public_url: str = ""
    is_duo: bool = False
    withdrawal_type: str = ""
    withdrawal_delay_seconds: int | None = None
    withdrawal_details: str = ""
    booking_contact: str = ""
    notification_email: str = ""
    visual_accessible: bool | None = None
    mental_accessible: bool | None = None
    motor_accessible: bool | None = None
    audio_accessible: bool | None = None


DETAIL_FIELDS = tuple(OfferDetails.__dataclass_fields__)


def stored_details(offer: Offer) -> OfferDetails:
    """The details an offer has now."""
    return OfferDetails(**{name: getattr(offer, name) for name in DETAIL_FIELDS})


def check_stored(offer: Offer) -> None:
    """Raise InvalidDetails or DuplicateEan when a stored offer may not be published."""
    details = checked_details(stored_details(offer), venue=offer.venue)
    check_ean_is_free(offer, details)


def checked_details(details: OfferDetails, *, venue: Venue) -> OfferDetails:
    """The details as they are stored; raise InvalidDetails with the field at fault.

    Rules: OFF-03, OFF-40 to OFF-43, OFF-51, OFF-60 to OFF-66, OFF-75, CAT-20 to CAT-24.
    """
    if not details.title.strip():
        raise InvalidDetails("Donnez un titre à l’offre.", field="title", api_key="name")
    kind = known_subcategory(details.subcategory_id)
    details = replace(
        details,
        title=details.title.strip(),
        url=with_scheme(details.url),
        public_url=_checked_link(details.public_url),
        extra_data=checked_extra_data(details.extra_data, kind),
    )
    _check_place(details, kind, venue)
    _check_withdrawal(details, kind)
    if details.is_duo and not kind.can_be_duo:
        raise InvalidDetails(
            "Cette sous-catégorie ne permet pas les réservations à deux.",
            field="is_duo",
            api_key="enableDoubleBookings",
        )
    if details.duration_minutes is not None and not kind.is_event:
        details = replace(details, duration_minutes=None)
    if (details.duration_minutes or 0) > MAX_DURATION_MINUTES:
        raise InvalidDetails(
            "La durée ne peut pas dépasser 999 h 59.", field="duration", api_key="durationMinutes"
        )
    return details


def known_subcategory(code: str) -> Subcategory:
    """The selectable subcategory of this code (CAT-12); raises InvalidDetails."""
    try:
        kind = subcategory(code)
    except KeyError:
        kind = None
    if kind is None or not kind.is_selectable:
        raise InvalidDetails(
            "Choisissez une sous-catégorie de la liste.",
            field="subcategory_id",
            api_key="subcategory",
        )
    return kind


def with_scheme(url: str) -> str:
    """OFF-51: an address typed without its prefix gets one."""
    url = url.strip()
    return url if not url or "://" in url else f"http://{url}"


def _checked_link(url: str) -> str:
    """OFF-07: the public page of the offer, complete or completed."""
    url = with_scheme(url)
    try:
        if url:
            _check_url(url)
    except ValidationError:
        raise InvalidDetails(
            "Saisissez une adresse complète, par exemple https://exemple.fr.",
            field="public_url",
            api_key="externalTicketOfficeUrl",
        ) from None
    return url


def checked_extra_data(typed: Mapping[str, Any], kind: Subcategory) -> dict[str, Any]:
    """Keep what the subcategory declares (CAT-20); mandatory ones must be there (CAT-21)."""
    declared = {item.name: item for item in kind.extra_fields}
    kept = {
        name: str(typed[name]).strip()
        for name in declared
        if name in typed and str(typed[name] if typed[name] is not None else "").strip()
    }
    for name, item in declared.items():
        if item.required_in_portal and name not in kept:
            raise InvalidDetails("Renseignez ce champ.", field=name, api_key=name)
    if "ean" in kept and not _EAN.match(kept["ean"]):
        raise InvalidDetails(
            "L’EAN est composé de 13 chiffres, sans espace.", field="ean", api_key="ean"
        )
    for name, (tree, child) in _TYPE_TREES.items():
        if name in kept:
            _check_type(kept, name, child if child in declared else None, tree)
    return kept


def _check_type(kept: dict[str, Any], name: str, child: str | None, tree: Any) -> None:
    kind = kind_of(tree, int(kept[name])) if kept[name].lstrip("-").isdigit() else None
    if kind is None:
        raise InvalidDetails("Ce genre n’existe pas.", field=name, api_key=name)
    if child and (
        not kept[child].lstrip("-").isdigit() or kind.child_label(int(kept[child])) is None
    ):
        raise InvalidDetails(
            "Ce sous-genre n’appartient pas à ce genre.", field=child, api_key=child
        )


def _check_place(details: OfferDetails, kind: Subcategory, venue: Venue) -> None:
    if details.url:
        try:
            _check_url(_PLACEHOLDER.sub("x", details.url))
        except ValidationError:
            raise InvalidDetails(
                "Saisissez une adresse complète, par exemple https://exemple.fr/offre.",
                field="url",
                api_key="url",
            ) from None
        if len(details.url) > MAX_URL:
            raise InvalidDetails(
                f"L’adresse ne peut pas dépasser {MAX_URL} caractères.", field="url", api_key="url"
            )
        if kind.where == OFFLINE:  # OFF-41
            raise InvalidDetails(
                "Cette sous-catégorie se passe dans un lieu : elle n’a pas de lien d’accès.",
                field="url",
                api_key="url",
            )
        if not venue.is_virtual:  # OFF-40
            raise InvalidDetails(
                "Une offre numérique ne se rattache pas à un lieu physique.",
                field="venue",
                api_key="venue",
            )
    elif kind.where == ONLINE:  # OFF-43
        raise InvalidDetails(
            "Indiquez l’adresse à laquelle le bénéficiaire trouvera cette offre numérique.",
            field="url",
            api_key="subcategory",
        )
    elif venue.is_virtual:  # OFF-42
        raise InvalidDetails(
            "Choisissez le lieu où se passe l’offre.", field="venue", api_key="venue"
        )


def _check_withdrawal(details: OfferDetails, kind: Subcategory) -> None:
    chosen, delay = details.withdrawal_type, details.withdrawal_delay_seconds
    if chosen == WithdrawalType.IN_APP and kind.is_event and delay is None:
        return  # set by a partner's call only (API-170); the portal's form does not propose it
    if not kind.needs_withdrawal_type:
        if chosen or delay is not None:  # OFF-66
            raise InvalidDetails(
                "Cette sous-catégorie n’a pas de billet à retirer.",
                field="withdrawal_type",
                api_key="offer",
            )
        return
    if chosen not in dict(PORTAL_WITHDRAWALS):  # OFF-60, OFF-63
        raise InvalidDetails(
            "Dites comment le bénéficiaire obtient son billet.",
            field="withdrawal_type",
            api_key="offer",
        )
    if chosen == WithdrawalType.NO_TICKET and delay is not None:  # OFF-61
        raise InvalidDetails(
            "Sans billet, il n’y a pas de délai de retrait.",
            field="withdrawal_delay_seconds",
            api_key="offer",
        )
    delays = {WithdrawalType.BY_EMAIL: EMAIL_DELAYS, WithdrawalType.ON_SITE: ON_SITE_DELAYS}
    if chosen in delays and delay not in delays[WithdrawalType(chosen)]:  # OFF-62, OFF-64, OFF-65
        raise InvalidDetails(
            "Choisissez le délai dans la liste.", field="withdrawal_delay_seconds", api_key="offer"
        )
    if chosen in delays and not details.withdrawal_details.strip():  # seed 004
        raise InvalidDetails(
            "Dites comment le bénéficiaire reçoit ou retire son billet.",
            field="withdrawal_details",
            api_key="offer",
        )
    if not details.booking_contact:  # OFF-10
        raise InvalidDetails(
            "Donnez une adresse e-mail à laquelle le bénéficiaire peut vous joindre.",
            field="booking_contact",
            api_key="bookingContact",
        )


def check_ean_is_free(offer: Offer, details: OfferDetails) -> None:
    """CAT-23: one active offer per venue and EAN; checked when the EAN is new to this offer."""
    ean = details.extra_data.get("ean")
    if not ean:
        return
    twins = Offer.objects.filter(venue_id=offer.venue_id, is_active=True, extra_data__ean=ean)
    if twins.exclude(pk=offer.pk).exists():
        raise DuplicateEan(field="ean")
