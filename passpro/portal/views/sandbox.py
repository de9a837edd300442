"""Where makers of software try theirs: time, young people, schools, calls that leave (seed 003).

Only outside production (ADAGE_SANDBOX). Each button calls the service that the real page
calls: what a maker sees is what its software will live.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from bookings.models import Deposit
from bookings.services.book import book_offer
from collective.api.adage_mock import HEAD
from collective.models import CollectiveBooking, CollectiveOffer
from collective.services import book as school
from collective.services import sandbox
from offers.models import Stock
from passpro.jobs import run_job
from passpro.kernel import clock
from passpro.kernel.access import public
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.models import OutboxMessage, SandboxClock

SHOWN = 10
STEPS = {"1h": timedelta(hours=1), "1j": timedelta(days=1), "3j": timedelta(days=3),
         "15j": timedelta(days=15)}  # fmt: skip
# What time does to bookings; the other jobs follow their own hours.
JOBS = ("run_partner_uploads", "expire_school_bookings", "use_school_bookings", "expire_bookings",
        "auto_validate")  # fmt: skip
_BY = Actor("SYSTEM", "Bac à sable")
_YOUNG_TRIED = 20
# In the address → who does it to a school booking.
MOVES: dict[str, Callable[[int], Any]] = {
    "confirmer": lambda pk: school.confirm(booking_id=pk, by=HEAD),
    "refuser": lambda pk: school.refuse(booking_id=pk, by=HEAD),
    "effectuer": lambda pk: sandbox.use(booking_id=pk, by=_BY),
    "payer": lambda pk: sandbox.reimburse(booking_id=pk, by=_BY),
}


@public
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    calls = OutboxMessage.objects.filter(kind=OutboxMessage.Kind.WEBHOOK).order_by("-pk")[:SHOWN]
    context = {
        "now": now,
        "may_move": settings.SANDBOX_CLOCK,
        "steps": [("1h", "1 heure"), ("1j", "1 jour"), ("3j", "3 jours"), ("15j", "15 jours")],
        "stocks": _stocks(now),
        "schools": _schools(now),
        "calls": [_call(one) for one in calls],
    }
    return render(request, "portal/sandbox.html", context)


@public
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Time goes on for the whole sandbox, and does to bookings what nights do."""
    step = request.POST.get("step", "")
    if not settings.SANDBOX_CLOCK or step not in {*STEPS, "reel"}:
        raise Http404
    row, _ = SandboxClock.objects.get_or_create(pk=1)
    back = step == "reel"
    row.offset_seconds = 0 if back else row.offset_seconds + int(STEPS[step].total_seconds())
    row.save()
    clock.forget_sandbox_offset()
    for name in JOBS:
        run_job(name, clock.now())
    messages.success(request, "L’horloge du bac à sable est réglée.")
    return redirect("portal:sandbox")


@public
@require_POST
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """A young person of the demo takes one place: the first whose credit and rights allow it."""
    if not Stock.objects.filter(pk=pk, offer__provider__isnull=False).exists():
        raise Http404
    people = Deposit.objects.filter(expires_at__gt=clock.now()).select_related("user")
    refusal = "Aucun jeune du bac à sable n’a de crédit."
    for deposit in people.order_by("pk")[:_YOUNG_TRIED]:
        person = deposit.user
        try:
            booking = book_offer(beneficiary=person, stock_id=pk, quantity=1, by=Actor.user(person))
        except DomainError as error:
            refusal = error.message
        else:
            text = f"{person.get_full_name()} a réservé : contremarque {booking.countermark}."
            messages.success(request, text)
            break
    else:
        messages.error(request, refusal)
    return redirect("portal:sandbox")


@public
@require_POST
def prebook(request: HttpRequest, pk: int) -> HttpResponse:
    """A teacher of the offer's school pre-books."""
    offer = _made_by_software().filter(pk=pk).select_related("institution").first()
    if offer is None or offer.institution is None:
        raise Http404
    visitor = school.Visitor(
        email="enseignante@bac-a-sable.example",
        uai=offer.institution.uai,
        first_name="Jeanne",
        last_name="Laval",
        civility="Mme",
        may_prebook=True,
    )
    return _played(request, lambda: school.prebook(offer_id=pk, visitor=visitor))


@public
@require_POST
def move_booking(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The head of school answers; the event takes place; the fortnight pays."""
    bookings = CollectiveBooking.objects.filter(stock__offer__in=_made_by_software(), pk=pk)
    if verb not in MOVES or not bookings.exists():
        raise Http404
    return _played(request, lambda: MOVES[verb](pk))


def _played(request: HttpRequest, run: Callable[[], Any]) -> HttpResponse:
    try:
        run()
    except DomainError as error:
        messages.error(request, f"{error.message} ({error.code})")
    else:
        messages.success(request, "C’est fait : demandez l’offre par l’API pour voir son état.")
    return redirect("portal:sandbox")


def _made_by_software() -> Any:
    return CollectiveOffer.objects.filter(provider__isnull=False)


def _stocks(now: Any) -> Any:
    """The latest dates and goods of software that a young person may book."""
    rows = Stock.objects.live().filter(
        offer__provider__isnull=False, offer__is_active=True, offer__validation="APPROVED"
    )
    rows = rows.exclude(booking_limit_at__lte=now).select_related("offer__venue", "offer__provider")
    return rows.order_by("-pk")[:SHOWN]


def _schools(now: Any) -> list[dict[str, Any]]:
    rows = _made_by_software().filter(stock__isnull=False).order_by("-pk")
    rows = rows.select_related("institution", "stock", "provider", "venue")
    found = []
    for offer in rows.prefetch_related("stock__bookings")[:SHOWN]:
        booking, status = offer.last_booking(), offer.display_status_at(now)
        moves = {
            "PREBOOKED": [("confirmer", "Le chef confirme"), ("refuser", "Le chef refuse")],
            "BOOKED": [("effectuer", "L’événement a lieu"), ("refuser", "Le chef annule")],
            "ENDED": [("payer", "La quinzaine paie")],
        }.get(status, [])
        if status == "ENDED" and booking is not None and booking.status == "CONFIRMED":
            moves = [("effectuer", "L’événement a eu lieu")]
        row = {"offer": offer, "status": status, "booking": booking, "moves": moves}
        found.append(row | {"may_prebook": status == "PUBLISHED"})
    return found


def _call(message: OutboxMessage) -> dict[str, Any]:
    text = json.dumps(json.loads(message.payload["text"]), indent=2, ensure_ascii=False)
    answer = message.payload.get("answer")
    return {"message": message, "text": text, "answer": answer}
