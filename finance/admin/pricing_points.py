"""Which SIRET sets the rate of a venue: read by support, corrected with a reason (§3.4, VEN-21)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from finance.forms import with_siret
from finance.models import VenuePricingPointLink
from finance.services.pricing_points import change_pricing_point
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, confirm, require

CHANGE = "finance.change_venuepricingpointlink"


def change_form(venue: Any) -> type[forms.Form]:
    """A form of the venues with SIRET of this venue's structure."""

    class ChangeForm(forms.Form):
        pricing_point = forms.ModelChoiceField(
            label="Lieu avec SIRET", queryset=with_siret(venue), widget=UnfoldAdminSelectWidget
        )
        why = forms.CharField(
            label="Motif, gardé dans l’historique",
            max_length=2000,
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        )

    return ChangeForm


@admin.register(VenuePricingPointLink)
class PricingPointAdmin(ReadOnlyAdmin):
    """Every link with its period: the history of the choices."""

    may = {"decide": CHANGE}
    list_display = ("venue", "pricing_point", "started_at", "ended_at", "opened_by")
    search_fields = ("venue__name", "venue__public_name", "venue__offerer__siren", "venue__siret")
    list_select_related = ("venue", "pricing_point")
    fields = (
        "venue", "pricing_point", "siret", "started_at", "ended_at", "opened_by", "closed_by",
        "why",
    )  # fmt: skip
    readonly_fields = ("siret",)
    actions_detail = ("change",)

    @display(description="SIRET")
    def siret(self, link: VenuePricingPointLink) -> str:
        return link.pricing_point.grouped_siret

    @action(
        description="Choisir un autre SIRET",
        icon="swap_horiz",
        url_path="changer",
        permissions=["decide"],
    )
    def change(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CHANGE)
        link = self.get_object(request, object_id)
        return confirm(
            self,
            request,
            title=f"Choisir un autre SIRET pour « {link.venue} » ?",
            text="Les réservations validées jusqu’ici gardent leur taux ; les suivantes comptent "
            "avec le nouveau SIRET.",
            button="Changer le SIRET",
            done="Le SIRET est changé.",
            back=reverse("admin:finance_venuepricingpointlink_changelist"),
            form_class=change_form(link.venue),
            run=lambda pricing_point, why: change_pricing_point(
                venue_id=link.venue_id,
                pricing_point_id=pricing_point.pk,
                why=why,
                by=Actor.user(request.user),
            ),
        )
