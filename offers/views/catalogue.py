"""The young people's pages: home, search, offer (Y2 to Y4); professionals may look (Y13)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode

from offers import geography, presentation
from offers.filters import BY_DISTANCE, ORDERS, CatalogueFilter
from offers.models import Offer, Selection, Stock
from offers.paging import capped_page
from offers.permissions import may_browse_catalogue
from offers.services.selections import offers_of, rails_for
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.reference.categories import SEARCH_GROUPS

HOME_CARDS = 10
HOME_DATES = 6
SHOWN_DATES = 20
FEW_PLACES = 10  # the last ones are drawn in orange
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


def cards(offers: Iterable[Offer], now: datetime) -> list[dict[str, Any]]:
    """Offers with the figures and the distance that a card shows; two queries in all."""
    offers = list(offers)
    figures = Stock.objects.bookable(now).figures_by_offer([offer.pk for offer in offers], now)
    return [
        {
            "offer": offer,
            "figures": figures[offer.pk],
            "distance": geography.distance_words(getattr(offer, "distance_km", None)),
        }
        for offer in offers
    ]


def _home_place(user: User) -> str:
    """Where the person says to live, as it would be typed in the search."""
    return user.postal_code or user.department_code


@allowed_if(may_browse_catalogue)
def home(request: HttpRequest) -> HttpResponse:
    """Near dates, novelties and free offers; around the person's home when it is known."""
    now, place = clock.now(), _home_place(request.user)

    query = {"adresse": place, "rayon": "50"} if place else {}

    def found(**filters: str) -> CatalogueFilter:
        asked = QueryDict(mutable=True)
        asked.update({**query, **filters})
        return CatalogueFilter(asked)

    dated = found(tri="date", du=f"{clock.today():%Y-%m-%d}")
    rails = rails_for(department_code=request.user.department_code, now=now)
    context = {
        "rails": [(rail.selection, cards(rail.offers, now)) for rail in rails],
        "place": dated.position,
        "dated": cards(dated.apply(now)[:HOME_DATES], now),
        "new": cards(found(tri="nouveautes").apply(now)[:HOME_CARDS], now),
        "free": cards(found(gratuit="on", tri="nouveautes").apply(now)[:HOME_CARDS], now),
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
    context = {"selection": shown, "page": page, "results": cards(page, now)}
    return render(request, "offers/app_selection.html", context)


@allowed_if(may_browse_catalogue)
def search(request: HttpRequest) -> HttpResponse:
    """Filtered, sorted and paged offers; the address of a search can be shared."""
    now = clock.now()
    form = CatalogueFilter(request.GET)
    page = capped_page(request, form.apply(now))
    context = {
        "form": form,
        "page": page,
        "results": cards(page, now),
        "chips": _chips(request, form),
        "orders": [order for order in ORDERS if form.position or order[0] != BY_DISTANCE],
    }
    return render(request, "offers/app_search.html", context)


def _chips(request: HttpRequest, form: CatalogueFilter) -> list[dict[str, str]]:
    """Each filter in use, with the address of the same search without it."""
    linked = {"adresse": ("adresse", "rayon", "lat", "lon"), "du": ("du", "au")}
    chips = []
    for name, words in form.removable():
        query = request.GET.copy()
        query.pop("page", None)
        if name == "groupe":
            kept = [code for code in query.getlist(name) if SEARCH_GROUPS.get(code) != words]
            query.setlist(name, kept)
        else:
            for key in linked.get(name, (name,)):
                query.pop(key, None)
        chips.append({"label": words, "href": f"?{query.urlencode()}"})
    return chips


@allowed_if(may_browse_catalogue)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer: what, when, where, how much, and the way to book it."""
    now = clock.now()
    offers = Offer.objects.opened_by_link(now).select_related("venue__offerer")
    place = geography.locate(_home_place(request.user)) if _home_place(request.user) else None
    if place:
        offers = geography.with_distance(offers, place)
    shown = get_object_or_404(offers, pk=pk)
    live = shown.stocks.live().select_related("price_category")
    upcoming = live.filter(beginning_at__gt=now).order_by("beginning_at", "price_cents")
    dates = list(upcoming[: SHOWN_DATES + 1]) if shown.is_event else list(live[:1])
    bookable = live.bookable(now)
    figures = bookable.figures_by_offer([shown.pk], now)[shown.pk]
    can_be_booked = shown.is_released(now) and figures.count > 0
    context = {
        "offer": shown,
        "venue": shown.venue,
        "dates": [(stock, stock.is_bookable(now)) for stock in dates[:SHOWN_DATES]],
        "has_more_dates": len(dates) > SHOWN_DATES,
        "figures": figures,
        "can_be_booked": can_be_booked,
        "few_places": FEW_PLACES,
        "may_book": can_be_booked and request.user.is_beneficiary,
        "prices": shown.price_categories.order_by("price_cents", "label"),
        "distance": geography.distance_words(getattr(shown, "distance_km", None)),
        "duration": presentation.duration(shown.duration_minutes),
        "withdrawal": presentation.withdrawal(shown),
        "accessibility": presentation.accessibility(shown),
        "artists": [line for line in presentation.artist_lines(shown) if line[1]],
    }
    return render(request, "offers/app_offer.html", context)
