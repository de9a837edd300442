"""Close, duplicate: what is done to one offer besides changing it."""

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from offers.services.close import close_offer, stocks_ahead
from offers.services.duplicate import duplicate_offer
from offers.views.detail import own_offer
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then stop the bookings of all dates ahead; those made are kept (STK-69)."""
    offer = own_offer(request, pk)
    status, refusal = 200, ""
    if request.method == "POST":
        try:
            close_offer(offer=offer, by=Actor.user(request.user))
        except DomainError as error:
            status, refusal = error.http_status, error.message
        else:
            messages.success(request, f"La billetterie de « {offer.title} » est clôturée.")
            return redirect("offers:detail", pk=pk)
    ahead = stocks_ahead(offer).order_by()
    context = {
        "offer": offer,
        "refusal": refusal,
        "dates": ahead.count(),
        "booked": ahead.aggregate(booked=Sum("booked_quantity", default=0))["booked"],
    }
    return render(request, "offers/close.html", context, status=status)


@require_POST
@allowed_if(may_use_portal)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft that begins like this offer, opened at its first step."""
    offer = own_offer(request, pk)
    try:
        copy = duplicate_offer(offer=offer, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("offers:detail", pk=pk)
    messages.success(request, f"Le brouillon « {copy.title} » est créé : il reste à le dater.")
    return redirect("offers:details", pk=copy.pk)
