"""Second factor of agents: typed at sign-in, enrolled with a QR code, recovery codes shown once."""

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as remember_device

from passpro.accounts.landing import landing_url, next_url
from passpro.accounts.services import second_factor as services
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError


def is_agent(user: object) -> bool:
    return bool(getattr(user, "is_staff", False))


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false",
                "class": "code-input",
            }
        ),
    )  # fmt: skip


@allowed_if(is_agent)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password: the code of the telephone, or a recovery code."""
    if not services.has_second_factor(request.user):
        return redirect("accounts:second_factor_setup")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = services.verify(user=request.user, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            remember_device(request, device)
            return redirect(landing_url(request))
    status = 400 if form.errors else 200
    context = {"form": form, "next": next_url(request)}
    return render(request, "accounts/second_factor.html", context, status=status)


@allowed_if(is_agent)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Scan, type the first code, keep the recovery codes. Replacing asks for the present one."""
    user, is_on = request.user, services.has_second_factor(request.user)
    if is_on and not services.is_verified(user, request.session.get(DEVICE_ID_SESSION_KEY)):
        return redirect("accounts:second_factor")
    if is_on and "changer" not in request.GET:
        return render(request, "accounts/second_factor_on.html")
    device = services.device_to_confirm(user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = services.confirm_device(
                user=user, code=form.cleaned_data["code"], by=Actor.user(user)
            )
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            remember_device(request, device)
            messages.success(request, "Votre second facteur est en place.")
            return _codes(request, codes)
    context = {
        "form": form,
        "next": next_url(request),
        "qr": segno.make_qr(device.config_url, error="m").svg_data_uri(scale=5, border=2),
        "key": _spaced(device),
    }
    status = 400 if form.errors else 200
    return render(request, "accounts/second_factor_setup.html", context, status=status)


@require_POST
@allowed_if(is_agent)
@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes; the session has proved its second factor, or the guard sent it away."""
    codes = services.renew_recovery_codes(user=request.user, by=Actor.user(request.user))
    return _codes(request, codes)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = {"codes": codes, "next": next_url(request) or "/admin/"}
    return render(request, "accounts/recovery_codes.html", context)


def _spaced(device: object) -> str:
    """The key as it is typed when the QR code cannot be scanned: groups of four."""
    from base64 import b32encode

    key = b32encode(device.bin_key).decode().rstrip("=")  # type: ignore[attr-defined]
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
