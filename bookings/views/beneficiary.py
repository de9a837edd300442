"""The young person's bookings: list, countermark, cancellation, credit (Y7 to Y11)."""

from datetime import datetime, timedelta

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from bookings import calendar, countermarks
from bookings.cancellation import can_beneficiary_cancel, expiry_date
from bookings.emails import access_url
from bookings.exceptions import UnknownBooking
from bookings.local_share import parts_of
from bookings.models import Booking, Deposit, LocalCredit
from bookings.permissions import may_book
from bookings.services.archive import show_as_ended
from bookings.services.cancel import cancel_by_beneficiary
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.paging import page_of


@allowed_if(may_book)
def my_bookings(request: HttpRequest) -> HttpResponse:
    """Ongoing ones by date, undated last; ended ones latest first (BKG-99)."""
    now = clock.now()
    mine = Booking.objects.of_beneficiary(request.user)
    ended = mine.ended(now).with_list_data()
    shows_ended = request.GET.get("onglet") == "terminees"
    ongoing = sorted(mine.ongoing(now).with_list_data(), key=_when)
    page = page_of(request, ended)
    for booking in page if shows_ended else ongoing:
        booking.collect_before = expiry_date(booking.booked_at, booking.offer.subcategory)
        booking.days_left = _days_left(booking, now)
    return render(
        request,
        "bookings/my_bookings.html",
        {"ongoing": ongoing, "page": page, "shows_ended": shows_ended},
    )


@allowed_if(may_book)
def my_booking(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _mine(request, pk))


@allowed_if(may_book)
def cancel_my_booking(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks on a page of its own (the dialog's twin), POST cancels (BKG-50)."""
    booking = _mine(request, pk)
    if request.method != "POST":
        return _detail(request, booking, asks_to_cancel=True)
    try:
        cancel_by_beneficiary(booking_id=pk, beneficiary=request.user, by=Actor.user(request.user))
    except DomainError as error:
        return _detail(request, booking, refusal=error.message, status=error.http_status)
    messages.success(request, f"« {booking.offer.title} » : ta réservation est annulée.")
    return redirect("bookings:my_booking", pk=pk)


@allowed_if(may_book)
@require_POST
def file_my_booking(request: HttpRequest, pk: int) -> HttpResponse:
    """BKG-92: a code or a membership goes among what is over, or comes back."""
    ended = request.POST.get("terminee") == "1"
    try:
        booking = show_as_ended(booking_id=pk, beneficiary=request.user, ended=ended)
    except UnknownBooking:
        raise Http404 from None
    where = "dans les terminées" if ended else "dans les réservations en cours"
    messages.success(request, f"« {booking.offer.title} » est maintenant {where}.")
    return redirect("bookings:my_bookings")


@allowed_if(may_book)
def my_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The event as a file that calendars understand."""
    booking = _mine(request, pk)
    answer = HttpResponse(calendar.event_of(booking), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="reservation.ics"'
    return answer


@allowed_if(may_book)
def credit(request: HttpRequest) -> HttpResponse:
    """What is left, out of how much, until when; and what it was spent on."""
    now = clock.now()
    deposits = list(Deposit.objects.of_person(request.user))
    for deposit in deposits:
        deposit.left_cents = deposit.remaining_cents(now)
        deposit.is_expired = deposit.expires_at <= now
        deposit.last_day = clock.paris_day(deposit.expires_at - timedelta(seconds=1))
        if deposit.digital_ceiling_cents is not None:
            left = deposit.digital_ceiling_cents - deposit.digital_spent_cents
            deposit.digital_left_cents = min(max(left, 0), deposit.left_cents)  # CRD-07
    local_credits = list(
        LocalCredit.objects.of_person(request.user.pk)
        .select_related("programme")
        .order_by("programme__ends_on", "pk")
    )
    for credit in local_credits:
        credit.left_cents = credit.remaining_cents(now)
        credit.is_over = clock.paris_day(now) > credit.programme.ends_on
        credit.is_coming = clock.paris_day(now) < credit.programme.starts_on
    spent = (
        Booking.objects.of_beneficiary(request.user)
        .live()
        .filter(amount_cents__gt=0)
        .select_related("offer", "stock", "venue", "offerer")
        .order_by("-booked_at", "-pk")
    )
    page = page_of(request, spent.prefetch_related("local_movements__credit__programme"))
    context = {"deposits": deposits, "local_credits": local_credits, "page": page}
    return render(request, "bookings/credit.html", context)


def _mine(request: HttpRequest, pk: int) -> Booking:
    return get_object_or_404(Booking.objects.of_beneficiary(request.user).with_mail_data(), pk=pk)


def _detail(
    request: HttpRequest,
    booking: Booking,
    *,
    refusal: str = "",
    asks_to_cancel: bool = False,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    context = {
        "booking": booking,
        "zone": booking.time_zone,
        "qr": _qr(countermarks.qr_content(booking.countermark)),
        "tickets": [(one, _qr(one.barcode)) for one in booking.tickets.all()]
        if booking.has_tickets
        else [],
        "spelled": ", ".join(booking.countermark),
        "access_url": access_url(booking),
        "parts": parts_of(booking),
        "can_cancel": can_beneficiary_cancel(booking, now),
        "collect_before": expiry_date(booking.booked_at, booking.offer.subcategory),
        "is_over": booking.stock.beginning_at is not None and booking.stock.beginning_at <= now,
        "asks_to_cancel": asks_to_cancel,
        "is_filed_by_hand": booking.status != "CANCELLED" and booking.is_filed_by_hand,
        "refusal": refusal,
    }
    return render(request, "bookings/my_booking.html", context, status=status)


def _qr(text: str) -> str:
    """An image that needs no other file."""
    drawn = segno.make(text, error="m", micro=False)
    address: str = drawn.svg_data_uri(scale=6, border=2, dark="#161617", light="#ffffff")
    return address


def _when(booking: Booking) -> tuple[bool, datetime]:
    moment = booking.stock.beginning_at or expiry_date(booking.booked_at, booking.offer.subcategory)
    return (moment is None, moment or booking.booked_at)


def _days_left(booking: Booking, now: datetime) -> int | None:
    """Days between today and the event, as people count them; None when undated or over."""
    beginning = booking.stock.beginning_at
    if beginning is None or beginning <= now:
        return None
    return (clock.paris_day(beginning) - clock.paris_day(now)).days
