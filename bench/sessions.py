"""Signed-in sessions without the sign-in page: its slow hash is not what is measured."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from passpro.accounts.models import User
from passpro.kernel import clock

CSRF_SECRET = "b" * 32


def cookie_of(user: User) -> str:
    """Cookie header of a fresh session of `user`, with a CSRF secret known to the client."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "passpro.accounts.backends.PersonBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    # As the sign-in page does; otherwise the first request of each would write them.
    session["seen_at"] = session["opened_at"] = int(clock.now().timestamp())
    session.save()
    return (
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; "
        f"{settings.CSRF_COOKIE_NAME}={CSRF_SECRET}"
    )
