"""Forgotten password (A5) and new password (A6)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from passpro.accounts.exceptions import LinkExpired
from passpro.accounts.forms import EmailForm, ResetPasswordForm
from passpro.accounts.services import passwords
from passpro.kernel.access import public
from passpro.kernel.limits import limit_per_address


@public
@require_http_methods(["GET", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """The same answer whether or not the address has an account."""
    form = EmailForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            email = form.cleaned_data["email"]
            limit_per_address(request, "mail")
            passwords.request_reset(email=email)
            return render(request, "accounts/password_sent.html", {"email": email})
        status = 400
    return render(request, "accounts/password_forgotten.html", {"form": form}, status=status)


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    try:
        user = passwords.person_of_link(uidb64=uidb64, token=token)
        form = ResetPasswordForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            passwords.reset_password(
                uidb64=uidb64, token=token, password=form.cleaned_data["password"]
            )
            messages.success(request, "Votre mot de passe est changé : connectez-vous.")
            return redirect("accounts:sign_in")
    except LinkExpired as error:
        return render(request, "accounts/reset_expired.html", status=error.http_status)
    status = 400 if request.method == "POST" else 200
    context = {"form": form, "person": user}
    return render(request, "accounts/password_reset.html", context, status=status)
