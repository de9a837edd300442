"""One box of the team → everything that answers to what was typed, by kind (§14.2).

What is typed says what it can be: nine digits are a SIREN, six signs a countermark, seven digits
and a letter the UAI of a school, an « @ » an e-mail address; anything else is words. Each kind
costs one query, and is asked only when the agent may open it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from bookings.models import Booking
from collective.models import CollectiveBooking, CollectiveOffer, Institution
from collective.uai import clean_uai, is_uai
from finance.models import BankAccount, Invoice
from offers import search
from offers.models import Offer
from passpro.accounts.admin import people_seen_by
from passpro.accounts.models import User
from passpro.kernel import text_search
from venues.models import Offerer, Venue

SHOWN = 8
_MOST_DIGITS = 18  # of a 64-bit number


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind; `more_url` is the admin's own list for the same words."""

    title: str
    icon: str
    hits: list[Hit]
    has_more: bool
    more_url: str


class Typed:
    """What was typed, read in every way that it can mean something."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        compact = re.sub(r"[\s.\u00a0\u202f]", "", self.text)
        self.digits = compact if compact.isdigit() and len(compact) <= _MOST_DIGITS else ""
        self.number = int(self.digits) if self.digits else None
        self.email = self.text.lower() if "@" in self.text else ""
        self.siren = self.digits if len(self.digits) == 9 else self.digits[:9] * self.is_siret
        self.code = compact.upper() if re.fullmatch(r"[A-Za-z0-9]{6}", compact) else ""
        self.uai = clean_uai(self.text) if is_uai(clean_uai(self.text)) else ""
        is_code = self.digits or self.email or self.uai
        self.words = "" if is_code else text_search.plain(self.text)

    @property
    def is_siret(self) -> bool:
        return len(self.digits) == 14


def _structures(typed: Typed, agent: User) -> QuerySet | None:
    if typed.words:
        return text_search.with_names(Offerer.objects.all(), typed.words, "name")
    if typed.siren:
        return Offerer.objects.filter(siren=typed.siren)
    return Offerer.objects.filter(pk=typed.number) if typed.digits else None


def _venues(typed: Typed, agent: User) -> QuerySet | None:
    rows = Venue.objects.select_related("offerer")
    if typed.words:
        return text_search.with_names(rows, typed.words, "name", "public_name")
    if typed.email:
        return rows.filter(booking_email=typed.email)
    if typed.is_siret:
        return rows.filter(siret=typed.digits)
    if typed.siren:
        return rows.filter(offerer__siren=typed.siren)
    return rows.filter(pk=typed.number) if typed.digits else None


def _people(typed: Typed, agent: User) -> QuerySet | None:
    people = people_seen_by(agent)
    if typed.email:
        return people.filter(email__startswith=typed.email)
    if typed.words:
        return text_search.with_names(people, typed.words, "first_name", "last_name")
    return people.filter(pk=typed.number) if typed.digits else None


def _offers(typed: Typed, agent: User) -> QuerySet | None:
    offers = Offer.objects.select_related("venue__offerer")
    if typed.email or typed.uai:
        return None
    query = search.query(typed.digits or typed.text)
    found = offers.annotate(vector=search.vector()).filter(vector=query) if query else None
    if not typed.digits:
        return found
    # A number is an offer's own or its EAN; two indexed reads, one statement.
    by_number = Offer.objects.filter(pk=typed.number).values("pk")
    by_ean = found.values("pk") if found is not None and len(typed.digits) == 13 else by_number
    return offers.filter(Q(pk__in=by_number) | Q(pk__in=by_ean))


def _bookings(typed: Typed, agent: User) -> QuerySet | None:
    rows = Booking.objects.select_related("offer", "beneficiary", "venue")
    if typed.email:
        return rows.filter(beneficiary__email=typed.email)
    if typed.code and typed.digits:
        return rows.filter(Q(countermark=typed.code) | Q(pk=typed.number))
    if typed.code:
        return rows.filter(countermark=typed.code)
    return rows.filter(pk=typed.number) if typed.digits else None


def _schools(typed: Typed, agent: User) -> QuerySet | None:
    if typed.uai:
        return Institution.objects.filter(uai=typed.uai)
    if typed.words:
        return Institution.objects.matching(typed.words).order_by("name", "pk")
    return None


def _school_offers(typed: Typed, agent: User) -> QuerySet | None:
    offers = CollectiveOffer.objects.select_related("venue", "institution")
    if typed.uai:
        return offers.filter(institution__uai=typed.uai)
    if typed.words:
        return offers.filter(title__icontains=typed.text)
    return offers.filter(pk=typed.number) if typed.digits else None


def _school_bookings(typed: Typed, agent: User) -> QuerySet | None:
    rows = CollectiveBooking.objects.select_related("stock__offer", "institution", "redactor")
    if typed.uai:
        return rows.filter(institution__uai=typed.uai)
    if typed.email:
        return rows.filter(redactor__email=typed.email)
    return rows.filter(pk=typed.number) if typed.digits else None


def _invoices(typed: Typed, agent: User) -> QuerySet | None:
    if typed.email or " " in typed.text:
        return None
    return Invoice.objects.filter(reference__startswith=typed.text.upper()).select_related(
        "bank_account"
    )


def _accounts(typed: Typed, agent: User) -> QuerySet | None:
    rows = BankAccount.objects.select_related("offerer")
    if typed.siren:
        return rows.filter(offerer__siren=typed.siren)
    if not typed.email and not typed.uai and " " not in typed.text:
        return rows.filter(dossier_number=typed.text)
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """A model of the admin, how it is found, and the two lines that present it."""

    title: str
    icon: str
    model: type[Any]
    find: Callable[[Typed, User], QuerySet | None]
    lines: Callable[[Any], tuple[str, str]]

    @property
    def name(self) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}"

    @property
    def permission(self) -> str:
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"


KINDS = [
    Kind(
        "Structures", "domain", Offerer, _structures,
        lambda one: (one.name, f"SIREN {one.grouped_siren} · {one.get_status_display()}"),
    ),
    Kind(
        "Lieux", "location_on", Venue, _venues,
        lambda one: (
            one.shown_name,
            f"{'SIRET ' + one.grouped_siret if one.siret else 'sans SIRET'} · {one.offerer}",
        ),
    ),
    Kind(
        "Personnes", "person", User, _people,
        lambda one: (one.get_full_name() or one.email, f"{one.email} · n° {one.pk}"),
    ),
    Kind(
        "Offres", "confirmation_number", Offer, _offers,
        lambda one: (one.title, f"n° {one.pk} · {one.venue} · {one.get_validation_display()}"),
    ),
    Kind(
        "Réservations", "bookmark", Booking, _bookings,
        lambda one: (
            f"{one.countermark} · {one.offer}",
            f"n° {one.pk} · {one.beneficiary} · {one.get_status_display()}",
        ),
    ),
    Kind(
        "Établissements scolaires", "school", Institution, _schools,
        lambda one: (one.full_name, f"UAI {one.uai} · {one.postal_code} {one.city}"),
    ),
    Kind(
        "Offres scolaires", "backpack", CollectiveOffer, _school_offers,
        lambda one: (
            one.title,
            f"n° {one.pk} · {one.venue} · {one.institution or 'sans établissement'}",
        ),
    ),
    Kind(
        "Réservations scolaires", "event_available", CollectiveBooking, _school_bookings,
        lambda one: (
            str(one.stock.offer.title),
            f"n° {one.pk} · {one.institution} · {one.get_status_display()}",
        ),
    ),
    Kind(
        "Justificatifs", "receipt_long", Invoice, _invoices,
        lambda one: (one.reference, str(one.bank_account)),
    ),
    Kind(
        "Comptes bancaires", "account_balance", BankAccount, _accounts,
        lambda one: (one.label, f"{one.offerer} · {one.get_status_display()}"),
    ),
]  # fmt: skip


def find(text: str, *, agent: User, kinds: Iterable[Kind] = KINDS) -> list[Group]:
    """What the agent may see of what answers to `text`, kind by kind; empty kinds left out."""
    typed = Typed(text)
    if not typed.text:
        return []
    groups = [_ask(kind, typed, agent) for kind in kinds if agent.has_perm(kind.permission)]
    return [group for group in groups if group is not None]


def _ask(kind: Kind, typed: Typed, agent: User) -> Group | None:
    rows = kind.find(typed, agent)
    found = list(rows.order_by("-pk")[: SHOWN + 1]) if rows is not None else []
    if not found:
        return None
    hits = [
        Hit(*kind.lines(one), url=reverse(f"admin:{kind.name}_change", args=[one.pk]))
        for one in found[:SHOWN]
    ]
    return Group(
        title=kind.title,
        icon=kind.icon,
        hits=hits,
        has_more=len(found) > SHOWN,
        more_url=reverse(f"admin:{kind.name}_changelist", query={"q": typed.text}),
    )
