"""Read the stocks that a shop's software publishes and keep its offers up to date (PRV-04, PRV-10).

A run reads the whole feed page by page, each page in a transaction of its own: killed anywhere,
the next run goes on from what is there. Read twice, nothing changes.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from offers.constants import MAX_QUANTITY
from offers.enums import BulkState, OfferValidation
from offers.exceptions import FeedStopped
from offers.models import FeedRun, Offer, Stock
from offers.services.partner_eans import (
    SOLD_BY_EAN,
    EanRow,
    availability_of,
    offers_of_eans,
    upload_eans,
)
from offers.services.synchronised import kept_by
from passpro.kernel import clock, money
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.registers import feeds
from venues.enums import VenueProviderStatus
from venues.models import Venue, VenueProvider

logger = logging.getLogger(__name__)

MOST_REJECTED = 200  # lines kept to be read by people; the others are counted
_GIVEN_UP_AFTER = timedelta(hours=1)
_PACKET = 500
_OPEN = (BulkState.WAITING, BulkState.RUNNING)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One good; `price_cents` or `remaining` None: the feed does not say (PRV-07)."""

    line: int
    ean: str
    price_cents: int | None
    remaining: int | None


def links_with_feed() -> QuerySet[VenueProvider]:
    """Live authorisations of software whose stocks we read."""
    return (
        VenueProvider.objects.active()
        .filter(venue__offerer__is_active=True)
        .exclude(provider__feed_url="")
    )


@transaction.atomic
def ask_for_reading(*, link_id: int) -> FeedRun:
    """Read this feed soon, whatever its hour; a reading asked for or under way is answered.

    Raises FeedStopped.
    """
    VenueProvider.objects.lock_for_change(link_id)
    if not feeds.is_on() or not links_with_feed().filter(pk=link_id).exists():
        raise FeedStopped
    run, is_new = FeedRun.objects.get_or_create(
        link_id=link_id, state__in=_OPEN, defaults={"state": BulkState.WAITING}
    )
    if is_new:
        transaction.on_commit(lambda: _nudge(link_id), robust=True)
    return run


def read_feeds(*, now: datetime) -> dict[str, int]:
    """The job: links that were never read, asked for, or read `STOCK_FEED_EVERY` ago."""
    if not feeds.is_on():
        return {"read": 0}
    runs = FeedRun.objects.filter(link=OuterRef("pk"))
    recent = runs.exclude(state=BulkState.WAITING).filter(
        started_at__gt=now - settings.STOCK_FEED_EVERY
    )
    due = links_with_feed().filter(Exists(runs.filter(state=BulkState.WAITING)) | ~Exists(recent))
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    done = [run for run in (run_feed(link_id=pk) for pk in ids) if run is not None]
    return {
        "read": len(done),
        "failed": sum(run.state == BulkState.FAILED for run in done),
        "created": sum(run.created for run in done),
        "updated": sum(run.updated for run in done),
    }


def run_feed(*, link_id: int) -> FeedRun | None:
    """Read one feed to its end; None when another worker reads it, or it is stopped.

    Never raises for what the software does: the run keeps the words of the failure.
    """
    run = _begin(link_id)
    if run is None:
        return None
    link = run.link
    try:
        seen = _read(run, link)
        run.emptied = _empty_the_others(link, seen)
        run.state = BulkState.DONE
    except DomainError as failure:
        run.state, run.failure = BulkState.FAILED, failure.message[:300]
        logger.warning("A feed of stocks failed.", extra={"link": link.pk, "code": failure.code})
    run.rejected.sort(key=lambda one: one["line"])
    run.kept, run.ended_at = kept_by(link).count(), clock.now()
    run.save()
    return run


@transaction.atomic
def _begin(link_id: int) -> FeedRun | None:
    VenueProvider.objects.lock_for_change(link_id)
    link = links_with_feed().select_related("venue", "provider").filter(pk=link_id).first()
    if link is None:
        return None
    now = clock.now()
    lost = FeedRun.objects.filter(
        link=link, state=BulkState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER
    )
    lost.update(state=BulkState.FAILED, failure="Interrompu.", ended_at=now)
    run = FeedRun.objects.filter(link=link, state=BulkState.WAITING).first() or FeedRun(link=link)
    run.link, run.state, run.started_at = link, BulkState.RUNNING, now
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        return None
    return run


def _read(run: FeedRun, link: VenueProvider) -> set[str]:
    """Write each page as it comes; answers the EANs that the feed holds."""
    provider, seen = link.provider, set[str]()
    pages = feeds.pages_of(
        name=str(provider.pk),
        url=provider.feed_url,
        token=provider.feed_token,
        account=link.account,
    )
    for page in pages:
        lines = []
        for line in page:
            run.read += 1
            try:
                good = _line(run.read, line, in_cents=provider.feed_in_cents)
            except ValueError as error:
                _reject(run, _shown(line), str(error), number=run.read)
                continue
            if good.ean not in seen:
                seen.add(good.ean)
                lines.append(good)
        _write(run, link, lines)
    return seen


def _line(number: int, line: Any, *, in_cents: bool) -> FeedLine:
    """One line of a feed; raises ValueError with a French sentence."""
    if not isinstance(line, dict):
        raise ValueError("Cette ligne ne suit pas le format du flux.")
    ean, available, price = (line.get(name) for name in ("ref", "available", "price"))
    if not (isinstance(ean, str) and len(ean) == 13 and ean.isascii() and ean.isdigit()):
        raise ValueError("L’EAN est composé de 13 chiffres.")
    if available is not None and (type(available) is not int or not 0 <= available <= MAX_QUANTITY):
        raise ValueError("La quantité est un nombre entier, de 0 à 1 000 000.")
    cents = None
    if price is not None:
        if type(price) not in {int, float}:
            raise ValueError("Le prix n’est pas un nombre.")
        cents = round(price if in_cents else price * 100)
        if not 0 <= cents <= settings.MAX_PRICE_CENTS:
            raise ValueError(f"Le prix va de 0 à {money.euros(settings.MAX_PRICE_CENTS)}.")
    return FeedLine(number, ean, cents, available)


@transaction.atomic
def _write(run: FeedRun, link: VenueProvider, lines: list[FeedLine]) -> None:
    """One page, unless the venue stopped the software meanwhile (FeedStopped)."""
    if VenueProvider.objects.lock_for_change(link.pk).status != VenueProviderStatus.ACTIVE:
        raise FeedStopped
    venue = Venue.objects.lock_for_change(link.venue_id)
    offers = offers_of_eans(venue, [line.ean for line in lines])
    ours: list[tuple[Offer, FeedLine]] = []
    others: list[FeedLine] = []
    for line in lines:
        offer = offers.get(line.ean)
        if offer is None or offer.provider_id != link.provider_id:
            others.append(line)
        elif offer.validation == OfferValidation.APPROVED:
            ours.append((offer, line))
    run.updated += _update(ours)
    rows = _new_rows(run, link, others, offers)
    by = Actor.job(f"Flux de {link.provider}")
    made = upload_eans(provider=link.provider, venue=venue, rows=rows, by=by)
    run.created, run.updated = run.created + made["created"], run.updated + made["updated"]
    run.save()


def _update(ours: list[tuple[Offer, FeedLine]]) -> int:
    """Stocks whose price or places changed; one deleted by hand stays so, as a pause does."""
    live = Stock.objects.live().filter(offer__in=[offer for offer, _ in ours])
    stocks = {stock.offer_id: stock for stock in live.order_by("pk").lock_for_booking()}
    changed = []
    for offer, line in ours:
        stock = stocks.get(offer.pk)
        if stock is None:
            continue
        price_cents = stock.price_cents if line.price_cents is None else line.price_cents
        quantity = stock.quantity
        if line.remaining is not None:
            quantity = line.remaining + stock.booked_quantity
        if (stock.price_cents, stock.quantity) != (price_cents, quantity):
            stock.price_cents, stock.quantity = price_cents, quantity
            changed.append(stock)
    Stock.objects.bulk_update(changed, ["price_cents", "quantity"], batch_size=_PACKET)
    return len(changed)


def _new_rows(
    run: FeedRun, link: VenueProvider, lines: list[FeedLine], offers: dict[str, Offer]
) -> list[EanRow]:
    """What becomes an offer, or is taken over from a hand-made one, which stays paused if it is."""
    known = availability_of([line.ean for line in lines])
    why = (
        dict.fromkeys(known.not_found, "Cet EAN n’est pas dans le catalogue.")
        | dict.fromkeys(known.not_sold, "Ce produit ne se vend pas par EAN.")
        | dict.fromkeys(known.refused, "Ce produit est refusé par les conditions d’utilisation.")
    )
    now, rows = clock.now(), []
    for line in lines:
        offer = offers.get(line.ean)
        price_cents = link.new_price_cents if line.price_cents is None else line.price_cents
        reason = why.get(line.ean, "")
        if offer is not None and offer.validation != OfferValidation.APPROVED:
            reason = "L’offre est en instruction ou refusée."
        elif price_cents is None:
            reason = (
                reason or "Le flux ne donne pas de prix : choisissez-en un dans les paramètres."
            )
        if reason:
            _reject(run, line.ean, reason, number=line.line)
            continue
        rows.append(
            EanRow(
                ean=line.ean,
                price_cents=price_cents or 0,
                remaining=link.new_quantity if line.remaining is None else line.remaining,
                publication_at=now if offer is None or offer.is_active else None,
            )
        )
    return rows


def _shown(line: Any) -> str:
    """What a person recognises of a line that cannot be read."""
    named = line.get("ref") if isinstance(line, dict) else line
    return str(named)[:100]


def _reject(run: FeedRun, text: str, why: str, *, number: int) -> None:
    run.refused += 1
    if len(run.rejected) < MOST_REJECTED:
        run.rejected.append({"line": number, "text": text, "why": why})


def _empty_the_others(link: VenueProvider, seen: set[str]) -> int:
    """Goods that left the feed are out of stock; their bookings stay. How many."""
    left = Stock.objects.live().filter(
        Q(quantity__isnull=True) | Q(quantity__gt=F("booked_quantity")),
        offer__in=kept_by(link).filter(subcategory_id__in=SOLD_BY_EAN),
    )
    gone = [
        pk
        for pk, ean in left.order_by("pk").values_list("pk", "offer__extra_data__ean")
        if ean not in seen
    ]
    for ids in _packets(gone):
        with transaction.atomic():
            list(Stock.objects.filter(pk__in=ids).order_by("pk").lock_for_booking())
            Stock.objects.filter(pk__in=ids).update(quantity=F("booked_quantity"))
    return len(gone)


def _packets(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _PACKET] for start in range(0, len(ids), _PACKET))


def _nudge(link_id: int) -> None:
    """Without a broker, the next passage of the job reads it."""
    from offers.tasks import run_feed_task

    run_feed_task.delay(link_id)
