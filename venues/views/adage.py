"""« Offres scolaires »: ask to be referenced in ADAGE, follow the file (VEN-14, VEN-15)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.adage_timeline import file_of
from venues.forms import AdageForm
from venues.models import AdageRequest, Offerer
from venues.permissions import may_use_portal
from venues.services.adage import ask_for_referencing, withdraw_request
from venues.views.venues import refuse


@allowed_if(may_use_portal)
@require_GET
def adage(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of life a venue: its latest request, or how to ask."""
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    venues = offerer.venues.physical().prefetch_related("adage_requests__transitions")
    files = [file_of(venue) for venue in venues]
    context = {
        "offerer": offerer,
        "files": [file for file in files if file.is_started],
        "may_ask": any(file.may_ask for file in files),
        "has_venue": bool(files),
        "is_referenced": offerer.is_referenced_for_schools,
    }
    return render(request, "venues/adage.html", context)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def adage_ask(request: HttpRequest, pk: int) -> HttpResponse:
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    person = {
        "venue": request.GET.get("lieu", ""),
        "contact_name": request.user.get_full_name(),
        "contact_email": request.user.email,
        "contact_phone": request.user.phone,
    }
    venues = offerer.venues.physical().filter(adage_id="")
    form = AdageForm(request.POST or None, venues=venues, initial=person)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                filed = ask_for_referencing(by=Actor.user(request.user), **form.facts())
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                messages.success(request, f"La demande de « {filed.venue} » est déposée.")
                return redirect("venues:adage", pk=pk)
    context = {"offerer": offerer, "form": form}
    return render(request, "venues/adage_ask.html", context, status=status)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def adage_withdraw(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    waiting = AdageRequest.objects.visible_to(request.user).waiting().select_related("venue")
    filed = get_object_or_404(waiting, pk=request_pk, venue__offerer_id=pk)
    if request.method == "POST":
        withdraw_request(request_id=filed.pk, by=Actor.user(request.user))
        messages.success(request, f"La demande de « {filed.venue} » est retirée.")
        return redirect("venues:adage", pk=pk)
    return render(request, "venues/adage_withdraw.html", {"filed": filed})
