"""« Offres scolaires »: every offer by state, with counts and totals (§12.7, seed 000)."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, DateTimeField, F, OrderBy, Q, QuerySet, Sum, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.enums import DisplayStatus
from collective.lifecycle import days_left, stock_of
from collective.list_forms import ListFilter
from collective.models import CollectiveOffer, OfferSeen
from collective.permissions import may_work_with_schools
from collective.presentation import awaited
from collective.services.publish import archive_offers
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Offerer

SHOWN_OF_A_GROUP = 10
PER_PAGE = 20
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
_WAITING = (DisplayStatus.PUBLISHED, DisplayStatus.PREBOOKED)


@allowed_if(may_work_with_schools)
def offer_list(request: HttpRequest) -> HttpResponse:
    """Groups by state with their first rows; one state alone in pages. Totals count everything."""
    now = clock.now()
    form = ListFilter(request.GET, user=request.user)
    own = CollectiveOffer.objects.visible_to(request.user).with_display_status(now)
    offers = form.apply(own)
    totals = _totals(offers)
    page: Page[CollectiveOffer] | None = None
    if form.cleaned_data.get("statut"):
        found = offers.order_by(*_urgent_first())
        counted: Any = _Counted(found, totals)
        page = Paginator(counted, PER_PAGE).get_page(request.GET.get("page"))
        rows = _read(CollectiveOffer.objects.filter(pk__in=[one.pk for one in page]), now)
    else:
        rows = _read(_first_of_groups(offers), now)
    offerers = Offerer.objects.visible_to(request.user)
    query = request.GET.copy()
    for name in ("statut", "page"):
        query.pop(name, None)
    context = {
        "form": form,
        "page": page,
        "groups": _groups(rows, totals, request.user.pk, now),
        "count": sum(one["count"] for one in totals.values()),
        "cents": sum(one["cents"] or 0 for one in totals.values()),
        "query": query.urlencode(),
        "is_referenced": offerers.referenced_for_schools().exists(),
        "offerers": list(offerers[:5]),
    }
    return render(request, "collective/list.html", context)


class _Counted:
    """A list for the paginator whose length is already known from the totals."""

    def __init__(self, rows: QuerySet, totals: dict[str, Any]) -> None:
        self.rows, self.total = rows, sum(one["count"] for one in totals.values())
        self.ordered = True

    def count(self) -> int:
        return self.total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, key: Any) -> Any:
        return list(self.rows[key])


def _totals(offers: QuerySet) -> dict[str, dict[str, Any]]:
    rows = offers.order_by().values("display_status").annotate(
        count=Count("pk"), cents=Sum("stock__price_cents", filter=Q(stock__removed_at=None))
    )  # fmt: skip
    return {row["display_status"]: row for row in rows}


def _urgent_first() -> list[OrderBy]:
    """Limits that come next, where somebody must act before them; then the newest."""
    limit = Case(
        When(display_status__in=_WAITING, then=F("stock__booking_limit_at")),
        output_field=DateTimeField(),
    )
    return [OrderBy(limit, nulls_last=True), OrderBy(F("pk"), descending=True)]


def _first_of_groups(offers: QuerySet) -> QuerySet:
    place = Window(RowNumber(), partition_by=[F("display_status")], order_by=_urgent_first())
    kept = offers.order_by().annotate(place=place).filter(place__lte=SHOWN_OF_A_GROUP)
    return CollectiveOffer.objects.filter(pk__in=list(kept.values_list("pk", flat=True)))


def _read(offers: QuerySet, now: datetime) -> list[CollectiveOffer]:
    """The rows shown, with what they show; a few statements whatever their number."""
    shown: Any = offers
    return list(
        shown.with_display_status(now)
        .select_related("venue", "institution", "stock", "provider")
        .prefetch_related("stock__bookings")
        .order_by(*_urgent_first())
    )


def _groups(
    rows: list[CollectiveOffer], totals: dict[str, Any], user_id: int, now: datetime
) -> list[dict[str, Any]]:
    seen = dict(
        OfferSeen.objects.filter(user_id=user_id, offer__in=rows).values_list("offer_id", "status")
    )
    # A stable sort: the order inside a group stays.
    rows.sort(key=lambda one: ORDER.index(DisplayStatus(one.display_status)))
    groups = []
    for status, group in groupby(rows, key=lambda one: one.display_status):
        lines = [_row(offer, now, seen) for offer in group]
        total = totals.get(status, {"count": len(lines), "cents": 0})
        groups.append(
            {
                "status": status,
                "count": total["count"],
                "cents": total["cents"] or 0,
                "rows": lines,
                "has_more": total["count"] > len(lines),
            }
        )
    return groups


def _row(offer: CollectiveOffer, now: datetime, seen: dict[int, str]) -> dict[str, Any]:
    booking, stock = offer.last_booking(), stock_of(offer)
    waits = awaited(offer, offer.display_status, now)
    return {
        "offer": offer,
        "stock": stock,
        "zone": offer.venue.time_zone,
        "awaited": waits,
        "days": days_left(waits.limit, now, offer.venue.time_zone) if waits else None,
        "paid_at": booking.reimbursed_at if booking else None,
        "is_news": seen.get(offer.pk, offer.display_status) != offer.display_status,
    }


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def archive_many(request: HttpRequest) -> HttpResponse:
    """Archive the ticked offers: ask, then all or none (§5.9)."""
    data = request.POST if request.method == "POST" else request.GET
    texts = data.getlist("offre")[:200]
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    own = CollectiveOffer.objects.visible_to(request.user).filter(pk__in=ids)
    found = list(own.order_by("title", "pk"))
    if not found:
        messages.error(request, "Cochez au moins une offre.")
        return redirect("collective:list")
    if request.method != "POST":
        return render(request, "collective/archive_many.html", {"found": found})
    try:
        count = archive_offers(offer_ids=[one.pk for one in found], by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        one = f"« {found[0].title} » est archivée."
        messages.success(request, one if count == 1 else f"{count} offres sont archivées.")
    return redirect("collective:list")
