"""Goods by their EAN, hundreds at once, from the catalogue (API-203, API-106); set-based."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from offers import moderation, transitions
from offers.enums import OfferValidation
from offers.models import CatalogueItem, Offer, PartnerUpload, Stock
from offers.search import search_text
from offers.services.partner_uploads import RUNNERS
from offers.services.publish import hold_back
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Provider, Venue

# Paper books and records: the only goods sold by EAN alone.
SOLD_BY_EAN = frozenset(
    {"LIVRE_PAPIER", "SUPPORT_PHYSIQUE_MUSIQUE_CD", "SUPPORT_PHYSIQUE_MUSIQUE_VINYLE"}
)
_PACKET = 500
_TAKEN_OVER = ["provider", "is_active", "publication_at", "updated_at", "public_url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EanRow:
    """`remaining` None is unlimited; `publication_at` None leaves it switched off."""

    ean: str
    price_cents: int
    remaining: int | None = None
    booking_limit_at: datetime | None = None
    public_url: str | None = None
    publication_at: datetime | None = None
    booking_allowed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    available: list[str]
    not_found: list[str]
    not_sold: list[str]
    refused: list[str]


def availability_of(eans: Sequence[str]) -> Availability:
    """Which of these the catalogue would make an offer of, in the order asked."""
    wanted = list(dict.fromkeys(eans))
    known = {one.ean: one for one in CatalogueItem.objects.filter(ean__in=wanted)}
    found = Availability([], [], [], [])
    for ean in wanted:
        item = known.get(ean)
        if item is None:
            found.not_found.append(ean)
        elif item.subcategory_id not in SOLD_BY_EAN:
            found.not_sold.append(ean)
        elif item.is_refused:
            found.refused.append(ean)
        else:
            found.available.append(ean)
    return found


@transaction.atomic
def upload_eans(
    *, provider: Provider, venue: Venue, rows: Sequence[EanRow], by: Actor
) -> dict[str, int]:
    """Create or take over the venue's offers of these EANs; how many of each.

    The last row of an EAN counts; an EAN that cannot be sold, or whose offer is under review or
    refused, is left out without a word. Two uploads of one venue go one after the other.
    """
    Venue.objects.lock_for_change(venue.pk)
    last = {row.ean: row for row in rows}
    sellable = set(availability_of(list(last)).available)
    wanted = {ean: row for ean, row in last.items() if ean in sellable}
    offers = offers_of_eans(venue, list(wanted))
    updated = [
        offer
        for ean, offer in offers.items()
        if offer.validation == OfferValidation.APPROVED and ean in wanted
    ]
    _take_over(updated, wanted, provider, by)
    new = [ean for ean in wanted if ean not in offers]
    _create(new, wanted, provider, venue, by)
    return {"created": len(new), "updated": len(updated)}


def run_eans(upload: PartnerUpload, by: Actor) -> dict[str, Any]:
    """The rows of a call, as `offers.api.products` keeps them; those left out are told."""
    rows = [_row_of(sent) for sent in upload.sent]
    found = upload_eans(provider=upload.provider, venue=upload.venue, rows=rows, by=by)
    known = availability_of([row.ean for row in rows])
    return {
        **found,
        "notFound": known.not_found,
        "subcategoryNotAllowed": known.not_sold,
        "notCompliantWithCgu": known.refused,
    }


def _row_of(sent: dict[str, Any]) -> EanRow:
    instants: dict[str, Any] = {
        name: datetime.fromisoformat(sent[name]) for name in _INSTANTS if sent[name] is not None
    }
    row = EanRow(**sent)
    return replace(row, **instants)


_INSTANTS = {"booking_limit_at", "publication_at", "booking_allowed_at"}
RUNNERS[PartnerUpload.Kind.EANS] = run_eans


def offers_of_eans(venue: Venue, eans: list[str]) -> dict[str, Offer]:
    """The offer of each EAN at the venue: an active one wins, then the latest."""
    rows = Offer.objects.filter(
        venue=venue, extra_data__ean__in=eans, subcategory_id__in=SOLD_BY_EAN
    ).exclude(validation=OfferValidation.DRAFT)
    found: dict[str, Offer] = {}
    for offer in rows.order_by("pk").lock_for_change():
        before = found.get(offer.extra_data["ean"])
        if before is None or not before.is_active or offer.is_active:
            found[offer.extra_data["ean"]] = offer
    return found


def _take_over(
    offers: list[Offer], wanted: dict[str, EanRow], provider: Provider, by: Actor
) -> None:
    now = clock.now()
    switched = []
    for offer in offers:
        row = wanted[offer.extra_data["ean"]]
        if offer.provider_id != provider.pk or offer.is_active != (row.publication_at is not None):
            switched.append(offer.pk)
        if offer.provider_id != provider.pk:
            offer.provider, offer.provider_key = provider, ""
        offer.is_active = row.publication_at is not None
        if row.publication_at is not None and row.publication_at > now:
            offer.publication_at = row.publication_at
        if row.public_url is not None:
            offer.public_url = row.public_url
        offer.booking_allowed_at, offer.updated_at = row.booking_allowed_at, now
    Offer.objects.bulk_update(
        offers, [*_TAKEN_OVER, "provider_key", "booking_allowed_at"], batch_size=_PACKET
    )
    transitions.note_many(switched, OfferValidation.APPROVED, by=by, why=f"Repris par {provider}")
    live = Stock.objects.live().filter(offer__in=offers).order_by("pk").lock_for_booking()
    stocks = {stock.offer_id: stock for stock in live}
    changed: list[Stock] = []
    new: list[Stock] = []
    for offer in offers:
        row = wanted[offer.extra_data["ean"]]
        stock = stocks.get(offer.pk) or Stock(offer=offer, created_at=now)
        _fill(stock, row)
        (new if stock.pk is None else changed).append(stock)
    Stock.objects.bulk_update(
        changed, ["price_cents", "quantity", "booking_limit_at"], batch_size=_PACKET
    )
    Stock.objects.bulk_create(new, batch_size=_PACKET)


def _create(
    eans: list[str], wanted: dict[str, EanRow], provider: Provider, venue: Venue, by: Actor
) -> None:
    now = clock.now()
    items = CatalogueItem.objects.in_bulk(eans, field_name="ean")
    drafts = [_draft(items[ean], provider, venue) for ean in eans]
    offers = Offer.objects.bulk_create(drafts, batch_size=_PACKET)
    stocks = [Stock(offer=offer, created_at=now) for offer in offers]
    for stock, ean in zip(stocks, eans, strict=True):
        _fill(stock, wanted[ean])
    Stock.objects.bulk_create(stocks, batch_size=_PACKET)
    flagged = moderation.flags_of_many(offers, {one.offer_id: one for one in stocks})
    for offer, ean in zip(offers, eans, strict=True):
        if flags := flagged.get(offer.pk):
            hold_back(
                offer,
                flags,
                by=by,
                why="Contrôle avant publication",
                publication_at=wanted[ean].publication_at,
            )
    approved = [
        (offer, wanted[ean])
        for offer, ean in zip(offers, eans, strict=True)
        if offer.pk not in flagged
    ]
    transitions.approve_many(
        [(offer, row.publication_at) for offer, row in approved], at=now, by=by
    )
    extra: list[Any] = []
    for offer, row in approved:
        offer.booking_allowed_at, offer.public_url = row.booking_allowed_at, row.public_url or ""
        if row.booking_allowed_at or row.public_url:
            extra.append(offer)
    Offer.objects.bulk_update(extra, ["booking_allowed_at", "public_url"], batch_size=_PACKET)


def _draft(item: CatalogueItem, provider: Provider, venue: Venue) -> Offer:
    """A good of the catalogue with the venue's accessibility."""
    offer = Offer(
        venue=venue,
        provider=provider,
        subcategory_id=item.subcategory_id,
        title=item.title,
        description=item.description,
        extra_data={**item.extra_data, "ean": item.ean},
        withdrawal_details=venue.withdrawal_details,
        booking_contact=venue.booking_email,
        notification_email=venue.booking_email,
        visual_accessible=venue.visual_accessible,
        mental_accessible=venue.mental_accessible,
        motor_accessible=venue.motor_accessible,
        audio_accessible=venue.audio_accessible,
    )
    offer.search_text = search_text(offer)
    return offer


def _fill(stock: Stock, row: EanRow) -> None:
    stock.price_cents, stock.booking_limit_at = row.price_cents, row.booking_limit_at
    remaining = row.remaining
    stock.quantity = None if remaining is None else remaining + stock.booked_quantity
