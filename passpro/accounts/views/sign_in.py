"""Sign-in and sign-out; the admin uses the same page (A4, LOG-01 … LOG-07)."""

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from passpro.accounts.forms import SignInForm
from passpro.accounts.guards import SEEN_AS_SESSION_KEY
from passpro.accounts.landing import landing_url, next_url
from passpro.accounts.services.seeing_as import stop_seeing_as
from passpro.accounts.sessions import remember
from passpro.kernel.access import public

# One message for an unknown address and a wrong password (LOG-01).
WRONG_CREDENTIALS = "Adresse e-mail ou mot de passe incorrect."


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Too many failures are answered by passpro.accounts.lockout (429)."""
    if request.user.is_authenticated:
        return redirect(landing_url(request))
    form = SignInForm(request.POST or None)
    context = {"form": form, "next": next_url(request)}
    if request.method == "POST" and form.is_valid():
        user = authenticate(
            request,
            username=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
        if user is None:
            form.add_error(None, WRONG_CREDENTIALS)
        elif user.email_verified_at is None:
            context["unverified_email"] = user.email
        else:
            login(request, user)
            remember(request, wanted=form.cleaned_data["remember"])
            return redirect(landing_url(request))
    status = 400 if request.method == "POST" else 200
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if visit_id := request.session.get(SEEN_AS_SESSION_KEY):
        stop_seeing_as(visit_id=visit_id)
    logout(request)
    messages.success(request, "Vous êtes déconnecté.")
    answer = redirect("accounts:sign_in")
    # What the desk kept on the device for work without network goes with the session.
    answer["Clear-Site-Data"] = '"storage"'
    return answer


@public
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Stands for the admin's own sign-in page; who is signed in without being an agent gets 403."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    return redirect(reverse("accounts:sign_in", query={"next": next_url(request) or "/admin/"}))
