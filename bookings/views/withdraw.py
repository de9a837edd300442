"""Ask, then delete a date or a stock with its bookings (STK-68)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from bookings.services.cancel_offer import cancel_offer, preview_cancellation
from bookings.services.withdraw import preview_withdrawal, withdraw_stock
from offers.models import Offer, Stock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.money import euros
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The page says how many bookings, how many euros and who is written to; POST does it."""
    mine = Offer.objects.visible_to(request.user)
    stocks = Stock.objects.live().filter(offer__in=mine).select_related("offer__venue__offerer")
    stock = get_object_or_404(stocks, pk=pk)
    if request.method != "POST":
        return _ask(request, stock)
    try:
        done = withdraw_stock(stock=stock, by=Actor.user(request.user))
    except DomainError as error:
        return _ask(request, stock, refusal=error.message, status=error.http_status)
    what = "Date supprimée" if stock.offer.is_event else "Stock supprimé"
    if done.bookings:
        count = f"{done.bookings} réservation{'s' if done.bookings > 1 else ''}"
        what += f" : {count} annulée{'s' if done.bookings > 1 else ''} ({euros(done.cents)})"
    messages.success(request, f"{what}.")
    return redirect("offers:detail", pk=stock.offer_id)


@allowed_if(may_use_portal)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a whole offer: how many dates, bookings and euros first, then all at once."""
    mine = Offer.objects.visible_to(request.user).select_related("venue__offerer")
    offer = get_object_or_404(mine, pk=pk)
    status, refusal = 200, ""
    if request.method == "POST":
        try:
            done = cancel_offer(offer=offer, by=Actor.user(request.user))
        except DomainError as error:
            status, refusal = error.http_status, error.message
        else:
            count = f"{done.bookings} réservation{'s' if done.bookings > 1 else ''}"
            what = f"« {offer.title} » est annulée"
            if done.bookings:
                what += f" : {count} annulée{'s' if done.bookings > 1 else ''}"
                what += f" ({euros(done.cents)})"
            messages.success(request, f"{what}.")
            return redirect("offers:detail", pk=pk)
    context = {"offer": offer, "preview": preview_cancellation(offer=offer), "refusal": refusal}
    return render(request, "bookings/cancel_offer.html", context, status=status)


def _ask(
    request: HttpRequest, stock: Stock, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"stock": stock, "preview": preview_withdrawal(stock=stock), "refusal": refusal}
    return render(request, "bookings/withdraw.html", context, status=status)
