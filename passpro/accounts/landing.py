"""Where a person goes after signing in: the page asked for on this site, else their first page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def landing_url(request: HttpRequest) -> str:
    """The page asked for if it is on this site (LOG-07), else the first page of the role."""
    return next_url(request) or reverse("portal:root")


def next_url(request: HttpRequest) -> str:
    """The `next` parameter if it stays on this site, else empty."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe else ""
