"""One's own facts, e-mails wanted, address and password (J1)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from passpro.accounts.exceptions import LinkExpired
from passpro.accounts.forms import (
    ChangePasswordForm,
    EmailChangeForm,
    IdentityForm,
    PreferencesForm,
)
from passpro.accounts.models import DataExport
from passpro.accounts.services import email_change as changes
from passpro.accounts.services import passwords
from passpro.accounts.services import profile as services
from passpro.accounts.tokens import EMAIL_CHANGE_LIFE
from passpro.kernel import clock
from passpro.kernel.access import public
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError

FORMS: dict[str, Any] = {
    "identity": IdentityForm,
    "preferences": PreferencesForm,
    "email": EmailChangeForm,
    "password": ChangePasswordForm,
}


@never_cache
@sensitive_post_parameters("current", "password", "confirmation")
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Four forms on one page; the hidden field `part` says which one was sent."""
    part = request.POST.get("part", "")
    forms = {name: _form(request, name, is_sent=name == part) for name in FORMS}
    status = 200
    if request.method == "POST":
        status = 400
        form = forms.get(part)
        if form is not None and form.is_valid():
            try:
                messages.success(request, SAVERS[part](request, form.cleaned_data))
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                return redirect("accounts:profile")
    context = {
        **forms,
        "waiting_change": request.user.email_changes.filter(
            confirmed_at__isnull=True, asked_at__gt=clock.now() - EMAIL_CHANGE_LIFE
        ).first(),
        "exports": DataExport.objects.of_owner(request.user)[:5],
        "now": clock.now(),
        "layout": "layout/app.html" if request.user.is_beneficiary else "layout/pro.html",
    }
    return render(request, "accounts/profile.html", context, status=status)


def _form(request: HttpRequest, name: str, *, is_sent: bool) -> Any:
    form_class = FORMS[name]
    data = request.POST if is_sent else None
    if name == "email":
        return form_class(data, auto_id=f"id_{name}_%s")
    return form_class(data, user=request.user, auto_id=f"id_{name}_%s")


def _save_identity(request: HttpRequest, typed: dict[str, Any]) -> str:
    services.update_profile(user=request.user, by=Actor.user(request.user), **typed)
    return "Vos coordonnées sont enregistrées."


def _save_preferences(request: HttpRequest, typed: dict[str, Any]) -> str:
    services.update_preferences(user=request.user, by=Actor.user(request.user), **typed)
    return "Vos choix d’e-mails sont enregistrés."


def _ask_email(request: HttpRequest, typed: dict[str, Any]) -> str:
    change = changes.ask_email_change(
        user=request.user,
        new_email=typed["email"],
        password=typed["current"],
        by=Actor.user(request.user),
    )
    return (
        f"Un lien valable 24 heures vient de partir vers {change.new_email}. "
        "Votre adresse change quand vous l’ouvrez."
    )


def _change_password(request: HttpRequest, typed: dict[str, Any]) -> str:
    changed = passwords.change_password(user=request.user, password=typed["password"])
    # This session goes on; the others end with the old password.
    update_session_auth_hash(request, changed)
    return "Votre mot de passe est changé."


SAVERS: dict[str, Callable[[HttpRequest, dict[str, Any]], str]] = {
    "identity": _save_identity,
    "preferences": _save_preferences,
    "email": _ask_email,
    "password": _change_password,
}


@public
@never_cache
@require_GET
def email_change(request: HttpRequest, token: str) -> HttpResponse:
    """A7: the link opened from the new mailbox; sign in again, or the address is unchanged."""
    try:
        person = changes.confirm_email_change(token=token)
    except LinkExpired as error:
        return render(request, "accounts/email_change_expired.html", status=error.http_status)
    return render(request, "accounts/email_changed.html", {"email": person.email})
