"""« Vos structures » and one structure (D2)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from passpro.kernel.access import allowed_if
from passpro.kernel.paging import page_of
from venues.constants import (
    HISTORY_SHOWN,
    MAX_API_KEYS_PER_OFFERER,
    TEAM_SHOWN_ON_STRUCTURE,
    VENUES_SHOWN_ON_STRUCTURE,
)
from venues.models import Membership, Offerer
from venues.permissions import is_administrator, may_use_portal


@allowed_if(may_use_portal)
@require_GET
def structures(request: HttpRequest) -> HttpResponse:
    """A waiting attachment is listed without a link: nothing else opens before (ATT-04)."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    mine = Membership.objects.listed_for(request.user)
    found = mine.matching(words).with_venue_count().order_by("offerer__name", "pk")
    context = {
        "page": page_of(request, found),
        "words": words,
        "has_any": bool(words) and mine.exists(),
    }
    return render(request, "venues/structures.html", context)


@allowed_if(may_use_portal)
@require_GET
def structure(request: HttpRequest, pk: int) -> HttpResponse:
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    return render(request, "venues/structure.html", structure_context(request, offerer))


def structure_context(request: HttpRequest, offerer: Offerer) -> dict[str, Any]:
    """What the structure page shows."""
    keys = list(offerer.api_keys.live().select_related("created_by"))
    may_manage = is_administrator(request.user, offerer)
    people = offerer.memberships.team()
    return {
        "offerer": offerer,
        **_venues(request, offerer),
        "team": people[:TEAM_SHOWN_ON_STRUCTURE],
        "team_count": people.count(),
        "may_manage_team": may_manage,
        "me": request.user.pk,
        "keys": keys,
        "keys_limit": MAX_API_KEYS_PER_OFFERER,
        "may_add_key": offerer.is_open and len(keys) < MAX_API_KEYS_PER_OFFERER,
        "may_manage_keys": may_manage,
        "history": offerer.transitions.order_by("-at", "-pk")[:HISTORY_SHOWN],
    }


def _venues(request: HttpRequest, offerer: Offerer) -> dict[str, Any]:
    """A page of the venues, those whose names begin with the words typed; the digital one last."""
    words = request.GET.get("lieu", "").replace("\x00", "").strip()[:100]
    venues = offerer.venues.order_by("is_virtual", "name", "pk")
    if words:
        venues = venues.named(words)
    page = page_of(request, venues, size=VENUES_SHOWN_ON_STRUCTURE)
    return {
        "venues": page,
        "venue_words": words,
        "physical_count": offerer.venues.physical().count(),
        "has_many_venues": bool(words) or page.paginator.num_pages > 1,
    }
