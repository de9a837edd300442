"""Signed links: confirmation of an address, choice of a new password (both live 24 h)."""

from datetime import datetime, timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing

from passpro.accounts.exceptions import LinkExpired
from passpro.accounts.models import User
from passpro.kernel import clock

VERIFICATION_LIFE = timedelta(hours=24)
_SALT = "accounts.verify_email"


def verification_token(user: User) -> str:
    """Names the person and the address; used once, because the address is then verified."""
    content = [user.pk, user.email, int(clock.now().timestamp())]
    return signing.dumps(content, salt=_SALT)


def read_verification_token(token: str) -> tuple[int, str]:
    """(user id, address) of a token; raises LinkExpired when it is forged or too old."""
    try:
        user_id, email, issued = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise LinkExpired from None
    if clock.now().timestamp() - issued > VERIFICATION_LIFE.total_seconds():
        raise LinkExpired
    return user_id, email


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
