"""Pages of teachers and heads of school, entered by a signed address (§7)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collective.enums import BookingStatus, DisplayStatus, SchoolRole
from collective.lifecycle import days_left
from collective.models import CollectiveBooking, CollectiveOffer
from collective.school_forms import SearchForm
from collective.school_session import close_visit, open_visit, school_page
from collective.services.book import confirm, prebook, refuse
from collective.services.enter import enter
from collective.views.adage_frame import render_page
from passpro.kernel import clock
from passpro.kernel.access import public
from passpro.kernel.errors import DomainError

PER_PAGE = 8
# To decide, the most urgent first.
MOST_WAITING = 20
# Where each kind of person begins.
_FIRST_PAGES = {
    SchoolRole.TEACHER: "adage_offers",
    SchoolRole.HEAD: "adage_bookings",
    SchoolRole.READER: "adage_search",
}


@public
@require_GET
def adage_enter(request: HttpRequest) -> HttpResponse:
    """Check the address and open the visit; a refusal says why."""
    try:
        ticket = enter(token=request.GET.get("token", ""))
    except DomainError as error:
        context = {"error": error}
        return render(request, "collective/adage/closed.html", context, status=error.http_status)
    open_visit(request, ticket)
    return redirect(f"collective:{_FIRST_PAGES[ticket.role]}")


@public
@require_POST
def adage_leave(request: HttpRequest) -> HttpResponse:
    close_visit(request)
    return render(request, "collective/adage/closed.html", {"is_left": True})


@require_GET
@school_page()
def adage_offers(request: Any) -> HttpResponse:
    """« Pour mon établissement »: what can be pre-booked, with filters kept in the address."""
    form = SearchForm(request.GET)
    offers = CollectiveOffer.objects.bookable(clock.now()).filter(
        institution=request.visit.institution
    )
    found = form.apply(offers).select_related("venue", "institution", "stock", "teacher")
    page = Paginator(found.order_by("stock__booking_limit_at", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render_page(
        request, "collective/adage/offers.html", {"form": form, "page": page}, tab="offers"
    )


def _open_offer(request: Any, pk: int) -> CollectiveOffer:
    """An approved offer addressed to the school, whatever became of it (§7.4)."""
    offers = CollectiveOffer.objects.released().with_display_status(clock.now())
    mine = offers.filter(institution=request.visit.institution)
    return get_object_or_404(mine.select_related("venue", "institution", "stock"), pk=pk)


@require_GET
@school_page()
def adage_offer(request: Any, pk: int) -> HttpResponse:
    """Everything the teacher must know (seed 000, « Ce que voit l’enseignant »)."""
    context = _offer_context(request, _open_offer(request, pk))
    return render_page(request, "collective/adage/offer.html", context, tab="offers")


def _offer_context(request: Any, offer: CollectiveOffer) -> dict[str, Any]:
    return {
        "offer": offer,
        "stock": offer.stock,
        "zone": offer.venue.time_zone,
        "is_bookable": offer.display_status == DisplayStatus.PUBLISHED,
        "may_prebook": request.visit.visitor.may_prebook,
    }


@require_http_methods(["GET", "POST"])
@school_page()
def adage_prebook(request: Any, pk: int) -> HttpResponse:
    """Ask, then pre-book; the head of school must then confirm (§7.7)."""
    offer = _open_offer(request, pk)
    if request.method != "POST":
        context = _offer_context(request, offer)
        return render_page(request, "collective/adage/prebook.html", context, tab="offers")
    try:
        prebook(offer_id=pk, visitor=request.visit.visitor)
    except DomainError as error:
        messages.error(request, error.message)
        context = _offer_context(request, _open_offer(request, pk))
        page, status = "collective/adage/offer.html", error.http_status
        return render_page(request, page, context, tab="offers", status=status)
    messages.success(request, f"« {offer.title} » est préréservée : le chef doit confirmer.")
    return redirect("collective:adage_bookings")


@require_GET
@school_page()
def adage_bookings(request: Any) -> HttpResponse:
    """The school's bookings; the head sees the budget and decides."""
    now = clock.now()
    bookings = CollectiveBooking.objects.of_school(request.visit.visitor.uai).with_facts()
    page = Paginator(bookings.order_by("-stock__starts_at", "-pk"), 20).get_page(
        request.GET.get("page")
    )
    waiting = bookings.filter(status=BookingStatus.PENDING, confirmation_limit_at__gt=now)
    # One more than shown, to know whether there are others.
    urgent = list(waiting.order_by("confirmation_limit_at", "pk")[: MOST_WAITING + 1])
    context = {
        "waiting": [_line(one, now) for one in urgent[:MOST_WAITING]],
        "more_waiting": max(waiting.count() - MOST_WAITING, 0) if len(urgent) > MOST_WAITING else 0,
        "page": page,
        "waiting_shown": MOST_WAITING,
        "lines": [_line(one, now) for one in page],
    }
    return render_page(request, "collective/adage/bookings.html", context, tab="bookings")


def _line(booking: CollectiveBooking, now: Any) -> dict[str, Any]:
    zone = booking.venue.time_zone
    return {
        "booking": booking,
        "offer": booking.stock.offer,
        "stock": booking.stock,
        "zone": zone,
        "status": booking.stock.booked_status(booking, now),
        "days": days_left(booking.confirmation_limit_at, now, zone),
        "may_cancel": booking.may_be_cancelled_by_head(now),
        "is_over": booking.status in {BookingStatus.CANCELLED, BookingStatus.REIMBURSED},
    }


def _own_booking(request: Any, pk: int) -> CollectiveBooking:
    mine = CollectiveBooking.objects.of_school(request.visit.visitor.uai)
    return get_object_or_404(mine.with_facts(), pk=pk)


@require_http_methods(["GET", "POST"])
@school_page(head_only=True)
def adage_confirm(request: Any, pk: int) -> HttpResponse:
    """The head of school books, within the budget."""
    return _decide(
        request,
        pk,
        confirm,
        "collective/adage/confirm.html",
        "« {} » est réservée pour votre établissement.",
    )


@require_http_methods(["GET", "POST"])
@school_page(head_only=True)
def adage_refuse(request: Any, pk: int) -> HttpResponse:
    """The head of school refuses a pre-booking, or cancels a booking until its limit."""
    return _decide(
        request, pk, refuse, "collective/adage/refuse.html", "« {} » n’est pas réservée."
    )


def _decide(request: Any, pk: int, service: Any, page: str, done: str) -> HttpResponse:
    booking = _own_booking(request, pk)
    context = _line(booking, clock.now())
    if request.method != "POST":
        return render_page(request, page, context, tab="bookings")
    try:
        service(booking_id=pk, by=request.visit.visitor.actor)
    except DomainError as error:
        context |= {"error": error}
        return render_page(request, page, context, tab="bookings", status=error.http_status)
    messages.success(request, done.format(context["offer"].title))
    return redirect("collective:adage_bookings")
