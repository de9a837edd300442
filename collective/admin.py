"""The team's pages: offers to decide, schools, years, budgets, bookings."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from collective import admin_templates  # noqa: F401  (it registers its page)
from collective.admin_proposals import ProposalAdmin, by_agent
from collective.enums import STAFF_REASONS, RefundReason
from collective.models import (
    CollectiveBooking,
    CollectiveOffer,
    CollectiveStock,
    Domain,
    Institution,
    NationalProgramme,
    OfferFlag,
    SchoolBudget,
    SchoolYear,
)
from collective.services.incidents import tell_incident
from collective.services.publish import approve_offer, reject_offer
from collective.services.team import bring_back, cancel_by_team
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, ReadOnlyInline, TeamAdmin, agent_of
from passpro.kernel.forms import EurosField
from passpro.kernel.money import euros


class StockInline(ReadOnlyInline):
    model = CollectiveStock
    fields = ("starts_at", "ends_at", "booking_limit_at", "price", "participants", "price_detail")
    readonly_fields = ("price",)

    @display(description="prix")
    def price(self, stock: CollectiveStock) -> str:
        return euros(stock.price_cents)


class FlagInline(ReadOnlyInline):
    """Which rules of the team the offer meets (§5.4)."""

    model = OfferFlag
    fields = ("rule_name", "why", "at")


@admin.register(CollectiveOffer)
class CollectiveOfferAdmin(ProposalAdmin):
    """Searched by title, number, school or structure; the two decisions of the team (§4.9)."""

    noun = "offre"
    seen_by = "L’établissement la voit"
    approve_with = by_agent(approve_offer, "offer_id")
    reject_with = by_agent(reject_offer, "offer_id")
    may = {"decide": "collective.decide_collectiveoffer"}
    list_display = ("title", "state", "venue", "institution", "validated_at")
    search_fields = (
        "title", "=id", "institution__uai", "institution__name", "venue__name",
        "venue__offerer__name", "=venue__offerer__siren",
    )  # fmt: skip
    search_help_text = "Titre, numéro, UAI ou nom de l’établissement, lieu, structure ou SIREN"
    list_select_related = ("venue", "institution")
    inlines = (StockInline, FlagInline)
    fieldsets = (
        (None, {"fields": ("title", "state", "venue", "institution", "teacher", "author")}),
        (
            "Contenu",
            {"fields": ("description", "additional_details", "domains", "levels", "kinds")},
        ),
        (
            "Lieu et contact",
            {"fields": ("location", "location_street", "location_city", "contact_email")},
        ),
        (
            "Dates",
            {"fields": ("created_at", "updated_at", "validated_at", "rejection_reason")},
        ),
    )


class IncidentForm(forms.Form):
    reason = forms.ChoiceField(label="Motif", choices=RefundReason, widget=UnfoldAdminSelectWidget)
    cents = EurosField(label="Montant repris, en euros", min_cents=1)
    details = forms.CharField(
        label="Précisions pour l’établissement", required=False, max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )  # fmt: skip


class CancelForm(forms.Form):
    reason = forms.ChoiceField(
        label="Motif",
        choices=[(one.value, one.label) for one in STAFF_REASONS],
        widget=UnfoldAdminSelectWidget,
    )


@admin.register(CollectiveBooking)
class CollectiveBookingAdmin(ReadOnlyAdmin):
    list_display = ("stock", "institution", "redactor", "status", "price", "created_at")
    list_filter = ("status", "cancellation_reason", "year")
    search_fields = ("institution__uai", "institution__name", "redactor__email", "=id")
    search_help_text = "UAI, établissement, e-mail de l’enseignant ou numéro"
    list_select_related = ("stock__offer", "institution", "redactor")
    may = {"decide": "collective.decide_collectiveoffer"}
    actions_detail = ("cancel", "bring_back", "incident")
    shown_if = {
        "cancel": lambda one: one.status in {"PENDING", "CONFIRMED", "USED"},
        "bring_back": lambda one: one.status == "CANCELLED",
        "incident": lambda one: one.status in {"USED", "REIMBURSED"},
    }

    @action(description="Annuler", icon="cancel", url_path="annuler", permissions=["decide"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Annuler cette réservation : {}",
            text="Le partenaire reçoit un e-mail, ADAGE prévient l’établissement. Le budget est "
            "libéré ; un montant dû n’est plus payé.",
            button="Annuler la réservation",
            done="La réservation est annulée, le partenaire et l’établissement sont prévenus.",
            run=lambda booking, reason: cancel_by_team(
                booking_id=booking.pk, reason=reason, by=agent_of(request)
            ),
            form_class=CancelForm,
            danger=True,
        )

    @action(description="Rétablir", icon="restore", url_path="retablir", permissions=["decide"])
    def bring_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Rétablir cette réservation : {}",
            text="Préréservée si le chef d’établissement n’avait pas confirmé ; sinon réservée, ou "
            "terminée 48 heures après l’événement. Le budget doit suffire.",
            button="Rétablir la réservation",
            done="La réservation est rétablie.",
            run=lambda booking: bring_back(booking_id=booking.pk, by=agent_of(request)),
        )

    @action(description="Montant repris", icon="undo", url_path="incident", permissions=["decide"])
    def incident(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Annoncer un montant repris : {}",
            text="Le partenaire reçoit un e-mail, ADAGE prévient l’établissement.",
            button="Prévenir",
            done="Le partenaire et l’établissement sont prévenus.",
            run=lambda booking, **typed: tell_incident(
                booking_id=booking.pk, by=Actor.user(request.user), **typed
            ),
            form_class=IncidentForm,
        )

    @display(description="prix")
    def price(self, booking: CollectiveBooking) -> str:
        return euros(booking.stock.price_cents)


@admin.register(Institution)
class InstitutionAdmin(TeamAdmin):
    list_display = ("uai", "full_name", "city", "academy", "is_active")
    list_filter = ("is_active", "programme")
    search_fields = ("uai", "name", "city", "postal_code")
    search_help_text = "UAI, nom, ville ou code postal"
    readonly_fields = ("created_at",)

    @display(description="établissement")
    def full_name(self, school: Institution) -> str:
        return school.full_name

    @display(description="académie")
    def academy(self, school: Institution) -> str:
        return school.academy or "–"


@admin.register(Domain)
class DomainAdmin(TeamAdmin):
    list_display = ("label", "id", "is_active")
    list_filter = ("is_active",)
    search_fields = ("label",)


@admin.register(NationalProgramme)
class NationalProgrammeAdmin(TeamAdmin):
    """Opened, closed and linked to domains here; offers keep the one they have (§1.3)."""

    list_display = ("label", "id", "is_active")
    list_filter = ("is_active",)
    search_fields = ("label",)
    filter_horizontal = ("domains",)


@admin.register(SchoolYear)
class SchoolYearAdmin(TeamAdmin):
    list_display = ("__str__", "code")


@admin.register(SchoolBudget)
class SchoolBudgetAdmin(ReadOnlyAdmin):
    """Budgets come from the ministries' file: `manage.py import_school_budgets`."""

    list_display = ("institution", "year", "period", "ministry", "amount", "left", "is_final")
    list_filter = ("year", "period", "ministry", "is_final")
    search_fields = ("institution__uai", "institution__name", "institution__city")
    search_help_text = "UAI, nom ou ville de l’établissement"
    readonly_fields = ("amount", "left")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        budgets: Any = super().get_queryset(request)
        found: QuerySet = budgets.with_spending()
        return found

    @display(description="montant")
    def amount(self, budget: SchoolBudget) -> str:
        return euros(budget.amount_cents)

    @display(description="reste")
    def left(self, budget: SchoolBudget) -> str:
        return euros(budget.left_cents)
