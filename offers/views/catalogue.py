"""The young people's pages: home, selections, search (Y2, Y3); professionals may look (Y13)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode

from offers import finding
from offers.cards import cards, home_place, home_position, pictured_first
from offers.catalogue_filter import CatalogueFilter
from offers.models import Selection
from offers.paging import capped_page, found_page
from offers.permissions import may_browse_catalogue
from offers.search_help import chips_of, ways_on
from offers.services.selections import offers_of, rails_for
from passpro.kernel import clock, text_search
from passpro.kernel.access import allowed_if
from passpro.reference.categories import SEARCH_GROUPS
from venues.models import Venue

HOME_CARDS = 10
HOME_DATES = 6
VENUES_FOUND = 3
GROUP_ICONS = {
    "FILMS_SERIES_CINEMA": "film",
    "CONCERTS_FESTIVALS": "music-note-beamed",
    "SPECTACLES": "emoji-smile",
    "LIVRES": "book",
    "MUSEES_VISITES_CULTURELLES": "bank",
    "ARTS_LOISIRS_CREATIFS": "brush",
    "JEUX_JEUX_VIDEOS": "dice-5",
    "RENCONTRES_CONFERENCES": "people",
}


@allowed_if(may_browse_catalogue)
def home(request: HttpRequest) -> HttpResponse:
    """Near dates, novelties and free offers; around the person's home when it is known."""
    now, place = clock.now(), home_place(request.user)
    query = {"adresse": place, "rayon": "50"} if place else {}

    def found(most: int, **filters: str) -> Any:
        asked = QueryDict(mutable=True)
        asked.update({**query, **filters})
        form = CatalogueFilter(asked)
        return form, finding.offers_in_order(finding.found(form, now, most=most))

    dated, next_ones = found(HOME_DATES, tri="date", du=f"{clock.today():%Y-%m-%d}")
    newest = found(HOME_CARDS * 4, tri="nouveautes")[1]
    free = found(HOME_CARDS * 2, gratuit="on", tri="nouveautes")[1]
    position = dated.position
    rails = rails_for(department_code=request.user.department_code, now=now)
    context = {
        "rails": [(rail.selection, cards(rail.offers, now, position)) for rail in rails],
        "place": position,
        "dated": cards(next_ones, now, position),
        "new": cards(pictured_first(newest, HOME_CARDS), now, position),
        "free": cards(pictured_first(free, HOME_CARDS), now, position),
        "groups": [(code, SEARCH_GROUPS[code], icon) for code, icon in GROUP_ICONS.items()],
        "query": query,
        "around": urlencode(query),
    }
    return render(request, "offers/app_home.html", context)


@allowed_if(may_browse_catalogue)
def selection(request: HttpRequest, pk: int) -> HttpResponse:
    """All the offers of a selection of the day that can still be booked."""
    now = clock.now()
    shown = get_object_or_404(Selection.objects.running(clock.today()), pk=pk)
    page = capped_page(request, offers_of(shown, now=now))
    context = {
        "selection": shown,
        "page": page,
        "results": cards(page, now, home_position(request.user)),
    }
    return render(request, "offers/app_selection.html", context)


@allowed_if(may_browse_catalogue)
def search(request: HttpRequest) -> HttpResponse:
    """Filtered, sorted and paged offers; the address of a search can be shared."""
    now = clock.now()
    form = CatalogueFilter(request.GET)
    page = found_page(request, finding.found(form, now, most=finding.MOST + 1))
    context = {
        "form": form,
        "page": page,
        "results": cards(page, now, form.position or home_position(request.user)),
        "venues": _venues(form) if page.number == 1 else [],
        "chips": chips_of(request.GET, form),
        "ways_on": [] if page else ways_on(request.GET, form, now),
    }
    return render(request, "offers/app_search.html", context)


def _venues(form: CatalogueFilter) -> list[Venue]:
    """Y3: a word that names a place leads to its page too."""
    if not form.words:
        return []
    venues = Venue.objects.open_to_young_people()
    named = text_search.with_names(venues, form.words, "name", "public_name")
    return list(named.order_by("name", "pk")[:VENUES_FOUND])
