"""E-mails about accounts (§16); written in the transaction of the change."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from passpro.accounts import tokens
from passpro.accounts.models import DataExport, EmailChange, User
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


def queue_second_factor_reset(user: User, log_id: int) -> None:
    """The agent learns that their telephone's codes no longer open anything."""
    outbox.queue_email(
        event="accounts/second_factor_reset",
        unique_key=f"second-factor-reset:{log_id}",
        to=user.email,
        context=_context(user, at=clock.now(), url=_page("accounts:sign_in")),
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


def queue_email_change(user: User, change: EmailChange) -> None:
    """PRF-02: the link to the new address, the notice to the old one."""
    path = reverse("accounts:email_change", kwargs={"token": tokens.email_change_token(change)})
    outbox.queue_email(
        event="accounts/email_change",
        unique_key=f"email-change:{change.pk}",
        to=change.new_email,
        context=_context(user, change=change, url=settings.SITE_URL + path),
    )
    outbox.queue_email(
        event="accounts/email_change_notice",
        unique_key=f"email-change-notice:{change.pk}",
        to=change.old_email,
        context=_context(user, change=change, url=_page("accounts:password_forgotten")),
    )


def queue_email_changed(user: User, change: EmailChange) -> None:
    """To the new address, which is now the only one that signs in."""
    outbox.queue_email(
        event="accounts/email_changed",
        unique_key=f"email-changed:{change.pk}",
        to=user.email,
        context=_context(user, change=change, url=_page("accounts:sign_in")),
    )


def queue_suspended(user: User) -> None:
    """SUS-04; when it was the person's own wish, with the way back."""
    at = user.suspended_at
    until = user.may_return_until
    event = "accounts/suspended" if until is None else "accounts/leaving"
    outbox.queue_email(
        event=event,
        unique_key=f"suspended:{user.pk}:{at:%Y%m%d%H%M%S%f}",
        to=user.email,
        context=_context(user, until=until, url=_return_url(user) if until else ""),
    )


def queue_unsuspended(user: User) -> None:
    outbox.queue_email(
        event="accounts/unsuspended",
        unique_key=f"unsuspended:{user.pk}:{clock.now():%Y%m%d%H%M%S%f}",
        to=user.email,
        context=_context(user, url=_page("accounts:sign_in")),
    )


def queue_erasure_warning(user: User, *, on: datetime) -> None:
    """RGPD-03 (30 days before) and SUS-05 (10 days before); one a silence."""
    until = user.may_return_until
    outbox.queue_email(
        event="accounts/erasure_warning" if until is None else "accounts/leaving_soon",
        unique_key=f"erasure-warning:{user.pk}:{on:%Y%m%d}",
        to=user.email,
        context=_context(
            user, on=on, url=_page("accounts:sign_in") if until is None else _return_url(user)
        ),
    )


def queue_erased(user: User, *, email: str, first_name: str) -> None:
    """The last message; it keeps no more than the address it leaves for."""
    outbox.queue_email(
        event="accounts/erased",
        unique_key=f"erased:{user.pk}",
        to=email,
        context={"first_name": first_name, "support_email": settings.SUPPORT_EMAIL},
    )


def queue_export_ready(export: DataExport) -> None:
    """To who asked: the person, or the agent who serves their request (RGPD-07)."""
    is_own = export.asked_by_id == export.person_id
    url = _page("accounts:data_export", reference=str(export.reference))
    if not is_own:
        url = settings.SITE_URL + reverse("admin:accounts_dataexport_change", args=[export.pk])
    outbox.queue_email(
        event="accounts/export_ready",
        unique_key=f"export-ready:{export.pk}",
        to=export.asked_by.email,
        context=_context(export.asked_by, export=export, is_own=is_own, url=url),
    )


def _return_url(user: User) -> str:
    return _page("accounts:come_back", token=tokens.return_token(user))


def reset_url(user: User) -> str:
    """Full address of the page where this person chooses a password, valid 24 h."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = tokens.reset_tokens.make_token(user)
    return _page("accounts:password_reset", uidb64=uid, token=token)


def _page(name: str, **kwargs: str) -> str:
    return settings.SITE_URL + reverse(name, kwargs=kwargs)


def _context(user: User, **more: Any) -> dict[str, Any]:
    return {"user": user, "support_email": settings.SUPPORT_EMAIL, **more}
