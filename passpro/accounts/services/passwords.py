"""Forgotten and changed passwords (PWD-02 … PWD-04)."""

from datetime import timedelta

from axes.utils import reset as forget_failures
from django.db import transaction
from django.utils.http import urlsafe_base64_decode

from passpro.accounts import emails, tokens
from passpro.accounts.exceptions import LinkExpired
from passpro.accounts.history import Kind, record
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor

# A second click within the minute must not make the link just sent void.
RESET_INTERVAL = timedelta(minutes=1)


@transaction.atomic
def request_reset(*, email: str) -> None:
    """Queue a 24 h link for an active account; unknown addresses get the same silence (PWD-03)."""
    user = _lock(email=email.strip().lower(), is_active=True)
    if user is None:
        return
    now, asked = clock.now(), user.reset_requested_at
    if asked is not None and timedelta() <= now - asked < RESET_INTERVAL:
        return
    user.reset_requested_at = now
    user.save(update_fields=["reset_requested_at"])
    emails.queue_password_reset(user)


def person_of_link(*, uidb64: str, token: str) -> User:
    """Whose password the link may change; raises LinkExpired when wrong, used or too old."""
    try:
        pk = int(urlsafe_base64_decode(uidb64))
    except ValueError:
        raise LinkExpired from None
    user = User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    if user is None or not tokens.reset_tokens.check_token(user, token):
        raise LinkExpired
    return user


@transaction.atomic
def reset_password(*, uidb64: str, token: str, password: str) -> User:
    """Set the password once per link; every session ends, the address counts as confirmed.

    Raises LinkExpired, also for the second of two simultaneous uses.
    """
    found = person_of_link(uidb64=uidb64, token=token)
    user = _lock(pk=found.pk)
    if user is None or not tokens.reset_tokens.check_token(user, token):
        raise LinkExpired
    if user.email_verified_at is None:
        user.email_verified_at = clock.now()
        user.save(update_fields=["email_verified_at"])
    _set(user, password)
    forget_failures(username=user.email)
    return user


@transaction.atomic
def change_password(*, user: User, password: str) -> User:
    """Set a new password for a signed-in person, whose other sessions end (PWD-04)."""
    locked = _lock(pk=user.pk)
    assert locked is not None
    _set(locked, password)
    return locked


def _lock(**who: object) -> User | None:
    return User.objects.select_for_update(of=("self",), no_key=True).filter(**who).first()


def _set(user: User, password: str) -> None:
    """The hash is part of every session's signature: changing it closes them all."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(user, Kind.PASSWORD_CHANGED, by=Actor.user(user))
    emails.queue_password_changed(user)
