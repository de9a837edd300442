"""Creation and change of a physical venue (D3, D4)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.forms import VenueForm
from venues.models import Offerer, Venue
from venues.permissions import may_use_portal
from venues.services.venues import open_venue, update_venue


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_create(request: HttpRequest, pk: int) -> HttpResponse:
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    form = VenueForm(request.POST or None, offerer=offerer)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                venue = open_venue(
                    offerer_id=offerer.pk, by=Actor.user(request.user), **form.facts()
                )
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                messages.success(request, f"Le lieu « {venue.shown_name} » est créé.")
                return redirect("venues:structure", pk=offerer.pk)
    context = {"form": form, "offerer": offerer}
    return render(request, "venues/venue_form.html", context, status=status)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The digital venue is nobody's to change: it answers 404."""
    venues = Venue.objects.visible_to(request.user).physical().select_related("offerer")
    venue = get_object_or_404(venues, pk=pk)
    form = VenueForm(request.POST or None, offerer=venue.offerer, venue=venue)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved = update_venue(venue_id=venue.pk, by=Actor.user(request.user), **form.facts())
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
                status = error.http_status
            else:
                messages.success(request, f"Le lieu « {saved.shown_name} » est enregistré.")
                return redirect("venues:structure", pk=venue.offerer_id)
    context = {"form": form, "offerer": venue.offerer, "venue": venue}
    return render(request, "venues/venue_form.html", context, status=status)
