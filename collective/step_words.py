"""In words, what each step tells the partner and where it leads (§3.7, seed 000)."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from collective.enums import Action, CancellationReason, DisplayStatus
from collective.lifecycle import portal_actions, stock_of
from collective.models import CollectiveBooking, CollectiveOffer
from passpro.kernel.templatetags.ui import french_date, french_day

S = DisplayStatus
_BY_SCHOOL = {
    CancellationReason.REFUSED_BY_INSTITUTE: "L’établissement a refusé la préréservation.",
    CancellationReason.REFUSED_BY_HEADMASTER: "L’établissement a annulé la réservation.",
}
_BY_PARTNER = {
    CancellationReason.OFFERER,
    CancellationReason.PUBLIC_API,
    CancellationReason.DATE_REMOVED,
}
# A bank account on its way to be accepted, as finance names its states.
_UNDER_REVIEW = ("DRAFT", "ON_GOING", "WITH_PENDING_CORRECTIONS")


@dataclass(frozen=True)
class Words:
    """A sentence, and a way on when there is one."""

    text: str = ""
    href: str = ""
    label: str = ""


def words_of(
    offer: CollectiveOffer,
    shown: str,
    booking: CollectiveBooking | None,
    now: datetime,
    *,
    is_present: bool,
) -> Words:
    """What the step `shown` says; the way on is that of the present state alone."""
    if shown == S.UNDER_REVIEW:
        return Words("Nos équipes contrôlent l’offre sous 72 heures et vous répondent par e-mail.")
    if shown == S.DRAFT and is_present:
        return Words("L’offre n’est pas terminée.", _to(offer, "summary"), "Reprendre l’offre")
    if shown == S.REJECTED:
        text = offer.rejection_reason or "Les motifs vous sont écrits par e-mail."
        return _duplicable(offer, now, text) if is_present else Words(text)
    if shown == S.EXPIRED:
        return _expired(offer, booking, now, is_present=is_present)
    if shown == S.CANCELLED:
        text = cancelled_words(booking)
        return _duplicable(offer, now, text) if is_present else Words(text)
    if booking is not None and is_present and shown in {S.BOOKED, S.ENDED}:
        return _lowerable(offer, shown, booking, now)
    if shown == S.ARCHIVED:
        return Words("L’offre se consulte, elle ne change plus.")
    return Words()


def cancelled_words(booking: CollectiveBooking | None) -> str:
    """Who cancelled: the school, the partner, the team, or time."""
    if booking is None:
        return "Annulée automatiquement : la date est passée sans réservation."
    reason = CancellationReason(booking.cancellation_reason)
    if reason in _BY_SCHOOL:
        return _BY_SCHOOL[reason]
    if reason in _BY_PARTNER:
        return f"{reason.label}."
    if reason == CancellationReason.EXPIRED:
        return "Annulée automatiquement : la date limite est passée."
    return f"Annulée par l’équipe PassPro : {reason.label[0].lower()}{reason.label[1:]}."


def money_words(offer: CollectiveOffer) -> Words:
    """Waiting for the payment: what the bank account of the venue lets happen."""
    state = bank_state(offer)
    if state == "VALID":
        return Words(
            "Le virement suit à la prochaine quinzaine, du 1er au 15 puis du 16 à la fin du mois : "
            "il arrive sous deux à trois semaines."
        )
    href = reverse("finance:bank_accounts")
    if state == "REVIEW":
        text = "Votre compte bancaire est en cours de vérification : le virement suit son accord."
        return Words(text, href, "Suivre la vérification")
    text = "Aucun compte bancaire ne reçoit les virements de ce lieu : ils attendent."
    return Words(text, href, "Ajouter un compte bancaire")


def bank_state(offer: CollectiveOffer) -> str:
    """VALID, REVIEW or NONE: the account of the venue, else the default one of its structure."""
    venue = offer.venue
    is_paid = (
        venue.bank_account_links.filter(ended_at__isnull=True).exists()
        or venue.offerer.default_account_links.filter(ended_at__isnull=True).exists()
    )
    if is_paid:
        return "VALID"
    waits = venue.offerer.bank_accounts.filter(status__in=_UNDER_REVIEW).exists()
    return "REVIEW" if waits else "NONE"


def _expired(
    offer: CollectiveOffer, booking: CollectiveBooking | None, now: datetime, *, is_present: bool
) -> Words:
    stock = stock_of(offer)
    if stock is None:
        return Words()
    who = (
        "Le chef d’établissement n’a pas confirmé" if booking else "L’enseignant n’a pas préréservé"
    )
    limit = french_day(stock.booking_limit_at, offer.venue.time_zone)
    text = f"{who} l’offre avant la date limite de réservation fixée au {limit}."
    if is_present and Action.EDIT_DATES in portal_actions(offer, S.EXPIRED, now):
        return Words(
            text, _to(offer, "deadline"), "Reporter la date limite rend l’offre disponible"
        )
    return Words(text)


def _lowerable(
    offer: CollectiveOffer, shown: str, booking: CollectiveBooking, now: datetime
) -> Words:
    if Action.EDIT_DISCOUNT not in portal_actions(offer, shown, now):
        return Words()
    rights = (
        "Vous pouvez annuler, ou baisser le prix et le nombre de participants, jusqu’à 48 heures "
        "après l’événement."
    )
    if shown == S.BOOKED:
        limit = french_date(booking.cancellation_limit_at, offer.venue.time_zone)
        is_over = booking.cancellation_limit_at <= now
        school = "L’établissement ne peut plus annuler" + ("" if is_over else f" après le {limit}")
        rights = f"{school}. {rights}"
    return Words(rights, _to(offer, "lower"), "Baisser le prix ou le nombre de participants")


def _duplicable(offer: CollectiveOffer, now: datetime, text: str) -> Words:
    """Copies are made by a button of the page: the link leads to it."""
    return Words(text, "#pouvoir", "Dupliquer l’offre pour en proposer une autre")


def _to(offer: CollectiveOffer, name: str) -> str:
    return reverse(f"collective:{name}", args=[offer.pk])
