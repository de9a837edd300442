"""« Paramètres » → « Synchronisations »: choose the software that acts for a venue (seed 000)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.forms import partner_form
from venues.models import Provider, Venue, VenueProvider, VenueProviderTransition
from venues.permissions import may_manage_synchronisations, may_use_portal
from venues.services.synchronisations import (
    authorise_provider,
    check_known,
    update_link,
)
from venues.views.venues import own_venue, refuse

PAGE = "venues:synchronisations"


@allowed_if(may_use_portal)
@require_GET
def synchronisations(request: HttpRequest, pk: int) -> HttpResponse:
    venue = own_venue(request, pk)
    link = venue.provider_links.live().select_related("provider").first()
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    context = {
        "venue": venue,
        "tab": "synchronisations",
        "link": link,
        "providers": Provider.objects.listed().filter(name__icontains=words),
        "words": words,
        "history": VenueProviderTransition.objects.filter(link__venue=venue)
        .select_related("link__provider")
        .order_by("-at", "-pk")[:20],
        "may_manage": may_manage_synchronisations(request.user, venue.offerer),
    }
    return render(request, "venues/synchronisations.html", context)


def managed_venue(request: HttpRequest, pk: int) -> Venue:
    """A venue whose software the person may choose; 404 for others, 403 for a mere member."""
    venue = own_venue(request, pk)
    if not may_manage_synchronisations(request.user, venue.offerer):
        raise PermissionDenied
    return venue


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def authorise(request: HttpRequest, pk: int, provider_pk: int) -> HttpResponse:
    """What the partner will do, the venue's contacts, then the authorisation (PRV-04).

    For the partner already chosen, the same page changes the contacts.
    """
    venue = managed_venue(request, pk)
    provider = get_object_or_404(Provider.objects.filter(is_active=True), pk=provider_pk)
    link = venue.provider_links.live().filter(provider=provider).first()
    given = {} if link is None else {"initial": _contacts(link)}
    posted = request.POST if request.method == "POST" else None
    form = partner_form(provider)(posted, venue=venue, **given)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            by = Actor.user(request.user)
            try:
                if link is not None:
                    update_link(link_id=link.pk, by=by, **form.cleaned_data)
                    text = f"Les contacts donnés à {provider.name} sont enregistrés."
                else:
                    check_known(venue=venue, provider=provider)
                    authorise_provider(
                        venue_id=venue.pk, provider_id=provider.pk, by=by, **form.cleaned_data
                    )
                    text = f"{provider.name} peut maintenant agir pour « {venue.shown_name} »."
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                messages.success(request, text)
                return redirect(PAGE, pk=pk)
    context = {"venue": venue, "provider": provider, "link": link, "form": form}
    return render(request, "venues/synchronisation_authorise.html", context, status=status)


def _contacts(link: VenueProvider) -> dict[str, Any]:
    return {name: getattr(link, name) for name in partner_form(link.provider).base_fields}
