"""« Réservations » of the portal (G1, §7.1): the list, and one booking with its history."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property

from bookings.cancellation import expiry_date
from bookings.constants import MOST_LISTED
from bookings.enums import BookingStatus
from bookings.filters import SHOWN_STATUSES, BookingFilter
from bookings.forms import BookingListForm
from bookings.models import Booking
from bookings.presentation import line_of
from bookings.querysets import BookingQuerySet
from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.db import Read, one_of
from passpro.kernel.paging import PAGE_SIZE
from venues.permissions import may_use_portal

_LATEST = ("-booked_at", "-pk")
# The same order, which no index gives: when few are sought, PostgreSQL finds them all, then sorts
# them, rather than reading the latest bookings one by one until it meets twenty of them.
_LATEST_OF_FEW: tuple[Any, ...] = ((F("booked_at") + Value(timedelta(0))).desc(), "-pk")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_PERSON = "JOIN accounts_user person ON person.id = latest.beneficiary_id"
_OFFER = "JOIN offers_offer offer ON offer.id = latest.offer_id"
_THEN = "latest.booked_at DESC, latest.pk DESC"
# Of the latest MOST_LISTED, sorted by a name: what to join, in which order.
SORTS = {
    "offre": (_OFFER, f"offer.title, {_THEN}"),
    "-offre": (_OFFER, f"offer.title DESC, {_THEN}"),
    "beneficiaire": (_PERSON, f"person.last_name, person.first_name, {_THEN}"),
    "-beneficiaire": (_PERSON, f"person.last_name DESC, person.first_name DESC, {_THEN}"),
    "date": ("", "latest.booked_at, latest.pk"),
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
    mine = Booking.objects.filter(offerer__in=form.structures)
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
            "lines": [line_of(row, now) for row in page],
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


# The lines of one page: five tables, read by a statement that is written and planned once.
_ROWS = Read(lambda: Booking.objects.with_row_data().filter(one_of("pk", "ids")).order_by())


class _BoundedPaginator(Paginator):
    """Pages of at most MOST_LISTED rows; finds the twenty ids first, then reads those alone."""

    def __init__(self, rows: BookingQuerySet, sort: str, count: int | None, few: bool) -> None:
        self.sort, self.known = sort, count
        self.latest = rows.order_by(*(_LATEST_OF_FEW if few else _LATEST))
        super().__init__(rows, PAGE_SIZE)

    @cached_property
    def count(self) -> int:
        if self.known is not None:
            return self.known
        return min(self.object_list.order_by()[: MOST_LISTED + 1].count(), MOST_LISTED)

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, MOST_LISTED)
        if self.sort in SORTS:
            chosen = self._sorted(start, end)
        else:
            chosen = list(self.latest.values_list("pk", flat=True)[start:end])
        shown = {row.pk: row for row in _ROWS.all(ids=chosen)}
        return Page([shown[pk] for pk in chosen], number, self)  # type: ignore[arg-type]

    def _sorted(self, start: int, end: int) -> list[int]:
        rows = self.latest.values("pk", "booked_at", "beneficiary_id", "offer_id")
        join, order = SORTS[self.sort]
        return [pk for (pk,) in _outer(_SORTED.format("{}", join, order), rows, end - start, start)]


def _page(
    request: HttpRequest, rows: BookingQuerySet, wanted: BookingFilter, count: int | None
) -> Page:
    sort = request.GET.get("sort", "")
    return _BoundedPaginator(rows, sort, count, wanted.finds_few).get_page(request.GET.get("page"))


def _outer(sql: str, rows: QuerySet, *more: int) -> list[tuple]:
    """The lines of `sql`, which holds the latest of these rows as `{}`; none when there is none."""
    try:
        inner, params = rows[: MOST_LISTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.format(inner), [*params, *more])
        return list(cursor.fetchall())


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


# Not `aggregate()`, whose nine columns take Django longer to write than PostgreSQL to count.
_TOTALS = f"""
    SELECT count(*),
        coalesce(sum(quantity) FILTER (WHERE status <> 'CANCELLED'), 0),
        coalesce(sum(amount_cents * quantity) FILTER (WHERE status <> 'CANCELLED'), 0),
        {
    ", ".join(f"count(*) FILTER (WHERE listed_status = '{value}')" for value, _ in SHOWN_STATUSES)
}
    FROM ({{}}) AS latest
"""  # noqa: S608 (names of states, the rest has parameters)
_SORTED = "SELECT latest.pk FROM ({}) AS latest {} ORDER BY {} LIMIT %s OFFSET %s"


def _totals(found: BookingQuerySet, wanted: BookingFilter) -> dict[str, Any]:
    """Figures of what is found; beyond MOST_LISTED only that there are more."""
    order = _LATEST_OF_FEW if wanted.finds_few else _LATEST
    rows = found.order_by(*order).values("quantity", "amount_cents", "status", "listed_status")
    names = ("bookings", "places", "cents", *(value for value, _ in SHOWN_STATUSES))
    figures = next(iter(_outer(_TOTALS, rows)), (0,) * len(names))
    totals: dict[str, Any] = dict(zip(names, figures, strict=True))
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
