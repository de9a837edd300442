"""The portal's list of offers (E1)."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from offers.enums import DisplayStatus
from offers.filters import PortalFilter
from offers.models import Offer, Stock
from offers.presentation import actions_for
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.paging import page_of
from venues.models import Offerer
from venues.permissions import may_use_portal

# Chips in the order people look for them.
CHIPS = [
    ("", "Toutes"),
    (DisplayStatus.ACTIVE, "Publiées"),
    (DisplayStatus.SCHEDULED, "Programmées"),
    (DisplayStatus.SOLD_OUT, "Épuisées"),
    (DisplayStatus.EXPIRED, "Expirées"),
    (DisplayStatus.INACTIVE, "En pause"),
    (DisplayStatus.DRAFT, "Brouillons"),
    (DisplayStatus.PENDING, "En instruction"),
    (DisplayStatus.REJECTED, "Refusées"),
]

MOST_LISTED = 1_000

# Sorted in the database; the latest first unless a heading was asked.
SORTS = {
    "titre": ["title", "-pk"],
    "-titre": ["-title", "-pk"],
    "lieu": ["venue__name", "venue_id", "-pk"],
    "-lieu": ["-venue__name", "venue_id", "-pk"],
}


@allowed_if(may_use_portal)
def offer_list(request: HttpRequest) -> HttpResponse:
    """Filters, states with their counts, one page of rows with their figures.

    At most `MOST_LISTED` offers can be turned through and are counted (OFF-174): the page is as
    quick for a structure with a hundred thousand offers (docs/search.md).
    """
    now = clock.now()
    form = PortalFilter(request.GET, user=request.user)
    status = form.cleaned_data.get("statut", "")
    mine = Offer.objects.visible_to(request.user)
    found = form.apply(mine)
    order = SORTS.get(request.GET.get("sort", ""), ["-pk"])
    wanted = found.shown_as(status, now) if status else found
    ids = list(wanted.order_by(*order).values_list("pk", flat=True)[: MOST_LISTED + 1])
    in_all = found.order_by().values_list("pk", flat=True)[: MOST_LISTED + 1]
    counts = _counts(list(in_all) if status else ids, now)
    page = page_of(request, ids[:MOST_LISTED])
    shown = Offer.objects.with_display_status(now).select_related("venue__offerer", "provider")
    offers = shown.in_bulk(page.object_list)
    figures = Stock.objects.figures_by_offer(page.object_list, now)
    context = {
        "form": form,
        "chips": _chips(request, counts, status),
        "page": page,
        "rows": [(offers[pk], figures[pk], actions_for(offers[pk])) for pk in page if pk in offers],
        "total": page.paginator.count,
        "is_capped": len(ids) > MOST_LISTED,
        "has_offerer": bool(ids) or Offerer.objects.visible_to(request.user).exists(),
    }
    return render(request, "offers/list.html", context)


def _counts(ids: list[int], now: datetime) -> dict[str, int] | None:
    """How many of these offers are in each state; None when there are too many to count."""
    if len(ids) > MOST_LISTED:
        return None
    offers = Offer.objects.filter(pk__in=ids).with_display_status(now).order_by()
    return dict(offers.values_list("display_status").annotate(Count("pk")))


def _chips(
    request: HttpRequest, counts: dict[str, int] | None, current: str
) -> list[dict[str, Any]]:
    """One chip per state that has offers, all of them when they are not counted.

    The current one stays even when it is empty.
    """
    query = request.GET.copy()
    query.pop("page", None)
    chips = []
    for value, label in CHIPS:
        count = None
        if counts is not None:
            count = counts.get(value, 0) if value else sum(counts.values())
        if count != 0 or value in ("", current):
            query["statut"] = value
            chips.append(
                {
                    "label": label,
                    "count": count,
                    "href": f"?{query.urlencode()}",
                    "current": value == current,
                }
            )
    return chips
