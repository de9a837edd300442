"""The team's pages of venues: what they say, what pays them, since when they are permanent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from finance.models import VenueBankAccountLink, VenuePricingPointLink
from passpro.kernel.admin_base import ReadOnlyInline, TeamAdmin, agent_of, decide_each
from passpro.reference.departments import department_of
from passpro.reference.venue_labels import VENUE_LABELS
from venues.activities import ACTIVITY_LABELS
from venues.models import Venue, VenueProvider
from venues.services.venues import set_permanent

CHANGE = "venues.change_venue"
_ADDRESS = ("street", "postal_code", "city", "latitude", "longitude")


class BankLinkInline(ReadOnlyInline):
    model = VenueBankAccountLink
    fields = ("bank_account", "started_at", "ended_at", "opened_by", "closed_by")
    verbose_name_plural = "comptes bancaires"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("finance.view_bankaccount"))


class PricingPointInline(ReadOnlyInline):
    model = VenuePricingPointLink
    fk_name = "venue"
    fields = ("pricing_point", "started_at", "ended_at", "opened_by", "why")
    verbose_name_plural = "SIRET du barème"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("finance.view_bankaccount"))


class ProviderInline(ReadOnlyInline):
    model = VenueProvider
    fields = ("provider", "status", "account", "last_used_at", "created_at")
    verbose_name_plural = "synchronisations"


@admin.register(Venue)
class VenueAdmin(TeamAdmin):
    """SIRET and structure are never typed; of the digital venue only the contacts are."""

    may = {"change_several": CHANGE}
    list_display = (
        "shown_name", "offerer", "siret", "city", "activity", "is_permanent", "is_virtual",
    )  # fmt: skip
    list_filter = ("is_virtual", "is_permanent", "activity", "department_code", "offerer__tags")
    search_fields = (
        "name", "public_name", "=siret", "=id", "offerer__name", "=offerer__siren",
        "booking_email",
    )  # fmt: skip
    search_help_text = "Nom, SIRET, numéro, structure ou SIREN, e-mail des réservations"
    list_select_related = ("offerer",)
    actions = ("make_permanent", "make_passing")
    inlines = (BankLinkInline, PricingPointInline, ProviderInline)
    readonly_fields = (
        "offerer", "siret", "comment", "department_code", "is_virtual", "adage_id",
        "adage_referenced_at", "created_at",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("offerer", "siret", "comment", "name", "public_name", "is_virtual")}),
        ("Adresse", {"fields": (*_ADDRESS, "department_code")}),
        (
            "Activité",
            {"fields": ("activity", "label", "is_permanent", "is_open_to_public", "description")},
        ),
        ("Contacts", {"fields": ("booking_email", "phone", "contact_email", "website")}),
        ("ADAGE et dates", {"fields": ("adage_id", "adage_referenced_at", "created_at")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_several_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CHANGE))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None or not obj.is_virtual:
            return self.readonly_fields
        shown = [name for _title, section in self.fieldsets for name in section["fields"]]
        return tuple(name for name in shown if name not in {"phone", "contact_email"})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Activities and labels are chosen."""
        choices = {"activity": ACTIVITY_LABELS, "label": VENUE_LABELS}.get(db_field.name)
        if choices is None:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(
            label=db_field.verbose_name.capitalize(),
            required=False,
            choices=[("", "–"), *choices.items()],
            widget=UnfoldAdminSelectWidget,
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.department_code = department_of(obj.postal_code)
        if {"name", "public_name", "city"} & set(form.changed_data):
            obj.is_to_reindex = True  # VEN-11
        if set(_ADDRESS) & set(form.changed_data):
            obj.is_address_typed, obj.ban_id = True, ""
        super().save_model(request, obj, form, change)

    @display(description="lieu", ordering="name")
    def shown_name(self, venue: Venue) -> str:
        return venue.shown_name

    @admin.action(description="Rendre permanents", permissions=["change_several"])
    def make_permanent(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return self._set_permanent(request, queryset, "make_permanent", is_permanent=True)

    @admin.action(description="Ne plus rendre permanents", permissions=["change_several"])
    def make_passing(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return self._set_permanent(request, queryset, "make_passing", is_permanent=False)

    def _set_permanent(
        self, request: HttpRequest, queryset: QuerySet, action: str, *, is_permanent: bool
    ) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action=action,
            title="Rendre ces lieux permanents ?" if is_permanent else "Retirer la permanence ?",
            text="Un lieu permanent a sa page publique et son image ; le lieu numérique ne l’est "
            "jamais.",
            button="Rendre permanents" if is_permanent else "Retirer",
            done="permanents" if is_permanent else "qui ne sont plus permanents",
            run=lambda venue: set_permanent(
                venue_id=venue.pk, is_permanent=is_permanent, by=agent_of(request)
            ),
        )
