"""Ask, then delete several dates of an event with their bookings (STK-42, STK-68)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from bookings.services.withdraw_many import (
    dates_to_withdraw,
    preview_withdrawals,
    withdraw_dates,
)
from offers.forms.series import DateFilter
from offers.models import Offer
from offers.occurrences import occurrences
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.money import euros
from venues.permissions import may_use_portal

_SHOWN = 10


@allowed_if(may_use_portal)
def withdraw_many(request: HttpRequest, pk: int) -> HttpResponse:
    """The page says how many dates, bookings and euros; POST does exactly that."""
    mine = Offer.objects.visible_to(request.user).select_related("venue__offerer")
    offer = get_object_or_404(mine, pk=pk)
    if request.method == "POST":
        ids = _numbers(request.POST.get("dates", "").split(","))
        try:
            count, done = withdraw_dates(offer=offer, stock_ids=ids, by=Actor.user(request.user))
        except DomainError as error:
            return _ask(request, offer, ids, refusal=error.message, status=error.http_status)
        gone = f"{count} date{'s supprimées' if count > 1 else ' supprimée'}"
        if done.bookings:
            gone += (
                f" : {done.bookings} réservation{'s annulées' if done.bookings > 1 else ' annulée'}"
                f" ({euros(done.cents)})"
            )
        messages.success(request, f"{gone}.")
        return redirect("offers:stocks", pk=pk)
    ids = _asked(request, offer)
    if not ids:
        messages.error(request, "Cochez au moins une date.")
        return redirect("offers:stocks", pk=pk)
    return _ask(request, offer, ids)


def _asked(request: HttpRequest, offer: Offer) -> list[int]:
    """The dates ticked, or all those that the filters find."""
    if "toutes" not in request.GET:
        return _numbers(request.GET.getlist("date"))
    data = DateFilter(request.GET, offer=offer).cleaned_data
    found = occurrences(
        offer, day=data.get("jour"), hour=data.get("heure"), tariff=data.get("tarif")
    )
    return list(found.values_list("pk", flat=True))


def _numbers(typed: list[str]) -> list[int]:
    return [int(text) for text in typed if text.isascii() and text.isdigit() and len(text) < 19]


def _ask(
    request: HttpRequest, offer: Offer, ids: list[int], *, refusal: str = "", status: int = 200
) -> HttpResponse:
    dates = dates_to_withdraw(offer=offer, stock_ids=ids)
    pks = [stock.pk for stock in dates]
    context = {
        "offer": offer,
        "count": len(dates),
        "dates": dates[:_SHOWN],
        "more": len(dates[_SHOWN:]),
        "ids": ",".join(map(str, pks)),
        "preview": preview_withdrawals(stock_ids=pks),
        "refusal": refusal,
    }
    return render(request, "bookings/withdraw_many.html", context, status=status)
