"""Many dates at once: counted first, then written by packets (§3.3, §3.4)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from offers.constants import MAX_QUANTITY, STOCK_DELETION_DELAY
from offers.enums import BulkState, OfferValidation
from offers.exceptions import InvalidStock, SeriesUnderWay, StockTooOld
from offers.models import DateSeries, Offer, PriceCategory, Stock
from offers.recurrence import Moment, Series, moments
from offers.services.held_prices import refuse_other_prices
from offers.services.locking import lock_editable_offer, refuse_partner_stock
from offers.services.recheck import recheck, top_price_of
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.errors import DomainError

logger = logging.getLogger(__name__)

_PACKET = 500  # dates written, and told as done, at once
_GIVEN_UP_AFTER = timedelta(minutes=10)
_NOT_TAKEN_AFTER = timedelta(minutes=2)

Key = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a series would write: lines are dates × hours × tariffs (STK-36)."""

    moments: list[Moment]
    lines: int
    new: int
    twins: int
    past: int
    skipped: list[tuple[date, time]]
    tariffs: int

    @property
    def days(self) -> int:
        return len({moment.beginning_at.date() for moment in self.moments})


def plan_series(*, offer: Offer, series: Series) -> Plan:
    """Count what `series` would add to this event; nothing is written.

    Dates already there for the same tariff are left out (STK-21), past ones too (STK-25), and
    hours skipped by the change to summer time. Raises InvalidStock: a good, a foreign tariff,
    places, or more dates than an offer may have (STK-20).
    """
    _check(offer, series)
    most = settings.MAX_STOCKS_PER_OFFER
    reading = moments(series, offer.venue.time_zone, at_most=most)
    if reading.is_cut:
        raise _too_many(offer)
    now = clock.now()
    ahead = [moment for moment in reading.found if moment.beginning_at > now]
    tariffs = [quota.price_category_id for quota in series.quotas]
    known = _known(offer, ahead)
    new = sum((moment.beginning_at, pk) not in known for moment in ahead for pk in tariffs)
    if offer.stocks.live().count() + new > most:
        raise _too_many(offer)
    lines = len(ahead) * len(tariffs)
    return Plan(
        moments=ahead,
        lines=lines,
        new=new,
        twins=lines - new,
        past=(len(reading.found) - len(ahead)) * len(tariffs),
        skipped=reading.skipped,
        tariffs=len(tariffs),
    )


@transaction.atomic
def add_series(
    *, offer: Offer, series: Series, by: Actor, duration_minutes: int | None = None
) -> DateSeries:
    """Write the dates of `series`: at once, or by a worker when they are many.

    Answers the task, already DONE when it was short. `duration_minutes` (an end hour was typed)
    becomes the duration of the offer. Raises what `plan_series` raises, InvalidStock when no
    date is left to add, SeriesUnderWay, MadeByPartner (STK-22) and OfferFrozen.
    """
    locked = lock_editable_offer(offer)
    refuse_partner_stock(locked, by=by)
    plan = plan_series(offer=locked, series=series)
    if not plan.lines:
        raise InvalidStock(
            "La date et l’heure doivent être à venir."
            if plan.past
            else "Cette règle ne donne aucune date.",
            field="date",
        )
    if not plan.new:
        raise InvalidStock(
            "Ces dates existent déjà pour ces tarifs."
            if plan.lines > 1
            else "Cette date existe déjà pour ce tarif.",
            field="date",
        )
    if locked.date_series.filter(state__in=[BulkState.WAITING, BulkState.RUNNING]).exists():
        raise SeriesUnderWay
    if duration_minutes:
        locked.duration_minutes = duration_minutes
        locked.save(update_fields=["duration_minutes"])
    task = DateSeries.objects.create(
        offer=locked, user_id=by.user_id, rule=series.as_json(), total=plan.lines
    )
    if plan.lines > settings.SERIES_AT_ONCE:
        transaction.on_commit(lambda: _give(task.pk), robust=True)
        return task
    top_price = top_price_of(locked)
    task.created = _write(locked, plan.moments, series)
    if top_price_of(locked) > top_price:
        recheck(locked, by=by)  # MOD-05
    return _finish(task, done=plan.lines)


def run_series(*, task_id: int) -> bool:
    """Write the dates of a waiting task, packet after packet; False when it is taken or done.

    Each packet is a transaction of its own and leaves out what exists already: a worker that
    died is simply followed by another. An offer frozen meanwhile stops the task with its words.
    """
    if not _take(task_id):
        return False
    task = DateSeries.objects.select_related("offer__venue").get(pk=task_id)
    series = Series.from_json(task.rule)
    try:
        plan = plan_series(offer=task.offer, series=series)
        packet = max(1, _PACKET // plan.tariffs)
        top_price = top_price_of(task.offer)
        for start in range(0, len(plan.moments), packet):
            part = plan.moments[start : start + packet]
            with transaction.atomic():
                locked = lock_editable_offer(task.offer)
                task.created += _write(locked, part, series)
                task.done = min(task.total, (start + len(part)) * plan.tariffs)
                task.save(update_fields=["created", "done"])
        with transaction.atomic():
            # Only once all are written: an offer under review takes no more dates (MOD-05).
            locked = lock_editable_offer(task.offer)
            if top_price_of(locked) > top_price:
                recheck(locked, by=SYSTEM)
    except DomainError as refusal:
        task.state, task.refusal = BulkState.FAILED, refusal.message
        task.finished_at = clock.now()
        task.save(update_fields=["state", "refusal", "finished_at"])
        return True
    _finish(task, done=task.total)
    return True


def tend_series(*, now: datetime) -> dict[str, int]:
    """The job: give again the tasks that no worker took or finished."""
    lost = DateSeries.objects.filter(
        Q(state=BulkState.WAITING, created_at__lt=now - _NOT_TAKEN_AFTER)
        | Q(state=BulkState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER)
    )
    ids = list(lost.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        run_series(task_id=pk)
    return {"run": len(ids)}


def _check(offer: Offer, series: Series) -> None:
    if not offer.is_event:
        raise InvalidStock("Un bien n’a pas de date : donnez-lui un stock.", field="date")
    wanted = {quota.price_category_id for quota in series.quotas}
    prices = offer.price_categories.filter(pk__in=wanted).values_list("price_cents", flat=True)
    if len(prices) < len(wanted):
        raise InvalidStock("Choisissez des tarifs de l’offre.", field="quotas")
    refuse_other_prices(offer, *prices)
    for quota in series.quotas:
        if quota.places is not None and not 1 <= quota.places <= MAX_QUANTITY:
            raise InvalidStock(
                "Le nombre de places est un nombre entier, de 1 à 1 000 000.", field="quotas"
            )


def _too_many(offer: Offer) -> InvalidStock:
    most = settings.MAX_STOCKS_PER_OFFER
    left = max(0, most - offer.stocks.live().count())
    return InvalidStock(
        f"Une offre a au plus {most} dates : "
        + (f"il reste de la place pour {left}." if left else "il n’y a plus de place."),
        field="last",
    )


def _known(offer: Offer, wanted: Iterable[Moment]) -> set[Key]:
    """Live (beginning, tariff) pairs of the offer within the days wanted."""
    instants = [moment.beginning_at for moment in wanted]
    if not instants:
        return set()
    rows = offer.stocks.live().filter(beginning_at__range=(min(instants), max(instants)))
    return set(rows.values_list("beginning_at", "price_category_id"))


def _write(offer: Offer, wanted: list[Moment], series: Series) -> int:
    """Insert the dates that do not exist yet; their number."""
    prices = PriceCategory.objects.in_bulk([quota.price_category_id for quota in series.quotas])
    known, now = _known(offer, wanted), clock.now()
    facts: list[dict[str, Any]] = [
        {
            "beginning_at": moment.beginning_at,
            "booking_limit_at": moment.limit_at,
            "price_category_id": quota.price_category_id,
            "price_cents": prices[quota.price_category_id].price_cents,
            "quantity": quota.places,
        }
        for moment in wanted
        for quota in series.quotas
        if (moment.beginning_at, quota.price_category_id) not in known
    ]
    rows = [Stock(offer=offer, created_at=now, **row) for row in facts]
    return len(Stock.objects.bulk_create(rows, batch_size=_PACKET))


def _finish(task: DateSeries, *, done: int) -> DateSeries:
    task.state, task.done, task.finished_at = BulkState.DONE, done, clock.now()
    task.save(update_fields=["state", "done", "created", "finished_at"])
    return task


def _take(task_id: int) -> bool:
    now = clock.now()
    free = Q(state=BulkState.WAITING) | Q(
        state=BulkState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER
    )
    taken = DateSeries.objects.filter(free, pk=task_id).update(
        state=BulkState.RUNNING, started_at=now
    )
    return taken == 1


def _give(task_id: int) -> None:
    from offers.tasks import run_series_task

    try:
        run_series_task.delay(task_id)
    except Exception as error:
        logger.warning("The queue refused a series.", extra={"id": task_id, "error": str(error)})


@transaction.atomic
def discard_dates(*, offer: Offer, pks: list[int], by: Actor) -> int:
    """Delete dates of one event, all or none (STK-64); really, while it is a draft (STK-43).

    The caller has cancelled their bookings in this transaction, under the lock of the stocks.
    Those that a partner keeps too (§2.14). Raises OfferFrozen (STK-61), StockTooOld (begun 48 h
    ago or more, STK-62).
    """
    locked, now = lock_editable_offer(offer), clock.now()
    dates = locked.stocks.live().filter(pk__in=pks)
    if locked.validation == OfferValidation.DRAFT:
        return int(dates.delete()[0])
    old = dates.filter(beginning_at__lt=now - STOCK_DELETION_DELAY).count()
    if old:
        raise StockTooOld(
            f"{old} de ces dates {'sont passées' if old > 1 else 'est passée'} depuis plus de "
            "48 heures et ne se supprime"
            f"{'nt' if old > 1 else ''} plus : retirez-{'les' if old > 1 else 'la'} de votre choix."
        )
    return dates.update(deleted_at=now)
