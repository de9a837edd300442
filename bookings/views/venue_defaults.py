"""After a change of venue: apply it to the offers that exist, or not (VEN-10)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from bookings.forms import VenueDefaultsForm
from bookings.services.venue_defaults import apply_to_offers, preview_defaults
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from venues.models import Venue
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_defaults(request: HttpRequest, pk: int) -> HttpResponse:
    """The page says how many offers and bookings; POST does it."""
    venues = Venue.objects.visible_to(request.user).physical().select_related("offerer")
    venue = get_object_or_404(venues, pk=pk)
    form = VenueDefaultsForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            done = apply_to_offers(
                venue_id=venue.pk, by=Actor.user(request.user), **form.cleaned_data
            )
            text = f"{done.offers} offre{'s' if done.offers > 1 else ''} de « {venue.shown_name} »"
            text += " mises à jour" if done.offers > 1 else " mise à jour"
            if done.bookings:
                text += f", {done.bookings} e-mail{'s' if done.bookings > 1 else ''} envoyé"
                text += "s" if done.bookings > 1 else ""
            messages.success(request, f"{text}.")
            return redirect("venues:venue_welcome", pk=pk)
    context = {"venue": venue, "form": form, "preview": preview_defaults(venue=venue)}
    return render(request, "bookings/venue_defaults.html", context, status=status)
