"""Sign-up of a person of a venue and confirmation of the address (A1–A3)."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from passpro.accounts import tokens
from passpro.accounts.exceptions import EmailAlreadyVerified, LinkExpired
from passpro.accounts.forms import EmailForm, SignUpForm
from passpro.accounts.landing import landing_url
from passpro.accounts.services import sign_up as services
from passpro.kernel.access import public
from passpro.kernel.errors import DomainError
from passpro.kernel.limits import limit_per_address

_PASSWORD_BACKEND = "passpro.accounts.backends.PersonBackend"  # noqa: S105
_SENT_TO = "sign_up_email"


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(landing_url(request))
    invited = tokens.read_address_token(request.GET.get("invitation", ""))
    form = SignUpForm(request.POST or None, initial={"email": invited})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            typed = form.cleaned_data
            if typed.pop("website"):  # a robot: it is told what it wants to hear
                return redirect("accounts:sign_up_done")
            try:
                limit_per_address(request, "sign-up")
                user = services.sign_up(**typed)
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                request.session[_SENT_TO] = user.email
                return redirect("accounts:sign_up_done")
    return render(request, "accounts/sign_up.html", {"form": form}, status=status)


@public
@require_GET
def sign_up_done(request: HttpRequest) -> HttpResponse:
    """A2: look in your mailbox; the address is shown only to the browser that typed it."""
    return render(
        request, "accounts/sign_up_done.html", {"email": request.session.get(_SENT_TO, "")}
    )


@public
@require_POST
def resend_verification(request: HttpRequest) -> HttpResponse:
    """A new link; the same answer whether or not the address waits for one."""
    form = EmailForm(request.POST)
    if form.is_valid():
        limit_per_address(request, "mail")
        email = form.cleaned_data["email"]
        services.send_verification_again(email=email)
        request.session[_SENT_TO] = email
        messages.success(request, "Un nouveau lien vous a été envoyé si un compte l’attend.")
    return redirect("accounts:sign_up_done")


@public
@never_cache
@require_GET
def verify_email(request: HttpRequest, token: str) -> HttpResponse:
    """A3: consume the link, sign in, go to the first step; a dead link explains what to do."""
    try:
        user = services.verify_email(token=token)
    except EmailAlreadyVerified as error:
        messages.info(request, error.message)
        return redirect("accounts:sign_in")
    except LinkExpired as error:
        context = {"form": EmailForm()}
        return render(request, "accounts/verify_expired.html", context, status=error.http_status)
    login(request, user, backend=_PASSWORD_BACKEND)
    request.session.pop(_SENT_TO, None)
    messages.success(request, "Votre adresse est confirmée et votre compte est ouvert.")
    return redirect(reverse("venues:structure_create"))
