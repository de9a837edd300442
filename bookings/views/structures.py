"""The administrator asks for the end of the structure, or changes their mind (OFF-33)."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from bookings.services.structures import ask_to_close, preview_closing
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Offerer
from venues.permissions import is_administrator, may_use_portal
from venues.services.lifecycle import keep_open


class ClosingForm(forms.Form):
    reason = forms.CharField(
        label="Pourquoi la structure ferme-t-elle ?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_sure = forms.BooleanField(label="J’ai compris que toutes les offres sont retirées")


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def closing(request: HttpRequest, pk: int) -> HttpResponse:
    """What is withdrawn at once, what the team will cancel; POST asks."""
    offerer = _own_structure(request, pk)
    form = ClosingForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                ask_to_close(
                    offerer_id=pk,
                    reason=form.cleaned_data["reason"],
                    by=Actor.user(request.user),
                )
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                messages.success(
                    request, f"La fermeture de « {offerer.name} » est demandée à nos équipes."
                )
                return redirect("venues:structure", pk=pk)
    context = {
        "offerer": offerer,
        "form": form,
        "preview": preview_closing(offerer, now=clock.now()),
    }
    return render(request, "bookings/structure_closing.html", context, status=status)


@allowed_if(may_use_portal)
@require_POST
def closing_off(request: HttpRequest, pk: int) -> HttpResponse:
    offerer = _own_structure(request, pk)
    try:
        keep_open(offerer_id=pk, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request,
            f"« {offerer.name} » reste ouverte. Ses offres sont en pause : reprenez celles que "
            "vous voulez montrer.",
        )
    return redirect("venues:structure", pk=pk)


def _own_structure(request: HttpRequest, pk: int) -> Offerer:
    """404 for a stranger, 403 for a member who is not its administrator."""
    offerer: Offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    if not is_administrator(request.user, offerer):
        raise PermissionDenied
    return offerer
