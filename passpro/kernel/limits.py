"""How often somebody may do the same thing: counters in the cache, and who asks behind proxies."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from passpro.kernel.errors import DomainError


class TooManyAttempts(DomainError):
    """From one address, whatever the account (USR-11)."""

    code = "too_many_attempts"
    message = "Trop de demandes sont parties de votre connexion : réessayez dans une heure."
    http_status = 429


def is_over(key: str, *, most: int, seconds: int) -> bool:
    """Count one more under this key; true above `most` in the window that the first one opened."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # the window ended in between
        return False


def client_address(request: HttpRequest) -> str:
    """The visitor's IP address: what the nearest of our own PROXIES_IN_FRONT saw."""
    count = settings.PROXIES_IN_FRONT
    seen = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one]
    if count and len(seen) >= count:
        return seen[-count]
    return str(request.META.get("REMOTE_ADDR", ""))


def limit_per_address(request: HttpRequest, what: str) -> None:
    """Raise TooManyAttempts above FORMS_PER_ADDRESS of these an hour from one address."""
    key = f"limit:{what}:{client_address(request)}"
    if is_over(key, most=settings.FORMS_PER_ADDRESS, seconds=3600):
        raise TooManyAttempts
