"""How often the public opens the pages of offers and places: counts a day, nobody's name (C1, I1).

Counted by the people whom the pages are for: young people and passers-by. Professionals and the
team look at their own pages too often to be an audience.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse

from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.db import write
from passpro.portal.models import PageView
from passpro.portal.scope import Scope

OFFER, PLACE = "offers:app_offer", "offers:app_venue"
RECENT_DAYS = 30
TOP_OFFERS = 3
KEPT = timedelta(days=2 * 366)
_WRITES = {
    OFFER: """
        INSERT INTO portal_pageview (venue_id, offer_id, day, views)
        SELECT venue_id, id, %s, 1 FROM offers_offer WHERE id = %s
        ON CONFLICT (venue_id, offer_id, day) DO UPDATE SET views = portal_pageview.views + 1
    """,
    PLACE: """
        INSERT INTO portal_pageview (venue_id, offer_id, day, views)
        SELECT id, NULL::bigint, %s, 1 FROM venues_venue WHERE id = %s
        ON CONFLICT (venue_id, offer_id, day) DO UPDATE SET views = portal_pageview.views + 1
    """,
}


class AudienceMiddleware:
    """Counts a page of the young people's side once it has been shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.view_name in _WRITES and response.status_code == 200:
            self._count(request, match.view_name, match.kwargs["pk"])
        return response

    @staticmethod
    def _count(request: HttpRequest, page: str, pk: int) -> None:
        user = request.user
        is_public = not user.is_authenticated or user.is_beneficiary
        if request.method == "GET" and is_public and getattr(request, "seeing_as", None) is None:
            write(_WRITES[page], (clock.today(), pk))


def views_by_month(scope: Scope, since: date) -> dict[date, int]:
    """Views of the offers and places in scope, by month."""
    found = (
        PageView.objects.filter(scope.within("venue"), day__gte=since)
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(sum=Sum("views"))
        .order_by()
        .values_list("month", "sum")
    )
    return dict(found)


def recent_views(scope: Scope, *, now: datetime) -> int:
    """Views of the last 30 Paris days, today included."""
    since = clock.paris_day(now) - timedelta(days=RECENT_DAYS - 1)
    views = PageView.objects.filter(scope.within("venue"), day__gte=since)
    total: int | None = views.aggregate(sum=Sum("views"))["sum"]
    return total or 0


def most_viewed(scope: Scope, since: date) -> list[tuple[Offer, int]]:
    """The three offers looked at most, with their views."""
    rows: Any = (
        PageView.objects.filter(scope.within("venue"), day__gte=since, offer__isnull=False)
        .values("offer")
        .annotate(sum=Sum("views"))
        .order_by("-sum", "offer")
        .values_list("offer", "sum")[:TOP_OFFERS]
    )
    counts = dict(rows)
    offers = Offer.objects.in_bulk(counts)
    return [(offers[pk], count) for pk, count in counts.items()]


def forget_old_views(*, now: datetime) -> dict[str, int]:
    """Daily job: counts of more than two years ago are on no page."""
    deleted, _ = PageView.objects.filter(day__lt=clock.paris_day(now) - KEPT).delete()
    return {"forgotten": deleted}
