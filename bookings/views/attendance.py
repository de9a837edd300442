"""Attendance lists: who is awaited at a date, on a page, on paper, and the live counter."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from bookings import attendance
from bookings.attendance import Session
from bookings.constants import MOST_GUESTS_ON_PAPER
from bookings.exceptions import ListTooLongForPaper
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.paging import page_of
from passpro.kernel.pdf import render_pdf
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
def sessions(request: HttpRequest) -> HttpResponse:
    """The dates of one's venues, next ones first; ?passees= the others."""
    now, past = clock.now(), "passees" in request.GET
    rows = attendance.sessions_of(request.user)
    if past:
        rows = rows.filter(beginning_at__lte=now - attendance.STILL_AT_HAND)
        rows = rows.order_by("-beginning_at", "offer_id")
    else:
        rows = rows.filter(beginning_at__gt=now - attendance.STILL_AT_HAND)
        rows = rows.order_by("beginning_at", "offer_id")
    page = page_of(request, rows)
    dates = [(date, date.is_near(now)) for date in attendance.sessions_from(page)]
    return render(
        request, "bookings/sessions.html", {"page": page, "dates": dates, "shows_past": past}
    )


@allowed_if(may_use_portal)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Names, e-mails and countermarks of one date (seed 003), ready to be printed."""
    date = _session(request, pk)
    context = {"session": date, "guests": attendance.guests_of(date), "now": clock.now()}
    return render(request, "bookings/session.html", context | _counting(date))


@allowed_if(may_use_portal)
def session_count(request: HttpRequest, pk: int) -> HttpResponse:
    """« 37 / 50 présents » alone, asked again and again by the open page; 286 ends the asking."""
    date = _session(request, pk)
    context = _counting(date) | {"session": date}
    return render(
        request,
        "bookings/parts/presence.html",
        context,
        status=200 if context["is_live"] else 286,
    )


@allowed_if(may_use_portal)
def session_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same list on A4. Raises ListTooLongForPaper (409) for a crowd that no door ticks."""
    date = _session(request, pk)
    guests = attendance.guests_of(date)
    if guests.count() > MOST_GUESTS_ON_PAPER:
        raise ListTooLongForPaper
    context = {"session": date, "guests": guests, "now": clock.now()}
    content = render_pdf("bookings/pdf/session.html", context)
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"presence-{slugify(date.title)[:60]}-{date.beginning_at:%Y-%m-%d}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _session(request: HttpRequest, pk: int) -> Session:
    found = attendance.session_of(request.user, pk)
    if found is None:
        raise Http404
    return found


def _counting(date: Session) -> dict[str, bool]:
    return {"is_live": not date.is_over(clock.now())}
