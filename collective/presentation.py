"""What the pages of an offer show: steps of life, history, actions; no decision is taken here."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from collective.enums import Action, BookingStatus, CancellationReason, Change, DisplayStatus
from collective.lifecycle import days_left, portal_actions, stock_of
from collective.models import CollectiveBooking, CollectiveOffer, CollectiveStock, OfferChange
from collective.step_words import money_words, words_of
from passpro.kernel import money
from passpro.kernel.statuses import look_of
from passpro.kernel.templatetags.ui import short_date

S = DisplayStatus
MAIN_PATH = [S.PUBLISHED, S.PREBOOKED, S.BOOKED, S.ENDED, S.REIMBURSED]
NOTICE_DAYS = 7
WAITING_WORDS = {
    S.PUBLISHED: ("En attente de préréservation", "L’enseignant"),
    S.PREBOOKED: ("En attente de réservation", "Le chef d’établissement"),
}


@dataclass(frozen=True)
class Step:
    """`state`: done, current (awaited) or todo; `by` and `why` come from the history."""

    label: str
    icon: str
    state: str
    at: datetime | None = None
    by: str = ""
    why: str = ""
    notice: str = ""
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class Awaited:
    """The step that somebody must take, before when, and how many days are left."""

    title: str
    text: str
    limit: datetime
    days: int

    @property
    def is_urgent(self) -> bool:
        return self.days <= NOTICE_DAYS

    @property
    def notice(self) -> str:
        """« Expire dans 7 jours. »"""
        if self.days <= 0:
            return "Expire aujourd’hui."
        return f"Expire dans {self.days} jour{'s' if self.days > 1 else ''}."


def awaited(offer: CollectiveOffer, status: str, now: datetime) -> Awaited | None:
    """Whom an offer waits for (§3.7); None when nobody must act before a date."""
    stock = stock_of(offer)
    if stock is None or status not in WAITING_WORDS:
        return None
    title, who = WAITING_WORDS[S(status)]
    zone, limit = offer.venue.time_zone, stock.booking_limit_at
    verb = "préréserver" if status == S.PUBLISHED else "confirmer"
    text = (
        f"{who} doit impérativement {verb} l’offre avant le {short_date(limit, zone)}. "
        "Sinon, elle sera automatiquement expirée."
    )
    return Awaited(title, text, limit, days_left(limit, now, zone))


def timeline(offer: CollectiveOffer, status: str, now: datetime) -> list[Step]:
    """Past steps with their instants, the awaited one, then what is to come (§3.7)."""
    booking, lines = offer.last_booking(), list(offer.changes.all())
    past = _past(offer, S(status), booking)
    steps = []
    for shown, at in past:
        line = _line_of(lines, shown)
        look = look_of("collective", shown)
        words = words_of(offer, shown, booking, now, is_present=shown == status)
        why = words.text or (line.why if line else "")
        by = line.actor_label if line else ""
        step = Step(look.word, look.icon, "done", at, by, why, "", words.href, words.label)
        steps.append(step)
    waits = awaited(offer, status, now)
    if waits:
        notice = waits.notice if waits.is_urgent else ""
        steps.append(Step(waits.title, "hourglass-split", "current", None, "", waits.text, notice))
    elif status == S.ENDED and (stock := stock_of(offer)) and stock.ended_long_ago(now):
        words = money_words(offer)
        label, icon = "En attente de paiement", "hourglass-split"
        step = Step(label, icon, "current", None, "", words.text, "", words.href, words.label)
        steps.append(step)
    steps += [
        Step(look_of("collective", one).word, "circle", "todo")
        for one in _future(S(status), [shown for shown, _ in past])
    ]
    return steps


def _past(
    offer: CollectiveOffer, status: DisplayStatus, booking: CollectiveBooking | None
) -> list[tuple[DisplayStatus, datetime | None]]:
    """The present state is last; an archived offer keeps what it lived before."""
    if status in {S.DRAFT, S.UNDER_REVIEW}:
        return [(status, None)]
    if status == S.REJECTED:
        return [(S.REJECTED, offer.validated_at)]
    steps: list[tuple[DisplayStatus, datetime | None]] = []
    if offer.validated_at and not offer.rejection_reason:
        steps.append((S.PUBLISHED, offer.validated_at))
    elif offer.rejection_reason:
        steps.append((S.REJECTED, offer.validated_at))
    if booking is not None:
        steps += _booked_past(booking, offer, status)
    stock = stock_of(offer)
    if status == S.EXPIRED and stock is not None:
        steps.append((S.EXPIRED, stock.booking_limit_at))
    elif status == S.CANCELLED and steps[-1:] and steps[-1][0] != S.CANCELLED and stock is not None:
        # Nobody booked, or the pre-booking had expired: the event's own date ended it.
        steps.append((S.CANCELLED, stock.starts_at))
    if status == S.ARCHIVED:
        steps.append((S.ARCHIVED, offer.archived_at))
    return steps


def _booked_past(
    booking: CollectiveBooking, offer: CollectiveOffer, status: DisplayStatus
) -> list[tuple[DisplayStatus, datetime | None]]:
    steps: list[tuple[DisplayStatus, datetime | None]] = [(S.PREBOOKED, booking.created_at)]
    if booking.confirmed_at:
        steps.append((S.BOOKED, booking.confirmed_at))
    is_over = booking.status in {BookingStatus.USED, BookingStatus.REIMBURSED}
    if is_over or status == S.ENDED:
        steps.append((S.ENDED, booking.stock.ends_at))
    if booking.reimbursed_at:
        steps.append((S.REIMBURSED, booking.reimbursed_at))
    expired = booking.cancellation_reason == CancellationReason.EXPIRED
    if booking.cancelled_at and not (expired and status == S.EXPIRED):
        steps.append((S.EXPIRED if expired else S.CANCELLED, booking.cancelled_at))
    return steps


def _future(status: DisplayStatus, past: list[DisplayStatus]) -> list[DisplayStatus]:
    if status in {S.REJECTED, S.CANCELLED, S.ARCHIVED, S.HIDDEN, S.REIMBURSED}:
        return []
    reached = [one for one in past if one in MAIN_PATH]
    return MAIN_PATH[MAIN_PATH.index(reached[-1]) + 1 :] if reached else list(MAIN_PATH)


def _line_of(lines: list[OfferChange], shown: DisplayStatus) -> OfferChange | None:
    """The latest line that led to this state."""
    found = [one for one in lines if one.kind == Change.STATUS and one.after == shown]
    return max(found, key=lambda one: (one.at, one.pk), default=None)


@dataclass(frozen=True)
class Verb:
    """Something that can be done with an offer now."""

    label: str
    icon: str
    href: str
    note: str = ""
    is_post: bool = False


def verbs(offer: CollectiveOffer, status: str, now: datetime) -> list[Verb]:
    """The actions of §3.5, as links and buttons, in the order people look for them."""
    allowed = portal_actions(offer, status, now)
    is_dated = stock_of(offer) is not None

    def to(name: str) -> str:
        return reverse(f"collective:{name}", args=[offer.pk])

    found = []
    if Action.EDIT_DETAILS in allowed:
        found.append(Verb("Modifier l’offre", "pencil", to("details")))
        image = reverse("collective:image", args=["offre", offer.pk])
        words = "Changer l’image" if offer.image_key else "Ajouter une image"
        found.append(Verb(words, "image", image))
    if Action.EDIT_DATES in allowed and status != S.DRAFT and is_dated:
        found.append(Verb("Modifier la date limite", "calendar3", to("deadline")))
    if Action.EDIT_DATES in allowed and Action.EDIT_DETAILS in allowed:
        words = "Modifier la date et le prix" if is_dated else "Donner une date et un prix"
        found.append(Verb(words, "cash-coin", to("dates")))
    elif Action.EDIT_DISCOUNT in allowed:
        found.append(Verb("Baisser le prix ou le nombre de participants", "cash-coin", to("lower")))
    if Action.EDIT_DATES in allowed and status in {S.PUBLISHED, S.PREBOOKED} and is_dated:
        note = "La préréservation est annulée." if status == S.PREBOOKED else ""
        found.append(Verb("Supprimer la date", "calendar-x", to("remove_date"), note))
    if is_dated and offer.institution_id and status not in {S.ARCHIVED, S.REJECTED}:
        found.append(Verb("Aperçu", "eye", to("preview"), "Ce que voit l’enseignant."))
    if Action.DUPLICATE in allowed:
        found.append(Verb("Dupliquer", "copy", to("duplicate"), is_post=True))
    if Action.CANCEL in allowed:
        found.append(
            Verb("Annuler la réservation", "x-circle", to("cancel"), "L’établissement est libéré.")
        )
    if Action.ARCHIVE in allowed:
        found.append(Verb("Archiver", "archive", to("archive"), "L’offre n’est plus visible."))
    return found


# « SCOLAIRE SECONDAIRE à 8,00 € x 25 », as ticketing software and our own help write it.
_PRICE_LINE = re.compile(
    r"^\W*(?P<label>.*?)\s+à\s+(?P<euros>\d[\d \u00a0\u202f]*(?:[.,]\d{1,2})?)\s*€"
    r"\s*[x×*]\s*(?P<count>\d{1,5})\W*$"
)


@dataclass(frozen=True)
class PriceLine:
    """A line of the price as it was typed; unit price and number when it says them."""

    text: str
    label: str = ""
    unit_cents: int = 0
    count: int = 0

    @property
    def is_counted(self) -> bool:
        return bool(self.label)

    @property
    def total_cents(self) -> int:
        return self.unit_cents * self.count


def price_lines(stock: CollectiveStock) -> list[PriceLine]:
    """The price by line (§12.9, seed 000)."""
    found = [PriceLine(text) for text in stock.split_lines]
    for text in filter(None, map(str.strip, stock.price_detail.splitlines())):
        read = _PRICE_LINE.match(text)
        if read is None:
            found.append(PriceLine(text))
            continue
        cents = money.parse_euros(read["euros"])
        found.append(PriceLine(text, read["label"], cents, int(read["count"])))
    return found


def booking_steps(booking: CollectiveBooking, now: datetime) -> list[Step]:
    """Each state of a booking with its date (§12.9, « historique des statuts »)."""
    rows = [
        ("Préréservée", booking.created_at, "", str(booking.redactor)),
        ("Réservée", booking.confirmed_at, "", "Le chef d’établissement"),
        ("Terminée", booking.used_at, "Fin de l’événement", ""),
        ("Payée", booking.reimbursed_at, "", ""),
        ("Annulée", booking.cancelled_at, booking.get_cancellation_reason_display(), ""),
    ]
    if booking.is_final(now):
        why = "L’établissement ne peut plus annuler."
        rows.insert(2, ("Confirmée", booking.cancellation_limit_at, why, ""))
    icons = {"Annulée": "x-circle", "Payée": "bank2"}
    return [
        Step(label, icons.get(label, "check-lg"), "done", at, by, why)
        for label, at, why, by in rows
        if at
    ]
