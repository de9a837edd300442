"""Book in three steps: date, tariff and places, recap (Y6). Every step is an address."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from bookings.cancellation import cancellation_limit, expiry_delay
from bookings.constants import DUO_QUANTITY
from bookings.exceptions import OnlyBeneficiariesBook
from bookings.local_share import shares_of
from bookings.models import Deposit
from bookings.permissions import may_book
from bookings.services.book import book_offer
from offers.models import Offer, Stock
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.paging import page_of
from venues.models import Venue

DATES_PER_PAGE = 24


def book(request: HttpRequest, pk: int) -> HttpResponse:
    """GET ?seance= &date= &places= walks through the steps; POST books."""
    if not may_book(request.user):
        raise OnlyBeneficiariesBook
    if request.method == "POST":
        return _confirm(request, pk)
    offer = _offer(pk)
    return _step(request, offer, _choice(request, offer))


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen so far: a beginning, then one of its tariffs with a number of places."""

    dates: list[Stock]
    tariffs: list[Stock]
    stock: Stock | None = None
    places: int | None = None


def _offer(pk: int) -> Offer:
    released = Offer.objects.released(clock.now()).select_related("venue__offerer")
    return get_object_or_404(released, pk=pk)


def _choice(request: HttpRequest, offer: Offer) -> Choice:
    """A single date, tariff or number of places needs no question."""
    stocks = list(
        offer.stocks.bookable(clock.now())
        .select_related("price_category")
        .order_by("beginning_at", "-price_cents", "pk")
    )
    by_beginning: dict[datetime | None, list[Stock]] = {}
    for stock in stocks:
        by_beginning.setdefault(stock.beginning_at, []).append(stock)
    dates = [group[0] for group in by_beginning.values()]
    asked = _number(request, "date") or _number(request, "seance")
    chosen = next((stock for stock in stocks if stock.pk == asked), None)
    if chosen is None and len(dates) == 1:
        chosen = dates[0]
    if chosen is None:
        return Choice(dates=dates, tariffs=[])
    tariffs = by_beginning[chosen.beginning_at]
    places = _number(request, "places")
    if len(tariffs) == 1 and not offer.is_duo:
        places = 1
    elif "date" not in request.GET:
        places = None
    return Choice(dates=dates, tariffs=tariffs, stock=chosen, places=places)


def _step(
    request: HttpRequest, offer: Offer, choice: Choice, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    now, stock = clock.now(), choice.stock
    places = choice.places if choice.places in {1, DUO_QUANTITY} else None
    context = {
        "offer": offer,
        "zone": zone_of(offer.venue),
        "choice": choice,
        "stock": stock,
        "places": places,
        "step": 1 if stock is None else 2 if places is None else 3,
        "dates": page_of(request, choice.dates, size=DATES_PER_PAGE),
        "refusal": refusal,
        "duo_cents": stock.price_cents * DUO_QUANTITY if stock else None,
    }
    if stock is not None and places is not None:
        total = stock.price_cents * places
        deposit = Deposit.objects.of_person(request.user).first()
        remaining = deposit.remaining_cents(now) if deposit else 0
        shares = shares_of(request.user, offer, total, now)
        rest = total - sum(share.cents for share in shares)
        limit = cancellation_limit(now, stock.beginning_at)
        context |= {
            "total": total,
            "remaining": remaining,
            "after": remaining - rest,
            "shares": shares,
            "limit": limit,
            "may_cancel": limit is None or limit > now,
            "collect_days": delay.days if (delay := expiry_delay(offer.subcategory)) else None,
        }
    return render(request, "bookings/book.html", context, status=status)


def _confirm(request: HttpRequest, pk: int) -> HttpResponse:
    stock_id, places = _number(request, "date"), _number(request, "places")
    if stock_id is None or places not in {1, DUO_QUANTITY}:
        offer = _offer(pk)
        refusal = "Choisis une date, un tarif et un nombre de places."
        return _step(request, offer, _choice(request, offer), refusal=refusal, status=400)
    try:
        booking = book_offer(
            beneficiary=request.user,
            stock_id=stock_id,
            quantity=places,
            by=Actor.user(request.user),
        )
    except DomainError as error:
        return _refused(request, pk, stock_id, places, error)
    messages.success(request, f"C’est réservé : « {booking.offer.title} ».")
    return redirect("bookings:my_booking", pk=booking.pk)


def _refused(
    request: HttpRequest, pk: int, stock_id: int, places: int, error: DomainError
) -> HttpResponse:
    """The same recap with the reason; a date that filled up meanwhile stays shown."""
    offer = _offer(pk)
    choice = _choice(request, offer)
    stock = offer.stocks.select_related("price_category").filter(pk=stock_id).first()
    if stock is not None:
        tariffs = choice.tariffs or [stock]
        choice = Choice(choice.dates, tariffs, stock, places)
    return _step(request, offer, choice, refusal=error.message, status=error.http_status)


def zone_of(venue: Venue) -> str:
    """§0.3.2: a virtual venue has the zone of its structure."""
    return venue.time_zone if venue.department_code else venue.offerer.time_zone


def _number(request: HttpRequest, name: str) -> int | None:
    text = (request.POST if request.method == "POST" else request.GET).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
