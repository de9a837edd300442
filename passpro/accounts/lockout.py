"""Answer to a person whose sign-in is locked after repeated failures (LOG-02)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The 429 page: says how long to wait, the same for known and unknown addresses."""
    delay = settings.AXES_COOLOFF_TIME
    response = render(
        request,
        "accounts/locked_out.html",
        {"minutes": int(delay.total_seconds() // 60)},
        status=429,
    )
    response["Retry-After"] = str(int(delay.total_seconds()))
    return response
