"""« Offres scolaires »: every offer by state, with counts and totals (§12.7, seed 000)."""

from itertools import groupby
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collective.enums import DisplayStatus
from collective.forms import ListFilter
from collective.lifecycle import days_left
from collective.models import CollectiveOffer, OfferSeen
from collective.permissions import may_work_with_schools
from collective.presentation import awaited
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from venues.models import Offerer

MOST_SHOWN = 100
# In the order of what asks for attention.
ORDER = [
    DisplayStatus.PREBOOKED,
    DisplayStatus.PUBLISHED,
    DisplayStatus.BOOKED,
    DisplayStatus.UNDER_REVIEW,
    DisplayStatus.DRAFT,
    DisplayStatus.ENDED,
    DisplayStatus.REIMBURSED,
    DisplayStatus.EXPIRED,
    DisplayStatus.REJECTED,
    DisplayStatus.CANCELLED,
    DisplayStatus.HIDDEN,
    DisplayStatus.ARCHIVED,
]


@allowed_if(may_work_with_schools)
def offer_list(request: HttpRequest) -> HttpResponse:
    """Filters, then groups by state; totals count all that the filters keep."""
    now = clock.now()
    form = ListFilter(request.GET, user=request.user)
    own = CollectiveOffer.objects.visible_to(request.user).with_display_status(now)
    offers = form.apply(own)
    totals = _totals(offers)
    offerers = Offerer.objects.visible_to(request.user)
    context = {
        "form": form,
        "groups": _groups(offers, totals, request.user.pk),
        "count": sum(one["count"] for one in totals.values()),
        "cents": sum(one["cents"] or 0 for one in totals.values()),
        "most_shown": MOST_SHOWN,
        "is_referenced": offerers.referenced_for_schools().exists(),
        "offerers": list(offerers[:5]),
    }
    return render(request, "collective/list.html", context)


def _totals(offers: QuerySet) -> dict[str, dict[str, Any]]:
    rows = offers.order_by().values("display_status").annotate(
        count=Count("pk"), cents=Sum("stock__price_cents")
    )  # fmt: skip
    return {row["display_status"]: row for row in rows}


def _groups(offers: QuerySet, totals: dict[str, Any], user_id: int) -> list[dict[str, Any]]:
    """The newest offers, by state; urgent limits first inside a group."""
    now = clock.now()
    page = list(
        offers.select_related("venue", "institution", "stock")
        .prefetch_related("stock__bookings")
        .order_by(F("archived_at").asc(nulls_first=True), "-pk")[:MOST_SHOWN]
    )
    seen = dict(
        OfferSeen.objects.filter(Q(user_id=user_id), offer__in=page).values_list(
            "offer_id", "status"
        )
    )
    page.sort(key=lambda one: (ORDER.index(DisplayStatus(one.display_status)), -one.pk))
    return [
        {
            "status": status,
            "count": totals[status]["count"],
            "cents": totals[status]["cents"] or 0,
            "rows": [_row(offer, now, seen) for offer in group],
        }
        for status, group in groupby(page, key=lambda one: one.display_status)
    ]


def _row(offer: CollectiveOffer, now: Any, seen: dict[int, str]) -> dict[str, Any]:
    booking = offer.last_booking()
    waits = awaited(offer, offer.display_status, now)
    stock = getattr(offer, "stock", None)
    return {
        "offer": offer,
        "stock": stock,
        "zone": offer.venue.time_zone,
        "awaited": waits,
        "days": days_left(stock.booking_limit_at, now, offer.venue.time_zone) if waits else None,
        "paid_at": booking.reimbursed_at if booking else None,
        "is_news": seen.get(offer.pk, offer.display_status) != offer.display_status,
    }
