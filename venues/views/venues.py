"""Creation of a physical venue and the pages that describe it (D3, D4, D6, D7)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.registers.limits import count_lookup
from venues.exceptions import WrongOpeningHours
from venues.forms import IdentityForm, NewVenueForm, NotificationsForm, OpeningForm, WelcomeForm
from venues.identifiers import clean_siret
from venues.lookups import completed, known_establishment
from venues.models import Offerer, Venue
from venues.permissions import may_use_portal
from venues.services.public_face import welcome_public
from venues.services.venues import open_venue, update_venue

LOOKUPS_PER_MINUTE = 20


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_create(request: HttpRequest, pk: int) -> HttpResponse:
    """`?siret=` fills the form from the register, with or without script (STR-037)."""
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    form = NewVenueForm(request.POST or None, offerer=offerer, initial=_prefilled(request, offerer))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                venue = open_venue(
                    offerer_id=offerer.pk, by=Actor.user(request.user), **completed(form.facts())
                )
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                messages.success(request, f"Le lieu « {venue.shown_name} » est créé.")
                return redirect("venues:venue_created", pk=venue.pk)
    context = {"form": form, "offerer": offerer}
    return render(request, "venues/venue_create.html", context, status=status)


def _prefilled(request: HttpRequest, offerer: Offerer) -> dict[str, Any]:
    """What the register knows of the SIRET asked; a message says why there is nothing."""
    typed = request.GET.get("siret", "").replace("\x00", "").strip()[:30]
    if not typed or request.method != "GET":
        return {}
    try:
        siret = clean_siret(typed, siren=offerer.siren)
        count_lookup(register="companies", person=request.user.pk, per_minute=LOOKUPS_PER_MINUTE)
        found = known_establishment(siret)
    except DomainError as error:
        messages.error(request, error.message)
        return {"siret": typed}
    if found is None:
        messages.warning(
            request, "Le répertoire des entreprises ne répond pas : saisissez les informations."
        )
        return {"siret": siret}
    return {
        "siret": siret,
        "name": found.name,
        "street": found.street,
        "postal_code": found.postal_code,
        "city": found.city,
    }


def refuse(form: Any, error: DomainError) -> None:
    """Put a refusal beside the field it names, else on top of the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def own_venue(request: HttpRequest, pk: int) -> Venue:
    """A physical venue of the person; the digital one is nobody's to change: 404."""
    venues = Venue.objects.visible_to(request.user).physical().select_related("offerer")
    venue: Venue = get_object_or_404(venues, pk=pk)
    return venue


@allowed_if(may_use_portal)
@require_http_methods(["GET"])
def venue_created(request: HttpRequest, pk: int) -> HttpResponse:
    """STR-041: what to do next, an offer or a synchronisation."""
    return render(request, "venues/venue_created.html", {"venue": own_venue(request, pk)})


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    venue = own_venue(request, pk)
    form = IdentityForm(request.POST or None, offerer=venue.offerer, venue=venue)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved = update_venue(
                    venue_id=venue.pk, by=Actor.user(request.user), **completed(form.facts())
                )
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                messages.success(request, f"Le lieu « {saved.shown_name} » est enregistré.")
                return redirect("venues:venue_edit", pk=pk)
    context = {"form": form, "venue": venue, "tab": "identity"}
    return render(request, "venues/venue_edit.html", context, status=status)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_welcome(request: HttpRequest, pk: int) -> HttpResponse:
    venue = own_venue(request, pk)
    form = WelcomeForm(request.POST or None, venue=venue)
    hours = OpeningForm(request.POST or None, ranges=list(venue.opening_ranges.all()))
    status = 200
    if request.method == "POST":
        status = 400
        if all([form.is_valid(), hours.is_valid()]):
            try:
                welcome_public(
                    venue_id=venue.pk,
                    ranges=hours.ranges(),
                    by=Actor.user(request.user),
                    **form.facts(),
                )
            except WrongOpeningHours as error:
                hours.add_error(f"{error.field}_opens1", error.message)
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                messages.success(request, f"L’accueil de « {venue.shown_name} » est enregistré.")
                to_offers = form.cleaned_data["apply_to_offers"]
                next_page = "bookings:venue_defaults" if to_offers else "venues:venue_welcome"
                return redirect(next_page, pk=pk)
    context = {"form": form, "hours": hours, "venue": venue, "tab": "welcome"}
    return render(request, "venues/venue_welcome.html", context, status=status)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_notifications(request: HttpRequest, pk: int) -> HttpResponse:
    venue = own_venue(request, pk)
    form = NotificationsForm(request.POST or None, venue=venue)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            update_venue(venue_id=venue.pk, by=Actor.user(request.user), **form.cleaned_data)
            messages.success(
                request,
                f"Les réservations de « {venue.shown_name} » sont annoncées à "
                f"{form.cleaned_data['booking_email']}.",
            )
            return redirect("venues:venue_notifications", pk=pk)
    context = {"form": form, "venue": venue, "tab": "notifications"}
    return render(request, "venues/venue_notifications.html", context, status=status)
