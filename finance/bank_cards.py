"""What the page « Informations bancaires » shows of a structure, in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from finance.enums import EventStatus, PricingStatus
from finance.forms import venue_label
from finance.models import (
    BankAccount,
    OffererDefaultAccount,
    Pricing,
    VenueBankAccountLink,
    VenuePricingPointLink,
)
from offers.models import Offer, Stock
from venues.models import Offerer, Venue


@dataclass(frozen=True)
class Card:
    account: BankAccount
    venues: list[Venue]
    is_default: bool


def _links(offerer: Offerer) -> dict[int, int]:
    """Account of each linked venue."""
    open_links = VenueBankAccountLink.objects.open().filter(venue__offerer=offerer)
    return dict(open_links.values_list("venue_id", "bank_account_id"))


def _default_account(offerer: Offerer) -> int | None:
    return (
        OffererDefaultAccount.objects.open()
        .filter(offerer=offerer)
        .values_list("bank_account_id", flat=True)
        .first()
    )


@dataclass(frozen=True)
class WaitingMoney:
    """Validated bookings of a venue that nothing can pay for now, before any scale."""

    venue: Venue
    count: int
    cents: int

    @property
    def name(self) -> str:
        return venue_label(self.venue)


def _waiting_for_siret(offerer: Offerer) -> list[WaitingMoney]:
    """Venues without pricing point (§3.3), those whose money waits first."""
    total = F("finance_events__booking__amount_cents") * F("finance_events__booking__quantity")
    waits = Q(finance_events__status=EventStatus.PENDING)
    venues = (
        offerer.venues.filter(siret=None)
        .filter(~Exists(VenuePricingPointLink.objects.open().filter(venue=OuterRef("pk"))))
        .annotate(
            waiting_count=Count("finance_events", filter=waits),
            waiting_cents=Sum(total, filter=waits, default=0),
        )
        # A digital venue that never sold anything needs no choice.
        .filter(Q(is_virtual=False) | Q(waiting_count__gt=0))
        .select_related("offerer")
        .order_by("-waiting_cents", "name", "pk")
    )
    return [WaitingMoney(v, v.waiting_count, v.waiting_cents) for v in venues]


def _waiting_for_account(venues: Sequence[Venue]) -> list[WaitingMoney]:
    """What is priced for these venues, that no accepted account will receive (§14.5-3)."""
    sums = (
        Pricing.objects.filter(venue__in=venues, status=PricingStatus.VALIDATED)
        .order_by()
        .values("venue_id")
        .annotate(count=Count("pk"), cents=Sum("amount_cents"))
    )
    found = {row["venue_id"]: row for row in sums}
    return [
        WaitingMoney(v, found[v.pk]["count"], -found[v.pk]["cents"])
        for v in venues
        if v.pk in found
    ]


def cards_of(offerer: Offerer) -> dict[str, Any]:
    """Cards, venues that nobody pays, and what to say on top of the page (§18)."""
    accounts = list(BankAccount.objects.shown().filter(offerer=offerer).order_by("label", "pk"))
    links, default = _links(offerer), _default_account(offerer)
    paid_stocks = Stock.objects.filter(
        offer__venue=OuterRef("pk"), offer__is_active=True, price_cents__gt=0
    )
    venues = list(
        offerer.venues.select_related("offerer")
        .annotate(sells=Exists(paid_stocks))
        .order_by("is_virtual", "name", "pk")
    )
    without = [v for v in venues if v.pk not in links and default is None]
    accepted = {account.pk for account in accounts if account.is_accepted}
    unpaid = [v for v in venues if links.get(v.pk, default) not in accepted]
    return {
        "cards": [
            Card(
                account, [v for v in venues if links.get(v.pk) == account.pk], account.pk == default
            )
            for account in accounts
        ],
        "free_venues": [v for v in venues if v.pk not in links],
        "unpaid_venues": [v for v in without if not v.is_virtual or v.sells],
        "waiting_for_siret": _waiting_for_siret(offerer),
        "waiting_for_account": _waiting_for_account(unpaid),
        "needs_account": not accounts and any(v.sells for v in without),
        "is_waiting": any(account.is_waiting for account in accounts),
        "needs_link": any(a.is_accepted for a in accounts) and any(v.sells for v in without),
    }


def waits_for_account(user: Any) -> bool:
    """A venue of the person sells and no account would pay it: the mark on the tab (§18)."""
    paid_offers = Offer.objects.filter(
        venue=OuterRef("pk"), is_active=True, stocks__price_cents__gt=0
    )
    links = VenueBankAccountLink.objects.open().filter(venue=OuterRef("pk"))
    default = OffererDefaultAccount.objects.open().filter(offerer=OuterRef("offerer"))
    venues = Venue.objects.visible_to(user)
    return venues.filter(Exists(paid_offers), ~Exists(links), ~Exists(default)).exists()


@dataclass(frozen=True)
class LinkChoice:
    """Venues of the structure before linking: those to tick, and why the others cannot be."""

    free: list[Venue]
    elsewhere: list[Venue]
    unpriced: list[Venue]
    ticked: list[int]
    is_default: bool

    def as_initial(self) -> dict[str, Any]:
        return {"venues": self.ticked, "as_default": self.is_default}


def venues_to_link(account: BankAccount) -> LinkChoice:
    """A venue on another account, or without pricing point (no SIRET), cannot be ticked (§18.3).

    The digital venue is listed only while it has an active offer.
    """
    links = _links(account.offerer)
    pointed = set(
        VenuePricingPointLink.objects.open()
        .filter(venue__offerer=account.offerer_id)
        .values_list("venue_id", flat=True)
    )
    active = Offer.objects.filter(venue=OuterRef("pk"), is_active=True)
    venues = list(
        account.offerer.venues.select_related("offerer")
        .filter(Q(is_virtual=False) | Exists(active))
        .order_by("is_virtual", "name", "pk")
    )
    elsewhere = [v for v in venues if links.get(v.pk, account.pk) != account.pk]
    ours = [v for v in venues if v not in elsewhere]
    # A digital venue has one possible answer when one venue only has a SIRET (§3.3).
    with_siret = account.offerer.venues.exclude(siret=None).count()
    free = [
        v
        for v in ours
        if v.siret or v.pk in pointed or v.pk in links or (v.is_virtual and with_siret == 1)
    ]
    return LinkChoice(
        free=free,
        elsewhere=elsewhere,
        unpriced=[v for v in ours if v not in free],
        ticked=[v.pk for v in free if v.pk in links],
        is_default=_default_account(account.offerer) == account.pk,
    )
