"""Close, duplicate: what is done to one offer besides changing it."""

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from offers.dates import local_parts
from offers.enums import DisplayStatus
from offers.forms import refuse
from offers.forms.stocks import PublicationForm
from offers.services.close import close_offer, stocks_ahead
from offers.services.duplicate import duplicate_offer
from offers.services.plan import change_publication
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


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Another instant for a planned offer, or now (OFF-121)."""
    offer = own_offer(request, pk)
    if offer.display_status != DisplayStatus.SCHEDULED:
        return redirect("offers:detail", pk=pk)
    day, hour = local_parts(offer.publication_at, offer.time_zone)
    now_planned = {"when": "later", "publication_day": day, "publication_hour": f"{hour:%H:%M}"}
    form = PublicationForm(request.POST or None, zone=offer.time_zone, initial=now_planned)
    if form.is_bound and form.is_valid():
        try:
            change_publication(
                offer=offer,
                publication_at=form.cleaned_data["publication_at"],
                by=Actor.user(request.user),
            )
        except DomainError as error:
            refuse(form, error, {"publication_at": "publication_day"})
        else:
            messages.success(request, f"La publication de « {offer.title} » est changée.")
            return redirect("offers:detail", pk=pk)
    status = 400 if form.errors else 200
    return render(request, "offers/publication.html", {"offer": offer, "form": form}, status=status)


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
