"""What everybody may open by its address: an offer (Y4) and a place (Y5)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from offers import presentation, structured_data
from offers.cards import cards, distance, home_position
from offers.models import Favorite, Offer, OfferReport
from offers.paging import capped_page
from passpro.kernel import clock
from passpro.kernel.access import public
from venues.models import Venue
from venues.opening import Range, week_of

SHOWN_DATES = 20
FEW_PLACES = 10  # the last ones are drawn in orange
ACCESSIBILITY = ("visual", "mental", "motor", "audio")


@public
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer: what, when, where, how much, and the way to book it; its address is shared."""
    now = clock.now()
    offers = Offer.objects.opened_by_link(now).select_related("venue__offerer")
    shown = get_object_or_404(offers, pk=pk)
    live = shown.stocks.live().select_related("price_category")
    upcoming = live.filter(beginning_at__gt=now).order_by("beginning_at", "price_cents")
    dates = list(upcoming[: SHOWN_DATES + 1]) if shown.is_event else list(live[:1])
    figures = live.bookable(now).figures_by_offer([shown.pk], now)[shown.pk]
    can_be_booked = shown.is_open_to_booking(now) and figures.count > 0
    context = {
        "offer": shown,
        "venue": shown.venue,
        "dates": [(stock, stock.is_bookable(now)) for stock in dates[:SHOWN_DATES]],
        "has_more_dates": len(dates) > SHOWN_DATES,
        "figures": figures,
        "can_be_booked": can_be_booked,
        "few_places": FEW_PLACES,
        "may_book": can_be_booked and _is_young(request),
        "prices": shown.price_categories.order_by("price_cents", "label"),
        "distance": distance(shown, home_position(request.user)),
        "duration": presentation.duration(shown.duration_minutes),
        "withdrawal": presentation.withdrawal(shown),
        "accessibility": presentation.accessibility(shown),
        "artists": [line for line in presentation.artist_lines(shown) if line[1]],
        "share": structured_data.share_of(shown, figures),
        "structured": structured_data.script_of(shown, dates[:SHOWN_DATES], now),
        **_kept_and_reported(request, shown),
    }
    return render(request, "offers/app_offer.html", context)


def _is_young(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_beneficiary


def _kept_and_reported(request: HttpRequest, shown: Offer) -> dict[str, Any]:
    """The young person's own buttons; nobody else has them."""
    if not _is_young(request):
        return {"is_young": False, "is_kept": False, "is_reported": False}
    mine = {"user": request.user, "offer": shown}
    return {
        "is_young": True,
        "is_kept": Favorite.objects.filter(**mine).exists(),
        "is_reported": OfferReport.objects.filter(**mine).exists(),
    }


@public
def venue(request: HttpRequest, pk: int) -> HttpResponse:
    """A place as young people see it: what it is, when it opens, how to get there, its offers."""
    now = clock.now()
    places = Venue.objects.open_to_young_people().select_related("offerer")
    shown = get_object_or_404(places, pk=pk)
    offers = Offer.objects.bookable(now).filter(venue=shown).select_related("venue")
    page = capped_page(request, offers.order_by("-publication_at", "-pk"))
    position = home_position(request.user)
    ranges = [
        Range(one.weekday, one.opens_minute, one.closes_minute)
        for one in shown.opening_ranges.all()
    ]
    context = {
        "venue": shown,
        "page": page,
        "results": cards(page, now, position),
        "week": week_of(ranges) if ranges else [],
        "today": clock.today().weekday(),
        "accessibility": presentation.accessibility(shown),
        "has_contacts": bool(
            shown.phone or shown.contact_email or shown.website or shown.social_links
        ),
    }
    return render(request, "offers/app_venue.html", context)
