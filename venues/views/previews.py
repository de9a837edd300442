"""What is not written but looked at: the digital venue, and a venue as young people see it."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from venues.forms.venues import ACCESSIBILITY
from venues.models import Venue
from venues.opening import Range, week_of
from venues.permissions import is_administrator, may_use_portal
from venues.views.venues import own_venue


@allowed_if(may_use_portal)
@require_GET
def venue_digital(request: HttpRequest, pk: int) -> HttpResponse:
    """The one venue without address: only where its money goes can be chosen (§5.1)."""
    venues = Venue.objects.visible_to(request.user).filter(is_virtual=True)
    venue = get_object_or_404(venues.select_related("offerer"), pk=pk)
    may_manage = is_administrator(request.user, venue.offerer)
    return render(request, "venues/venue_digital.html", {"venue": venue, "may_manage": may_manage})


@allowed_if(may_use_portal)
@require_GET
def venue_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Two phones: the venue in a list and on its own page (portal.md 5.5, step 3)."""
    venue = own_venue(request, pk)
    week = week_of(
        Range(one.weekday, one.opens_minute, one.closes_minute)
        for one in venue.opening_ranges.all()
    )
    today = clock.now().astimezone(ZoneInfo(venue.time_zone)).weekday()
    context = {
        "venue": venue,
        "tab": "preview",
        "week": week if any(day.is_open for day in week) else [],
        "today": week[today],
        "accessibility": ", ".join(
            words.lower()
            for name, words in ACCESSIBILITY[:-1]
            if getattr(venue, f"{name}_accessible")
        ),
        "missing": _missing(venue, has_hours=any(day.is_open for day in week)),
    }
    return render(request, "venues/venue_preview.html", context)


def _missing(venue: Venue, *, has_hours: bool) -> list[tuple[str, str]]:
    """What would make the page better, and the page where it is told."""
    told = [
        ("une image", venue.image_key, "venues:venue_image"),
        ("une description", venue.description, "venues:venue_welcome"),
        ("les horaires d’ouverture", has_hours, "venues:venue_welcome"),
        ("un moyen de vous joindre", venue.phone or venue.contact_email, "venues:venue_welcome"),
    ]
    return [(words, page) for words, given, page in told if not given]
