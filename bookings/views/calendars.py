"""Calendar addresses of the venues for their staff, and the feed that calendars read."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from bookings import attendance, calendar
from bookings.models import CalendarFeed
from bookings.services.calendar_feed import close_feed, find_feed, open_feed, secret_of
from passpro.kernel import clock
from passpro.kernel.access import allowed_if, public
from passpro.kernel.actor import Actor
from venues.models import Venue
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
def calendars(request: HttpRequest) -> HttpResponse:
    """Each venue with its private address, if any."""
    venues = Venue.objects.visible_to(request.user).physical().order_by("name", "pk")
    feeds = CalendarFeed.objects.filter(venue__in=venues, opened_at__isnull=False)
    addresses = {feed.venue_id: _address(feed) for feed in feeds}
    rows = [(venue, addresses.get(venue.pk, "")) for venue in venues]
    return render(request, "bookings/calendars.html", {"rows": rows})


@allowed_if(may_use_portal)
@require_POST
def calendar_change(request: HttpRequest, pk: int) -> HttpResponse:
    """`action`: ouvrir (also changes the address) or fermer."""
    venue = get_object_or_404(Venue.objects.visible_to(request.user).physical(), pk=pk)
    by = Actor.user(request.user)
    if request.POST.get("action") == "fermer":
        close_feed(venue=venue, by=by)
        messages.success(request, f"L’agenda de « {venue.shown_name} » ne répond plus.")
    else:
        open_feed(venue=venue, by=by)
        messages.success(request, f"L’adresse de l’agenda de « {venue.shown_name} » est prête.")
    return redirect("bookings:calendars")


@public
@require_GET
def calendar_feed(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Coming dates with the places booked; no name of anybody, the address may travel."""
    feed = find_feed(venue_id=pk, secret=secret)
    if feed is None:
        raise Http404
    content = calendar.feed_of(feed.venue, attendance.sessions_of_venue(feed.venue, clock.now()))
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=900"
    return answer


def _address(feed: CalendarFeed) -> str:
    path = reverse("bookings:calendar_feed", args=[feed.venue_id, secret_of(feed)])
    return settings.SITE_URL + path
