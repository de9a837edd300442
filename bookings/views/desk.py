"""« Guichet »: check a countermark, validate it, take the validation back (§6.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bookings import countermarks, exceptions
from bookings.attendance import session_of_the_day
from bookings.constants import COUNTERMARK_LENGTH
from bookings.enums import ValidationAuthor
from bookings.models import Booking
from bookings.services import countermark as services
from bookings.services.offline import refusals_to_see
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.permissions import may_use_portal

LAST_VALIDATIONS = 6

ADVICE: dict[type[DomainError], str] = {
    exceptions.UnknownCountermark: "Relisez les six caractères avec le jeune.",
    exceptions.NoRightOnBooking: "Le jeune doit se présenter au lieu de sa réservation.",
    exceptions.CountermarkAlreadyUsed: "Si c’est une erreur, invalidez-la ci-dessous.",
    exceptions.CountermarkCancelled: "Le jeune peut réserver à nouveau sur son application.",
    exceptions.InPayment: "Il n’y a plus rien à faire ici.",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the desk says about a code (DSK-03, DSK-05). `state`: "", "found" or "bad"."""

    code: str = ""
    state: str = ""
    message: str = "Saisissez une contremarque."
    booking: Booking | None = None
    action: str = ""


@allowed_if(may_use_portal)
def desk(request: HttpRequest) -> HttpResponse:
    """GET ?contremarque= looks up; POST acts, then leaves the desk ready for the next code."""
    if request.method == "POST":
        return _act(request)
    sheet = read_sheet(request.user, request.GET.get("contremarque", ""))
    if request.headers.get("HX-Request"):
        context = {"sheet": sheet, "asks_to_unvalidate": False}
        return render(request, "bookings/parts/desk_result.html", context)
    return _page(request, sheet, asks_to_unvalidate="invalider" in request.GET)


def _act(request: HttpRequest) -> HttpResponse:
    code = request.POST.get("contremarque", "")
    by = Actor.user(request.user)
    try:
        if request.POST.get("action") == "invalider":
            booking = services.unvalidate_countermark(countermark=code, by=by)
            text = f"Contremarque {booking.countermark} invalidée : elle peut à nouveau servir."
        else:
            booking = services.validate_countermark(countermark=code, by=by)
            text = f"Contremarque {booking.countermark} validée."
    except DomainError as error:
        sheet = read_sheet(request.user, code)
        shown = Sheet(code=sheet.code, state="bad", message=error.message, booking=sheet.booking)
        return _page(request, shown, status=error.http_status)
    messages.success(request, text)
    return redirect("bookings:desk")


def read_sheet(user: User, typed: str) -> Sheet:
    """The state of the desk for what was typed, first line of DSK-03 then of DSK-05 wins."""
    code = countermarks.normalise(typed)
    if not code:
        return Sheet()
    if not (code.isascii() and code.isalnum()):
        return Sheet(code, "bad", "Une contremarque n’a que des lettres (A à Z) et des chiffres.")
    missing = COUNTERMARK_LENGTH - len(code)
    if missing > 0:
        plural = "s" if missing > 1 else ""
        return Sheet(code, "", f"Encore {missing} caractère{plural} ({len(code)}/6).")
    if missing < 0:
        words = f"C’est trop long : 6 caractères, pas {len(code)}. Effacez ce qui dépasse."
        return Sheet(code, "bad", words)
    return _found(user, code)


def _found(user: User, code: str) -> Sheet:
    try:
        booking = services.look_up(countermark=code, by=Actor.user(user))
        services.check_may_be_validated(booking, clock.now())
    except exceptions.CountermarkAlreadyUsed as refusal:
        return Sheet(code, "bad", _advised(refusal), booking, "unvalidate")
    except (exceptions.UnknownCountermark, exceptions.NoRightOnBooking) as refusal:
        return Sheet(code, "bad", _advised(refusal))
    except DomainError as refusal:
        return Sheet(code, "bad", _advised(refusal), booking)
    message = "Contremarque trouvée. Vérifiez l’identité, puis validez."
    return Sheet(code, "found", message, booking, "validate")


def _advised(refusal: DomainError) -> str:
    """The refusal and what the person at the desk can do; the API gives the first sentence only."""
    return f"{refusal.message} {ADVICE.get(type(refusal), '')}".strip()


def _page(request: HttpRequest, sheet: Sheet, *, status: int = 200, **more: Any) -> HttpResponse:
    now = clock.now()
    context: dict[str, Any] = {
        "sheet": sheet,
        "last": last_validations(request.user, now),
        "session": session_of_the_day(request.user, now),
        "is_live": True,
        "refusals": refusals_to_see(request.user),
        "today": clock.paris_day(now),
        "asks_to_unvalidate": False,
        **more,
    }
    return render(request, "bookings/desk.html", context, status=status)


def last_validations(user: User, now: datetime) -> list[Booking]:
    """Codes validated today by hand or by software, latest first."""
    return list(
        Booking.objects.visible_to(user)
        .filter(
            used_at__gte=clock.paris_midnight(clock.paris_day(now)),
            validated_by=ValidationAuthor.OFFERER,
        )
        .with_desk_data()
        .order_by("-used_at", "-pk")[:LAST_VALIDATIONS]
    )
