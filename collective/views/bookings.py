"""« Réservations » of schools: list with filters, one booking (§12.9)."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from collective.enums import BookingStatus
from collective.lifecycle import days_left, portal_actions, stock_of
from collective.list_forms import BookingFilter
from collective.models import CollectiveBooking
from collective.permissions import may_work_with_schools
from collective.presentation import NOTICE_DAYS, booking_steps, price_lines
from collective.step_words import money_words
from passpro.kernel import clock
from passpro.kernel.access import allowed_if

PER_PAGE = 20
_OWED = {BookingStatus.CONFIRMED, BookingStatus.USED}


@allowed_if(may_work_with_schools)
def booking_list(request: HttpRequest) -> HttpResponse:
    """The newest first; counts and totals are of all that the filters keep."""
    form = BookingFilter(request.GET, user=request.user)
    found = form.apply(CollectiveBooking.objects.visible_to(request.user))
    totals = found.order_by().aggregate(count=Count("pk"), cents=Sum("stock__price_cents"))
    page = Paginator(found.with_facts().order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    context = {
        "form": form,
        "page": page,
        "rows": [_row(one, now) for one in page],
        "count": totals["count"],
        "cents": totals["cents"] or 0,
    }
    return render(request, "collective/bookings.html", context)


def _row(booking: CollectiveBooking, now: Any) -> dict[str, Any]:
    zone = booking.venue.time_zone
    days = days_left(booking.confirmation_limit_at, now, zone)
    is_waiting = booking.status == BookingStatus.PENDING and booking.confirmation_limit_at > now
    return {
        "booking": booking,
        "offer": booking.stock.offer,
        "stock": booking.stock,
        "zone": zone,
        "status": booking.shown_status(now),
        "days": days if is_waiting and days <= NOTICE_DAYS else None,
    }


@allowed_if(may_work_with_schools)
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """Class, teacher, price by line, each state with its date (§12.9, « Détails »)."""
    own = CollectiveBooking.objects.visible_to(request.user).with_facts()
    found = get_object_or_404(own, pk=pk)
    now, offer = clock.now(), found.stock.offer
    status = offer.display_status_at(now)
    is_last = offer.last_booking() == found
    context = {
        **_row(found, now),
        "steps": booking_steps(found, now),
        "lines": price_lines(found.stock),
        "actions": portal_actions(offer, status, now) if is_last else frozenset(),
        "has_date": stock_of(offer) is not None,
        "money": money_words(offer) if found.status in _OWED else None,
    }
    return render(request, "collective/booking.html", context)
