"""E-mails about accounts (§16); written in the transaction of the change."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from passpro.accounts import tokens
from passpro.accounts.models import User
from passpro.kernel import clock, outbox


def queue_verification(user: User) -> None:
    """At most one a minute: the key carries the minute, so that repeated clicks send nothing."""
    path = reverse("accounts:verify_email", kwargs={"token": tokens.verification_token(user)})
    outbox.queue_email(
        event="accounts/verify_email",
        unique_key=f"verify-email:{user.pk}:{clock.now():%Y%m%d%H%M}",
        to=user.email,
        context=_context(user, url=settings.SITE_URL + path),
    )


def queue_password_reset(user: User) -> None:
    asked = user.reset_requested_at
    outbox.queue_email(
        event="accounts/password_reset",
        unique_key=f"password-reset:{user.pk}:{asked:%Y%m%d%H%M%S}",
        to=user.email,
        context=_context(user, url=reset_url(user)),
    )


def queue_password_changed(user: User) -> None:
    outbox.queue_email(
        event="accounts/password_changed",
        unique_key=f"password-changed:{user.pk}:{clock.now().timestamp()}",
        to=user.email,
        context=_context(user, at=clock.now(), url=_page("accounts:password_forgotten")),
    )


def queue_beneficiary_welcome(user: User) -> None:
    """The first link with which a young person chooses a password."""
    outbox.queue_email(
        event="accounts/beneficiary_welcome",
        unique_key=f"beneficiary-welcome:{user.pk}",
        to=user.email,
        context=_context(
            user, url=reset_url(user), forgotten_url=_page("accounts:password_forgotten")
        ),
    )


def reset_url(user: User) -> str:
    """Full address of the page where this person chooses a password, valid 24 h."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = tokens.reset_tokens.make_token(user)
    return _page("accounts:password_reset", uidb64=uid, token=token)


def _page(name: str, **kwargs: str) -> str:
    return settings.SITE_URL + reverse(name, kwargs=kwargs)


def _context(user: User, **more: Any) -> dict[str, Any]:
    return {"user": user, "support_email": settings.SUPPORT_EMAIL, **more}
