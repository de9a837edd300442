"""Pause, resume or take back a venue's software, with what its offers become (PRV-06)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from offers.models import FeedRun
from offers.services.feeds import ask_for_reading
from offers.services.synchronised import (
    kept_by,
    pause_synchronisation,
    resume_synchronisation,
    revoke_synchronisation,
)
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Venue
from venues.permissions import may_use_portal
from venues.views.synchronisations import PAGE, managed_venue

# In the address → what it does, what the message says of the software, then of its offers.
VERBS = {
    "pause": (
        pause_synchronisation,
        "n’agit plus pour ce lieu, jusqu’à la reprise.",
        ("Son offre n’est plus visible.", "Ses {} offres ne sont plus visibles."),
    ),
    "reprise": (
        resume_synchronisation,
        "agit de nouveau pour ce lieu.",
        ("Son offre est de nouveau visible.", "Ses {} offres sont de nouveau visibles."),
    ),
    "retrait": (
        revoke_synchronisation,
        "n’agit plus pour ce lieu.",
        ("Son offre n’est plus visible.", "Ses {} offres ne sont plus visibles."),
    ),
}


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int, provider_pk: int, verb: str) -> HttpResponse:
    """A page asks to confirm what stops, or starts again; the POST does it (PRV-06)."""
    venue = managed_venue(request, pk)
    if verb not in VERBS:
        raise Http404
    links = venue.provider_links.live().select_related("provider")
    link = get_object_or_404(links, provider_id=provider_pk)
    if request.method == "POST":
        service, words, of_offers = VERBS[verb]
        try:
            count = service(link_id=link.pk, by=Actor.user(request.user))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            more = f" {of_offers[count > 1].format(count)}" if count else ""
            messages.success(request, f"{link.provider.name} {words}{more}")
        return redirect(PAGE, pk=pk)
    shown = kept_by(link).filter(is_active=True).count()
    context = {"venue": venue, "link": link, "verb": verb, "offer_count": shown}
    return render(request, "offers/synchronisation_change.html", context)


@allowed_if(may_use_portal)
@require_POST
def read_now(request: HttpRequest, pk: int) -> HttpResponse:
    """« Lire maintenant »: the feed of the venue's software, whatever its hour (PRV-10)."""
    venue = managed_venue(request, pk)
    link = get_object_or_404(venue.provider_links.live().exclude(provider__feed_url=""))
    try:
        ask_for_reading(link_id=link.pk)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request,
            f"Les stocks de {link.provider.name} vont être lus dans les dix minutes : revenez sur "
            "cette page pour le résultat.",
        )
    return redirect(PAGE, pk=pk)


@allowed_if(may_use_portal)
@require_GET
def feed_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What a reading did, and the lines it refused (PRV-10)."""
    runs = FeedRun.objects.filter(link__venue__in=Venue.objects.visible_to(request.user))
    run = get_object_or_404(runs.select_related("link__venue", "link__provider"), pk=pk)
    return render(request, "offers/feed_run.html", {"run": run, "venue": run.link.venue})
