"""One's own facts and password (J1)."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from passpro.accounts.forms import ChangePasswordForm, IdentityForm
from passpro.accounts.services import passwords
from passpro.accounts.services import profile as services


@never_cache
@sensitive_post_parameters("current", "password", "confirmation")
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Two forms on one page; the hidden field `part` says which one was sent."""
    user = request.user
    part = request.POST.get("part", "")
    identity = IdentityForm(request.POST if part == "identity" else None, user=user)
    password = ChangePasswordForm(
        request.POST if part == "password" else None, user=user, auto_id="id_password_%s"
    )
    if part == "identity" and identity.is_valid():
        services.update_profile(user=user, **identity.cleaned_data)
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("accounts:profile")
    if part == "password" and password.is_valid():
        changed = passwords.change_password(user=user, password=password.cleaned_data["password"])
        # This session goes on; the others end with the old password.
        update_session_auth_hash(request, changed)
        messages.success(request, "Votre mot de passe est changé.")
        return redirect("accounts:profile")
    context = {
        "identity": identity,
        "password": password,
        "layout": "layout/app.html" if user.is_beneficiary else "layout/pro.html",
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "accounts/profile.html", context, status=status)
