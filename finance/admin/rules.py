"""Custom rules: read by many, made and ended by those who may (§7, §20); the simulator."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from finance.forms import SUBCATEGORY_CHOICES
from finance.models import CustomRule
from finance.services.custom_rules import RuleTerms, create_rule, end_rule
from finance.services.simulate import simulate_at
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, confirm, require
from passpro.kernel.errors import DomainError
from passpro.kernel.forms import EurosField
from venues.models import Offerer, Venue

CREATE, VIEW = "finance.add_customrule", "finance.view_customrule"


def _day(label: str, **facts: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}), **facts
    )


class EndForm(forms.Form):
    last_day = _day("Dernier jour inclus (heure de Paris)")
    why = forms.CharField(
        label="Motif, gardé dans l’historique",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class RuleForm(EndForm):
    """A rate for a structure (SIREN) or for a venue with SIRET; offers have their command."""

    siren = forms.CharField(
        label="SIREN de la structure, ou SIRET du lieu", widget=UnfoldAdminTextInputWidget
    )
    rate = forms.DecimalField(
        label="Taux en %",
        max_digits=5,
        decimal_places=2,
        localize=True,
        widget=UnfoldAdminTextInputWidget,
    )
    subcategories = forms.MultipleChoiceField(
        label="Sous-catégories (aucune : toutes)",
        required=False,
        choices=SUBCATEGORY_CHOICES,
        widget=UnfoldAdminSelectMultipleWidget,
    )
    first_day = _day("Premier jour (demain au plus tôt)")
    last_day = _day("Dernier jour inclus (vide : sans fin)", required=False)
    field_order = ("siren", "rate", "subcategories", "first_day", "last_day", "why")

    def clean_siren(self) -> tuple[int | None, int | None]:
        """(structure, venue) of the number."""
        number = "".join(self.cleaned_data["siren"].split())
        offerer = Offerer.objects.filter(siren=number).values_list("pk", flat=True).first()
        venue = Venue.objects.filter(siret=number).values_list("pk", flat=True).first()
        if offerer is None and venue is None:
            raise forms.ValidationError("Ni structure ni lieu n’a ce numéro.")
        return offerer, venue


class SimulationForm(forms.Form):
    subcategory = forms.ChoiceField(
        label="Sous-catégorie", choices=SUBCATEGORY_CHOICES, widget=UnfoldAdminSelectWidget
    )
    price = EurosField(label="Prix d’une unité en euros", widget=UnfoldAdminTextInputWidget)
    quantity = forms.IntegerField(
        label="Quantité", min_value=1, initial=1, widget=UnfoldAdminTextInputWidget
    )
    revenue_before = EurosField(
        label="Chiffre d’affaires de l’année avant elle, en euros",
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    siret = forms.CharField(
        label="SIRET : prend son chiffre d’affaires et ses tarifs dérogatoires",
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    used_on = _day("Validée le", required=False)

    def clean_siret(self) -> Venue | None:
        number = "".join(self.cleaned_data["siret"].split())
        if not number:
            return None
        venue = Venue.objects.filter(siret=number).first()
        if venue is None:
            raise forms.ValidationError("Aucun lieu n’a ce SIRET.")
        return venue


class ScopeFilter(admin.SimpleListFilter):
    title = "portée"
    parameter_name = "portee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("offer", "Offre"), ("venue", "Lieu"), ("offerer", "Structure")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in {"offer", "venue", "offerer"}:
            return queryset.filter(**{f"{self.value()}__isnull": False})
        return queryset


@admin.register(CustomRule)
class CustomRuleAdmin(ReadOnlyAdmin):
    may = {"decide": CREATE}
    list_display = ("__str__", "applies_to", "amount", "first_day", "last_day")
    list_filter = (ScopeFilter,)
    search_fields = (
        "offerer__name", "offerer__siren", "venue__name", "venue__siret", "offer__title",
        "=offer__id",
    )  # fmt: skip
    list_select_related = ("offer", "venue", "offerer")
    fields = (
        "offer", "venue", "offerer", "subcategories", "amount", "first_day", "last_day",
        "created_at",
    )  # fmt: skip
    readonly_fields = ("amount", "first_day", "last_day")
    actions_list = ("create", "simulate")
    actions_detail = ("end",)

    @display(description="s’applique à")
    def applies_to(self, rule: CustomRule) -> str:
        return str(rule.subject)

    @display(description="taux ou montant")
    def amount(self, rule: CustomRule) -> str:
        return rule.words

    @display(description="premier jour", ordering="started_at")
    def first_day(self, rule: CustomRule) -> date:
        return rule.first_day

    @display(description="dernier jour", ordering="ended_at")
    def last_day(self, rule: CustomRule) -> date | None:
        return rule.last_day

    @action(description="Créer un tarif", icon="add", url_path="creer", permissions=["decide"])
    def create(self, request: HttpRequest) -> HttpResponse:
        require(request, CREATE)
        return confirm(
            self,
            request,
            title="Créer un tarif dérogatoire",
            text="Il remplace les barèmes pour les réservations validées pendant la période. Le "
            "tarif d’un lieu l’emporte sur celui de sa structure.",
            button="Créer le tarif",
            done="Le tarif est créé.",
            back=reverse("admin:finance_customrule_changelist"),
            form_class=RuleForm,
            run=lambda **typed: _create(by=Actor.user(request.user), **typed),
        )

    @action(description="Fixer la fin", icon="event_busy", url_path="fin", permissions=["decide"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CREATE)
        rule = self.get_object(request, object_id)
        return confirm(
            self,
            request,
            title=f"Fixer la fin du tarif n° {rule.pk} de « {rule.subject} » ?",
            text="Une fin ne se change plus. Les réservations validées jusqu’à ce jour inclus "
            "gardent ce tarif.",
            button="Fixer la fin",
            done="La fin est fixée.",
            back=reverse("admin:finance_customrule_change", args=[object_id]),
            form_class=EndForm,
            run=lambda **typed: end_rule(
                rule_id=int(object_id), by=Actor.user(request.user), **typed
            ),
        )

    @action(description="Simuler un remboursement", icon="calculate", url_path="simuler")
    def simulate(self, request: HttpRequest) -> HttpResponse:
        require(request, VIEW)
        form = SimulationForm(request.GET if request.GET else None)
        found = None
        if form.is_bound and form.is_valid():
            typed = form.cleaned_data
            try:
                found = simulate_at(
                    subcategory_id=typed["subcategory"],
                    unit_cents=typed["price"],
                    quantity=typed["quantity"],
                    venue=typed["siret"],
                    revenue_before_cents=typed["revenue_before"],
                    used_at=clock.paris_midnight(typed["used_on"]) if typed["used_on"] else None,
                )
            except DomainError as error:
                form.add_error("siret", error.message)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Simuler un remboursement",
            "form": form,
            "found": found,
            "back": reverse("admin:finance_customrule_changelist"),
        }
        return TemplateResponse(request, "finance/admin/simulation.html", context)


def _create(
    *,
    siren: tuple[int | None, int | None],
    rate: Decimal,
    subcategories: list[str],
    by: Actor,
    why: str,
    **days: Any,
) -> CustomRule:
    offerer, venue = siren
    terms = RuleTerms(
        offerer_id=offerer,
        venue_id=venue,
        rate=rate / 100,
        subcategories=frozenset(subcategories),
        **days,
    )
    return create_rule(terms=terms, by=by, why=why)
