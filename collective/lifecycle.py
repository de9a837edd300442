"""What may be done in each state (§3.5), what is awaited and until when (§3.7)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from collective.enums import Action, DisplayStatus
from collective.exceptions import ActionNotAllowed, MadeByPartner
from collective.models import CollectiveOffer, CollectiveStock
from passpro.kernel.actor import Actor

_DISCOUNT_CANCEL = {Action.EDIT_DISCOUNT, Action.DUPLICATE, Action.CANCEL}
ALLOWED: dict[str, frozenset[str]] = {
    DisplayStatus.DRAFT: frozenset(
        {
            Action.EDIT_DETAILS,
            Action.EDIT_DATES,
            Action.EDIT_INSTITUTION,
            Action.EDIT_DISCOUNT,
            Action.ARCHIVE,
        }
    ),
    DisplayStatus.UNDER_REVIEW: frozenset({Action.DUPLICATE}),
    DisplayStatus.PUBLISHED: frozenset(
        {
            Action.EDIT_DETAILS,
            Action.EDIT_DATES,
            Action.EDIT_DISCOUNT,
            Action.DUPLICATE,
            Action.ARCHIVE,
        }
    ),
    DisplayStatus.REJECTED: frozenset({Action.DUPLICATE, Action.ARCHIVE}),
    DisplayStatus.PREBOOKED: frozenset({Action.EDIT_DETAILS, Action.EDIT_DATES, *_DISCOUNT_CANCEL}),
    DisplayStatus.BOOKED: frozenset(_DISCOUNT_CANCEL),
    DisplayStatus.EXPIRED: frozenset({Action.EDIT_DATES, Action.DUPLICATE, Action.ARCHIVE}),
    DisplayStatus.ENDED: frozenset({Action.DUPLICATE}),
    DisplayStatus.REIMBURSED: frozenset({Action.DUPLICATE, Action.ARCHIVE}),
    DisplayStatus.CANCELLED: frozenset({Action.DUPLICATE, Action.ARCHIVE}),
    DisplayStatus.ARCHIVED: frozenset({Action.DUPLICATE}),
    DisplayStatus.HIDDEN: frozenset(),
}


def allowed_actions(status: str, stock: CollectiveStock | None, now: datetime) -> frozenset[str]:
    """Table §3.5; an ended offer keeps lowering and cancelling for 48 hours."""
    if status == DisplayStatus.ENDED and stock is not None and not stock.ended_long_ago(now):
        return frozenset(_DISCOUNT_CANCEL)
    return ALLOWED[status]


def stock_of(offer: CollectiveOffer) -> CollectiveStock | None:
    """The one place of an offer; a draft may not have it yet, a date may have been removed."""
    stock: CollectiveStock | None = getattr(offer, "stock", None)
    return stock if stock is not None and stock.removed_at is None else None


def portal_actions(offer: CollectiveOffer, status: str, now: datetime) -> frozenset[str]:
    """What a person of the portal may do: an offer of a partner's software is edited there."""
    allowed = allowed_actions(status, stock_of(offer), now)
    return allowed if offer.provider_id is None else allowed & _WHOEVER_MADE_IT


_WHOEVER_MADE_IT = {Action.DUPLICATE, Action.CANCEL, Action.ARCHIVE}


def require(
    offer: CollectiveOffer, action: str, now: datetime, *, by: Actor | None = None
) -> DisplayStatus:
    """The state shown, or ActionNotAllowed naming it; MadeByPartner for a person who would edit."""
    status = offer.display_status_at(now)
    is_person = by is not None and by.kind == "USER"
    if is_person and offer.provider_id is not None and action not in _WHOEVER_MADE_IT:
        raise MadeByPartner(
            f"Cette offre est gérée par {offer.provider} : modifiez-la dans ce logiciel."
        )
    if action not in allowed_actions(status, stock_of(offer), now):
        raise ActionNotAllowed(status.label)
    return status


def days_left(limit: datetime, now: datetime, zone: str) -> int:
    """Local calendar days until the limit's day: 0 is today."""
    local = ZoneInfo(zone)
    return (limit.astimezone(local).date() - now.astimezone(local).date()).days
