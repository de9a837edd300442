"""Signed links: confirmation of an address (7 days), its change and a new password (24 h)."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing

from passpro.accounts.exceptions import LinkExpired
from passpro.accounts.models import RETURN_DELAY, EmailChange, User
from passpro.kernel import clock

VERIFICATION_LIFE = timedelta(days=7)  # USR-04
EMAIL_CHANGE_LIFE = timedelta(hours=24)  # PRF-02
_SALT = "accounts.verify_email"
_CHANGE_SALT = "accounts.email_change"
_ADDRESS_SALT = "accounts.address"
_RETURN_SALT = "accounts.return"


def verification_token(user: User) -> str:
    """Names the person and the address; used once, because the address is then verified."""
    content = [user.pk, user.email, int(clock.now().timestamp())]
    return signing.dumps(content, salt=_SALT)


def read_verification_token(token: str) -> tuple[int, str]:
    """(user id, address) of a token; raises LinkExpired when it is forged or too old."""
    user_id, email = _read(token, salt=_SALT, life=VERIFICATION_LIFE, parts=2)
    return user_id, email


def email_change_token(change: EmailChange) -> str:
    """Names the request; the service looks whether it is still the latest one."""
    content = [change.pk, int(clock.now().timestamp())]
    return signing.dumps(content, salt=_CHANGE_SALT)


def read_email_change_token(token: str) -> int:
    """Id of the request; raises LinkExpired when forged or too old."""
    (change_id,) = _read(token, salt=_CHANGE_SALT, life=EMAIL_CHANGE_LIFE, parts=1)
    return change_id


def address_token(email: str) -> str:
    """An address to show in the sign-up form, that nobody can put there but us; opens nothing."""
    return signing.Signer(salt=_ADDRESS_SALT).sign_object(email)


def read_address_token(token: str) -> str:
    """The address, empty when the token is forged."""
    try:
        email = signing.Signer(salt=_ADDRESS_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return ""
    return email if isinstance(email, str) else ""


def return_token(user: User) -> str:
    """Undo of one's own leaving: void after any other change of the suspension."""
    asked = user.suspended_at
    content = [user.pk, asked.isoformat() if asked else "", int(clock.now().timestamp())]
    return signing.dumps(content, salt=_RETURN_SALT)


def read_return_token(token: str) -> tuple[int, str]:
    """(user id, instant of the suspension, ISO); raises LinkExpired when forged or too old."""
    user_id, asked = _read(token, salt=_RETURN_SALT, life=RETURN_DELAY, parts=2)
    return user_id, asked


def _read(token: str, *, salt: str, life: timedelta, parts: int) -> list[Any]:
    """What was signed, without its instant; raises LinkExpired."""
    try:
        *content, issued = signing.loads(token, salt=salt)
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkExpired from None
    if len(content) != parts or clock.now().timestamp() - issued > life.total_seconds():
        raise LinkExpired
    return content


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """Django's token (password hash, last sign-in) plus the time of the last request (PWD-03).

    Asking again, signing in or choosing a password makes the older links void.
    """

    key_salt = "accounts.reset_password"

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # type: ignore[override]
        asked = user.reset_requested_at
        return f"{super()._make_hash_value(user, timestamp)}{asked.timestamp() if asked else ''}"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


reset_tokens = ResetTokenGenerator()
