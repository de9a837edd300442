"""How long a session lives (LOG-03, LOG-04) and when a person was last seen (LOG-06)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

from passpro.accounts.models import User
from passpro.kernel import clock

_SEEN, _OPENED, _REMEMBERED = "seen_at", "opened_at", "remembered"
# LOG-06: one write for many pages.
SEEN_EVERY = timedelta(minutes=15)


def open_session(*, request: HttpRequest, user: User, **signal: Any) -> None:
    """Stamp a session that opens and the person's last sign-in."""
    now = clock.now()
    user.last_login = now
    user.save(update_fields=["last_login"])
    request.session[_OPENED] = request.session[_SEEN] = int(now.timestamp())


def remember(request: HttpRequest, wanted: bool) -> None:
    """« Rester connecté »: the cookie outlives the browser; agents' sessions never do."""
    request.session[_REMEMBERED] = wanted and not request.user.is_staff
    request.session.set_expiry(None if request.session[_REMEMBERED] else 0)


def idle_limit(request: HttpRequest) -> timedelta:
    if request.user.is_staff:
        return settings.SESSION_IDLE_STAFF
    if request.session.get(_REMEMBERED):
        return settings.SESSION_IDLE_REMEMBERED
    return settings.SESSION_IDLE


class SessionLifeMiddleware:
    """End a session after its silence or its 90 days, and remember that the person was here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session and request.user.is_authenticated:
            self._follow(request)
        return self.get_response(request)

    def _follow(self, request: HttpRequest) -> None:
        now = clock.now()
        seen, opened = request.session.get(_SEEN), request.session.get(_OPENED)
        if seen is None or opened is None:  # opened by other means than the sign-in page
            request.session[_SEEN] = request.session[_OPENED] = int(now.timestamp())
            return
        silence = now - _instant(seen)
        age = now - _instant(opened)
        if silence > idle_limit(request) or age.total_seconds() > settings.SESSION_COOKIE_AGE:
            logout(request)
            messages.info(
                request, "Votre session s’est terminée : reconnectez-vous pour continuer."
            )
        elif silence >= SEEN_EVERY:
            request.session[_SEEN] = int(now.timestamp())
            User.objects.filter(pk=request.user.pk or 0).update(last_seen_at=now)


def _instant(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
