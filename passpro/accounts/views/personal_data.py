"""One's own data: ask for a copy, download it, leave, come back (§11.2)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from passpro.accounts import personal_data, tokens
from passpro.accounts.exceptions import LinkExpired
from passpro.accounts.forms import LeaveForm
from passpro.accounts.models import DataExport
from passpro.accounts.services import exports, leaving
from passpro.kernel import clock
from passpro.kernel.access import public
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError


@require_POST
def ask_export(request: HttpRequest) -> HttpResponse:
    """Queue the file; an e-mail says when it can be downloaded."""
    try:
        exports.ask_export(person=request.user, asked_by=request.user, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, "Votre demande est enregistrée : un e-mail part dès que le fichier est prêt."
        )
    return redirect("accounts:profile")


@never_cache
@require_GET
def data_export(request: HttpRequest, reference: UUID) -> HttpResponse | FileResponse:
    """The file, for its owner only and for seven days (RGPD-08)."""
    export = get_object_or_404(DataExport.objects.of_owner(request.user), reference=reference)
    if not export.is_open(clock.now()):
        return render(request, "accounts/export_expired.html", status=410)
    exports.record_download(export=export, by=Actor.user(request.user))
    return FileResponse(export.file.open("rb"), as_attachment=True, filename="mes-donnees.zip")


@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """PRF-04: what it does, the address typed again, sixty days to come back."""
    user = request.user
    form = LeaveForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                leaving.ask_to_leave(
                    user=user, typed_email=form.cleaned_data["email"], by=Actor.user(user)
                )
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                logout(request)
                messages.success(
                    request,
                    "Votre compte est fermé. L’e-mail qui vient de partir dit comment revenir.",
                )
                return redirect("accounts:sign_in")
    context = {
        "form": form,
        "objection": personal_data.objection_to_leave(user),
        "layout": "layout/app.html" if user.is_beneficiary else "layout/pro.html",
    }
    return render(request, "accounts/leave.html", context, status=status)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail asks, the button decides: programs that open links change nothing."""
    try:
        if request.method == "POST":
            leaving.come_back(token=token)
            messages.success(request, "Votre compte est rouvert : connectez-vous.")
            return redirect("accounts:sign_in")
        tokens.read_return_token(token)
    except LinkExpired as error:
        return render(request, "accounts/come_back_expired.html", status=error.http_status)
    return render(request, "accounts/come_back.html")
