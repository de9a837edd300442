"""Who calls the countermark API: Bearer key, HTTP Basic, or the session of the portal (DSK-50)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from django.contrib.auth import authenticate as check_password
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware

from bookings.api import responses
from bookings.constants import FAILURES_PER_MINUTE
from passpro.accounts.models import User
from passpro.kernel.actor import Actor
from venues.exceptions import ApiKeyOfInactiveProvider, ApiKeyOfInactiveStructure
from venues.services import api_keys


@dataclass(frozen=True, slots=True)
class Caller:
    """`offerer_id` or `provider_id` owns the key; both are None for a person."""

    by: Actor
    offerer_id: int | None = None
    provider_id: int | None = None

    @property
    def rights(self) -> dict[str, int | None]:
        """Arguments of the desk's services."""
        return {"offerer_id": self.offerer_id, "provider_id": self.provider_id}


class Refused(Exception):
    """The call stops here with this answer."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        super().__init__(response.status_code)


def identify(request: HttpRequest) -> Caller:
    """The caller, or Refused with 401, 403 or 429; 401 answers alone are counted (DSK-51)."""
    header = request.headers.get("Authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return _by_key(request, value)
    if scheme.lower() == "basic":
        return _by_password(request, value)
    if isinstance(request.user, User):
        return _by_session(request, request.user)
    raise _unauthorised(request, responses.LOGIN_REQUIRED)


def _by_key(request: HttpRequest, raw: str) -> Caller:
    # A 256-bit secret is not guessed: a good key never waits because of its neighbours.
    try:
        key = api_keys.authenticate(raw)
    except ApiKeyOfInactiveStructure:
        raise Refused(JsonResponse(responses.INACTIVE_STRUCTURE, status=403)) from None
    except ApiKeyOfInactiveProvider:
        raise Refused(JsonResponse(responses.INACTIVE_PROVIDER, status=403)) from None
    if key is None:
        raise _unauthorised(request, responses.LOGIN_REQUIRED)
    by = Actor.api_key(key.prefix)
    return Caller(by=by, offerer_id=key.offerer_id, provider_id=key.provider_id)


def _by_password(request: HttpRequest, encoded: str) -> Caller:
    email, password = _decoded(encoded)
    counters = [_address_counter(request), _user_counter(email)]
    _stop_if_blocked(counters)
    user = check_password(request, username=email, password=password) if email else None
    if user is None:
        refused = _unauthorised(request, responses.WRONG_PASSWORD, _user_counter(email))
        refused.response["WWW-Authenticate"] = "Basic"
        raise refused
    return Caller(by=Actor.user(user))


def _by_session(request: HttpRequest, user: User) -> Caller:
    """A browser carries its cookie by itself: writing asks for the CSRF token."""
    problem = CsrfViewMiddleware(lambda _: HttpResponse()).process_view(
        request, lambda _: HttpResponse(), (), {}
    )
    if problem is not None:
        raise Refused(JsonResponse({"auth": ["CSRF token missing or incorrect"]}, status=403))
    return Caller(by=Actor.user(user))


def _decoded(encoded: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    email, _, password = text.replace("\x00", "").partition(":")
    return email.strip().lower(), password


def _unauthorised(request: HttpRequest, body: dict, *more: str) -> Refused:
    counters = [_address_counter(request), *more]
    _stop_if_blocked(counters)
    for counter in counters:
        if not cache.add(counter, 1, timeout=60):
            _increment(counter)
    return Refused(JsonResponse(body, status=401))


def _increment(counter: str) -> None:
    try:
        cache.incr(counter)
    except ValueError:  # it expired between the two calls
        cache.add(counter, 1, timeout=60)


def _stop_if_blocked(counters: list[str]) -> None:
    if any(count >= FAILURES_PER_MINUTE for count in cache.get_many(counters).values()):
        response = JsonResponse(responses.TOO_MANY, status=429)
        response["Retry-After"] = "60"
        raise Refused(response)


def _address_counter(request: HttpRequest) -> str:
    return f"countermark-api:address:{request.META.get('REMOTE_ADDR', '')}"


def _user_counter(email: str) -> str:
    # A hash: an address typed by anybody is no cache key.
    return f"countermark-api:user:{hashlib.sha256(email.encode()).hexdigest()}"
