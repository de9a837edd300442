"""« Réservations » of the portal (G1, §7.1): the list, and one booking with its history."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, Sum, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property

from bookings.cancellation import expiry_date
from bookings.constants import MOST_LISTED
from bookings.enums import BookingStatus
from bookings.filters import SHOWN_STATUSES, BookingFilter
from bookings.forms import BookingListForm
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.paging import PAGE_SIZE
from venues.permissions import may_use_portal

_LATEST = ("-booked_at", "-pk")
# The same order, which no index gives: when few are sought, PostgreSQL finds them all, then sorts
# them, rather than reading the latest bookings one by one until it meets twenty of them.
_LATEST_OF_FEW: tuple[Any, ...] = ((F("booked_at") + Value(timedelta(0))).desc(), "-pk")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
SORTS = {
    "offre": ("offer__title", *_LATEST),
    "-offre": ("-offer__title", *_LATEST),
    "beneficiaire": ("beneficiary__last_name", "beneficiary__first_name", *_LATEST),
    "-beneficiaire": ("-beneficiary__last_name", "-beneficiary__first_name", *_LATEST),
    "date": ("booked_at", "pk"),
}


@allowed_if(may_use_portal)
def booking_list(request: HttpRequest) -> HttpResponse:
    """Filters live in the address; `MOST_LISTED` bookings can be turned through at a time.

    Figures and chips are counted among those, so that the page is as quick for a structure with
    a hundred thousand bookings (LST-08); when there are more, the page says so, its end leads to
    the older ones (?avant=) and the export has them all.
    """
    form = BookingListForm(request.GET, user=request.user)
    form.is_valid()
    wanted, now = form.filter(), clock.now()
    mine = Booking.objects.of_structures(request.user)
    before = _before(request)
    found = wanted.apply(mine).filter(before or Q()).with_shown_status(now)
    totals = _totals(found, wanted)
    rows = found.shown_as(wanted.status, now) if wanted.status else found
    count = totals[wanted.status or "bookings"]
    if totals["is_capped"]:
        count = None if wanted.status else MOST_LISTED
    page = _page(request, rows, wanted, count)
    return render(
        request,
        "bookings/list.html",
        {
            "form": form,
            "wanted": wanted,
            "offer": _offer(request, wanted.offer_id),
            "page": page,
            "totals": totals,
            "older": _older(request, page, totals),
            "newest": _address(request) if before else "",
            "chips": _chips(request, totals, wanted.status),
            "has_none_at_all": not totals["bookings"] and not mine.exists(),
        },
    )


@allowed_if(may_use_portal)
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """One booking: what was bought, by whom, and the dated history of its states."""
    mine = Booking.objects.of_structures(request.user).with_list_data()
    found = get_object_or_404(mine, pk=pk)
    now = clock.now()
    return render(
        request,
        "bookings/booking.html",
        {
            "booking": found,
            "zone": found.time_zone,
            "shown_status": found.shown_status(now),
            "collect_before": expiry_date(found.booked_at, found.offer.subcategory)
            if found.status == BookingStatus.CONFIRMED
            else None,
            "history": found.transitions.all(),
        },
    )


class _BoundedPaginator(Paginator):
    """Pages of at most MOST_LISTED rows; finds the twenty ids first, then reads those alone."""

    def __init__(
        self, rows: BookingQuerySet, order: tuple[str, ...], count: int | None, few: bool
    ) -> None:
        self.order, self.known, self.few = order, count, few
        super().__init__(rows, PAGE_SIZE)

    @cached_property
    def count(self) -> int:
        if self.known is not None:
            return self.known
        return min(self.object_list.order_by()[: MOST_LISTED + 1].count(), MOST_LISTED)

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        ids = self.object_list.order_by(*(_LATEST_OF_FEW if self.few else _LATEST))
        if self.order != _LATEST:
            latest = ids.values("pk")[:MOST_LISTED]
            ids = Booking.objects.filter(pk__in=latest).order_by(*self.order)
        end = min(start + self.per_page, MOST_LISTED)
        chosen = list(ids.values_list("pk", flat=True)[start:end])
        shown = Booking.objects.with_shown_status(clock.now()).with_row_data().in_bulk(chosen)
        return Page([shown[pk] for pk in chosen], number, self)  # type: ignore[arg-type]


def _page(
    request: HttpRequest, rows: BookingQuerySet, wanted: BookingFilter, count: int | None
) -> Page:
    order = SORTS.get(request.GET.get("sort", ""), _LATEST)
    return _BoundedPaginator(rows, order, count, wanted.finds_few).get_page(request.GET.get("page"))


def _before(request: HttpRequest) -> Q | None:
    """?avant=microseconds-number: what was booked before that booking."""
    stamp, _, pk = request.GET.get("avant", "").partition("-")
    if not (stamp.isdecimal() and pk.isdecimal() and len(stamp) < 18 and len(pk) < 18):
        return None
    at = _EPOCH + timedelta(microseconds=int(stamp))
    return Q(booked_at__lte=at) & ~Q(booked_at=at, pk__gte=int(pk))


def _older(request: HttpRequest, page: Page, totals: dict[str, Any]) -> str:
    """Where the list goes on, at the end of its last page; "" elsewhere."""
    if not totals["is_capped"] or page.has_next() or request.GET.get("sort") in SORTS:
        return ""
    last = page.object_list[-1] if page.object_list else None
    if last is None or page.number * PAGE_SIZE < MOST_LISTED:
        return ""
    return _address(request, avant=f"{(last.booked_at - _EPOCH) // _MICROSECOND}-{last.pk}")


def _address(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name in ("page", "avant"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _totals(found: BookingQuerySet, wanted: BookingFilter) -> dict[str, Any]:
    """Figures of what is found; beyond MOST_LISTED only that there are more."""
    live = ~Q(status="CANCELLED")
    order = _LATEST_OF_FEW if wanted.finds_few else _LATEST
    latest = found.order_by(*order)[: MOST_LISTED + 1]
    totals = latest.aggregate(
        bookings=Count("pk"),
        places=Sum("quantity", filter=live, default=0),
        cents=Sum(F("amount_cents") * F("quantity"), filter=live, default=0),
        **{value: Count("pk", filter=Q(listed_status=value)) for value, _ in SHOWN_STATUSES},
    )
    return totals | {"is_capped": totals["bookings"] > MOST_LISTED, "most": MOST_LISTED}


def _chips(request: HttpRequest, totals: dict[str, Any], current: str) -> list[dict]:
    """LST-13 as links: each status with its count when all were counted, the other filters kept."""
    chips = []
    for value, label in [("", "Toutes"), *SHOWN_STATUSES]:
        query = request.GET.copy()
        for name in ("page", "avant", "statut"):
            query.pop(name, None)
        if value:
            query["statut"] = value
        chips.append(
            {
                "label": label,
                "href": f"?{query.urlencode()}",
                "count": None if totals["is_capped"] else totals[value or "bookings"],
                "current": value == current,
            }
        )
    return chips


def _offer(request: HttpRequest, offer_id: int | None) -> Offer | None:
    if not offer_id:
        return None
    return Offer.objects.visible_to(request.user).filter(pk=offer_id).first()
