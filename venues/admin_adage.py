"""The team's page about referencing for schools: what the regional commission says (VEN-15)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from passpro.kernel.admin_base import ReadOnlyAdmin, ReasonForm, agent_of, confirm
from venues.models import AdageRequest
from venues.services.adage import (
    accept_request,
    drop_request,
    examine_request,
    reference_venue,
    refuse_request,
)

_TONES = {
    "Déposée": "warning",
    "En instruction": "warning",
    "Acceptée": "success",
    "Refusée": "danger",
    "Classée sans suite": "info",
    "Retirée": "info",
}


def _line(label: str, *, required: bool) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget
    return forms.CharField(label=label, max_length=30, required=required, widget=widget)


class FileForm(forms.Form):
    file_number = _line("Numéro de dossier de la commission, s’il est connu", required=False)


class ReferenceForm(forms.Form):
    adage_id = _line("Identifiant du partenaire dans ADAGE", required=True)


class WaitingFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À traiter")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting() if self.value() == "a-traiter" else queryset


@admin.register(AdageRequest)
class AdageRequestAdmin(ReadOnlyAdmin):
    """Requests, the oldest that wait first; each step tells the venue."""

    may = {"decide": "venues.decide_adagerequest"}
    list_display = ("venue", "state", "academy", "file_number", "created_at")
    list_filter = (WaitingFilter, "status", "academy")
    search_fields = ("venue__name", "venue__public_name", "venue__siret", "file_number")
    list_select_related = ("venue",)
    ordering = ("-status", "created_at")
    actions_detail = ("examine", "accept", "refuse", "drop", "reference")

    @display(description="état", ordering="status", label=_TONES)
    def state(self, filed: AdageRequest) -> str:
        return filed.get_status_display()

    @action(description="En instruction", url_path="instruction", permissions=["decide"])
    def examine(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request, object_id, examine_request, "La commission étudie cette demande",
            "La structure le voit sur sa page.", form_class=FileForm,
        )  # fmt: skip

    @action(description="Accepter", url_path="acceptation", permissions=["decide"])
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request, object_id, accept_request, "La commission accepte cette demande",
            "Le lieu est prévenu ; il reste à l’ajouter dans ADAGE.",
        )  # fmt: skip

    @action(description="Refuser", url_path="refus", permissions=["decide"])
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request, object_id, refuse_request, "La commission refuse cette demande",
            "Le lieu est prévenu avec ce motif.", form_class=ReasonForm, danger=True,
        )  # fmt: skip

    @action(description="Classer sans suite", url_path="sans-suite", permissions=["decide"])
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request, object_id, drop_request, "Classer cette demande sans suite",
            "Le lieu est prévenu avec ce motif et peut demander de nouveau.",
            form_class=ReasonForm, danger=True,
        )  # fmt: skip

    @action(description="Ajouté dans ADAGE", url_path="reference", permissions=["decide"])
    def reference(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Also accepts a request still open; the structure may then address schools."""

        def add(*, request_id: int, by: Any, adage_id: str) -> None:
            filed = AdageRequest.objects.filter(pk=request_id).values_list("venue_id", flat=True)
            reference_venue(venue_id=filed[0], adage_id=adage_id, by=by)

        return self._ask(
            request, object_id, add, "Ce lieu est ajouté dans ADAGE",
            "Sa structure peut proposer des offres aux groupes scolaires ; le lieu est prévenu.",
            form_class=ReferenceForm,
        )  # fmt: skip

    def _ask(
        self,
        request: HttpRequest,
        object_id: str,
        service: Callable[..., Any],
        title: str,
        text: str,
        **more: Any,
    ) -> HttpResponse:
        filed: Any = self.get_object(request, object_id)
        if filed is None:
            raise Http404
        return confirm(
            self,
            request,
            title=f"{title} : « {filed.venue} »",
            text=text,
            button="Confirmer",
            done="La demande est à jour.",
            back=self._url("change", object_id),
            run=lambda **typed: service(request_id=filed.pk, by=agent_of(request), **typed),
            **more,
        )
