"""Price the events of incidents (§15.3, §15.4): same rule as the payment, never a new rate."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from finance import transitions
from finance.enums import EventMotive, EventStatus, LineCategory, PricingStatus
from finance.models import FinanceEvent, Pricing, PricingLine
from finance.rates import reimbursed_cents
from finance.services.simulate import yearly_revenue
from passpro.kernel import money

PAGE = 500
GESTURE = "GESTURE_100"


def price_incidents(*, now: datetime) -> int:
    """Every READY event of an incident, by pages; the caller holds the money run."""
    done = 0
    while page := _price_page(now):
        done += page
    return done


@transaction.atomic
def _price_page(now: datetime) -> int:
    ready = FinanceEvent.objects.filter(status=EventStatus.READY, incident_item__isnull=False)
    events = list(ready.select_related("incident_item").order_by("ordering_at", "pk")[:PAGE])
    items = [event.incident_item for event in events if event.incident_item]
    paid = {
        (pricing.booking_id, pricing.collective_booking_id): pricing
        for pricing in Pricing.objects.paid_for(items).select_related("custom_rule")
    }
    for event in events:
        _write(event, paid, now)
    transitions.move_events([event.pk for event in events], EventStatus.PRICED)
    return len(events)


def _write(
    event: FinanceEvent, paid: dict[tuple[int | None, int | None], Pricing], now: datetime
) -> None:
    item = event.incident_item
    assert item is not None  # the page's own filter
    assert event.pricing_point_id is not None  # READY: finance_event_pricing_point_matches_status
    original = paid.get((item.booking_id, item.collective_booking_id))
    if event.motive == EventMotive.INCIDENT_GESTURE:
        lines: dict[str, int] = {LineCategory.COMMERCIAL_GESTURE: -item.new_total_cents}
    else:
        assert original is not None  # only what was paid can be lowered
        lines = (
            {line.category: -line.amount_cents for line in original.lines.all()}
            if event.motive == EventMotive.INCIDENT_REVERSAL
            else _new_price(original, old=item.old_total_cents, new=item.new_total_cents)
        )
    is_gesture = event.motive == EventMotive.INCIDENT_GESTURE
    pricing = Pricing.objects.create(
        event=event,
        venue_id=event.venue_id,
        pricing_point_id=event.pricing_point_id,
        value_at=event.value_at,
        amount_cents=sum(lines.values()),
        rule_code=GESTURE if is_gesture or original is None else original.rule_code,
        custom_rule=None if is_gesture or original is None else original.custom_rule,
        revenue_cents=_revenue(event),
        status=PricingStatus.VALIDATED,
        created_at=now,
    )
    PricingLine.objects.bulk_create(
        PricingLine(pricing=pricing, category=category, amount_cents=cents)
        for category, cents in lines.items()
    )


def _revenue(event: FinanceEvent) -> int:
    """§5.6: information only; an incident never changes a rate."""
    assert event.incident_item is not None
    now_cents = yearly_revenue(event.pricing_point_id or 0, used_at=event.value_at)
    is_reversal = event.motive == EventMotive.INCIDENT_REVERSAL
    return now_cents + (0 if is_reversal else event.incident_item.new_total_cents)


def _new_price(original: Pricing, *, old: int, new: int) -> dict[str, int]:
    """At the rate of the payment; of a fixed amount, in proportion (D-10)."""
    rate = original.rate
    if rate is not None:
        reimbursed = reimbursed_cents(new, rate)
    else:
        reimbursed = money.round_cents(Decimal(-original.amount_cents * new) / old)
    return {
        LineCategory.OFFERER_REVENUE: -new,
        LineCategory.OFFERER_CONTRIBUTION: new - reimbursed,
    }
