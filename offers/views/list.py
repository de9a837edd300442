"""The portal's list of offers (E1)."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from offers.enums import DisplayStatus
from offers.filters import PortalFilter
from offers.models import Offer, Stock
from offers.paging import capped_page
from offers.presentation import actions_for
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
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

# Sorted in the database; the latest first unless a heading was asked.
SORTS = {
    "titre": ["title", "-pk"],
    "-titre": ["-title", "-pk"],
    "lieu": ["venue__name", "venue_id", "-pk"],
    "-lieu": ["-venue__name", "venue_id", "-pk"],
}


@allowed_if(may_use_portal)
def offer_list(request: HttpRequest) -> HttpResponse:
    """Filters, states with their counts, one page of rows with their figures."""
    now = clock.now()
    found = PortalFilter(request.GET, user=request.user)
    offers = found.apply(Offer.objects.visible_to(request.user)).with_display_status(now)
    counts = dict(offers.order_by().values_list("display_status").annotate(Count("pk")))
    status = found.cleaned_data.get("statut", "")
    if status:
        offers = offers.filter(display_status=status)
    order = SORTS.get(request.GET.get("sort", ""), ["-pk"])
    page = capped_page(request, offers.select_related("venue__offerer").order_by(*order))
    figures = Stock.objects.figures_by_offer([offer.pk for offer in page], now)
    context = {
        "form": found,
        "chips": _chips(request, counts, status),
        "page": page,
        "rows": [(offer, figures[offer.pk], actions_for(offer)) for offer in page],
        "total": counts.get(status, 0) if status else sum(counts.values()),
        "has_offerer": bool(page) or Offerer.objects.visible_to(request.user).exists(),
    }
    return render(request, "offers/list.html", context)


def _chips(request: HttpRequest, counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    """One chip per state that has offers; the current one stays even when it is empty."""
    query = request.GET.copy()
    query.pop("page", None)
    chips = []
    for value, label in CHIPS:
        count = counts.get(value, 0) if value else sum(counts.values())
        if count or value in ("", current):
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
