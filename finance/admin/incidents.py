"""Incidents after a payment: proposed by one agent, validated by another one (§15, §20)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from finance.enums import Compensation, IncidentKind, IncidentStatus
from finance.models import BookingFinanceIncident, FinanceIncident
from finance.services.incidents import (
    cancel_incident,
    choose_compensation,
    propose_collective_incident,
    propose_incident,
    validate_incident,
)
from passpro.kernel import money
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import (
    InternalReasonForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    agent_of,
    confirm,
    require,
    waited,
)
from passpro.kernel.forms import EurosField

PROPOSE, DECIDE = "finance.add_financeincident", "finance.change_financeincident"
_TONES = {"À valider": "warning", "Validé": "info", "Terminé": "success", "Annulé": "danger"}
_CHOSEN = (IncidentKind.OVERPAYMENT, IncidentKind.COMMERCIAL_GESTURE)


class ProposalForm(forms.Form):
    kind = forms.ChoiceField(
        label="Nature",
        choices=[(kind.value, kind.label) for kind in _CHOSEN],
        widget=UnfoldAdminSelectWidget,
    )
    countermarks = forms.CharField(
        label="Contremarques d’un même lieu, une par ligne (remboursées pour un trop-perçu, "
        "annulées pour un geste)",
        required=False,
        max_length=10_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    school_booking = forms.IntegerField(
        label="Ou numéro d’une réservation scolaire (prise en entier)",
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    amount = EurosField(
        label="Montant en euros (trop-perçu : vide pour la réservation entière ; geste : total)",
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    origin = forms.CharField(
        label="Origine de la demande",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("school_booking") and (typed.get("countermarks") or typed.get("amount")):
            self.add_error(
                "school_booking",
                "Une réservation scolaire est prise seule et en entier : videz les autres cases.",
            )
        return typed


class CompensationForm(forms.Form):
    compensation = forms.ChoiceField(
        label="Récupérer un trop-perçu",
        choices=Compensation.choices,
        initial=Compensation.NEXT_BATCH,
        widget=UnfoldAdminSelectWidget,
    )


def _propose(
    *,
    kind: str,
    countermarks: str,
    school_booking: int | None,
    amount: int | None,
    origin: str,
    by: Actor,
) -> FinanceIncident:
    if school_booking:
        return propose_collective_incident(
            kind=IncidentKind(kind), booking_id=school_booking, origin=origin, by=by
        )
    return propose_incident(
        kind=IncidentKind(kind),
        countermarks=countermarks.split(),
        amount_cents=amount,
        origin=origin,
        by=by,
    )


class ToDoFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À valider")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.to_validate() if self.value() == "a-traiter" else queryset


class IncidentItems(ReadOnlyInline):
    model = BookingFinanceIncident
    fields = ("booking", "collective_booking", "old_amount", "new_amount")
    readonly_fields = ("old_amount", "new_amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        items: QuerySet = super().get_queryset(request)
        return items.select_related("booking", "collective_booking__stock__offer")

    @display(description="montant payé")
    def old_amount(self, item: BookingFinanceIncident) -> str:
        return money.euros(item.old_total_cents)

    @display(description="nouveau montant, ou geste")
    def new_amount(self, item: BookingFinanceIncident) -> str:
        return money.euros(item.new_total_cents)


@admin.register(FinanceIncident)
class FinanceIncidentAdmin(ReadOnlyAdmin):
    """Those to validate first, with their age."""

    may = {"decide": DECIDE, "propose": PROPOSE}
    shown_if = {
        "validate": lambda one: one.status == IncidentStatus.CREATED,
        "cancel": lambda one: one.status == IncidentStatus.CREATED,
        "compensate": lambda one: (
            one.status == IncidentStatus.VALIDATED and one.kind == IncidentKind.OVERPAYMENT
        ),
    }
    list_display = ("number", "kind", "venue", "state", "bookings", "amount", "age", "created_by")
    list_filter = (ToDoFilter, "status", "kind")
    search_fields = ("venue__name", "venue__offerer__name", "=items__booking__countermark")
    list_select_related = ("venue__offerer", "created_by")
    inlines = (IncidentItems,)
    fields = (
        "number", "kind", "state", "venue", "origin", "bookings", "amount", "forces_debit_note",
        "created_at", "created_by", "validated_at", "validated_by",
    )  # fmt: skip
    readonly_fields = ("number", "state", "bookings", "amount")
    actions_list = ("propose",)
    actions_detail = ("validate", "cancel", "compensate")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        incidents: Any = super().get_queryset(request)
        found: QuerySet = incidents.with_money()
        return found

    def has_propose_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PROPOSE))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waiting = When(status=IncidentStatus.CREATED, then=0)
        return [Case(waiting, default=1).asc(), "created_at", "pk"]

    @display(description="incident", ordering="pk")
    def number(self, incident: FinanceIncident) -> str:
        return str(incident)

    @display(description="état", ordering="status", label=_TONES)
    def state(self, incident: Any) -> str:
        is_closed = incident.status == IncidentStatus.VALIDATED and not incident.is_unpaid
        return "Terminé" if is_closed else incident.get_status_display()

    @display(description="réservations")
    def bookings(self, incident: Any) -> int:
        return int(incident.bookings_count)

    @display(description="montant avant barème")
    def amount(self, incident: Any) -> str:
        """§15.3: what the bookings are lowered by; of a gesture, what the venue receives."""
        if incident.kind == IncidentKind.COMMERCIAL_GESTURE:
            return money.euros(incident.new_cents or 0)
        return money.euros((incident.old_cents or 0) - (incident.new_cents or 0))

    @display(description="attend depuis", ordering="created_at")
    def age(self, incident: FinanceIncident) -> str:
        is_waiting = incident.status == IncidentStatus.CREATED
        return waited(incident.created_at) if is_waiting else "–"

    @action(
        description="Proposer un incident", icon="add", url_path="proposer", permissions=["propose"]
    )
    def propose(self, request: HttpRequest) -> HttpResponse:
        require(request, PROPOSE)
        return confirm(
            self,
            request,
            title="Proposer un incident",
            text="Rien ne change tant qu’une autre personne ne l’a pas validé.",
            button="Proposer",
            done="L’incident est proposé : une autre personne doit le valider.",
            back=reverse("admin:finance_financeincident_changelist"),
            form_class=ProposalForm,
            run=lambda **typed: _propose(by=agent_of(request), **typed),
        )

    @action(description="Valider", icon="check_circle", url_path="valider", permissions=["decide"])
    def validate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Valider {} ?",
            text="Un trop-perçu entier annule la réservation et rend le crédit au jeune ou à "
            "l’établissement ; en partie, il rend la différence. L’argent passe avec le prochain "
            "lot.",
            button="Valider l’incident",
            done="L’incident est validé.",
            form_class=CompensationForm,
            run=lambda one, compensation: validate_incident(
                incident_id=one.pk, compensation=compensation, by=agent_of(request)
            ),
        )

    @action(
        description="Annuler l’incident", icon="cancel", url_path="annuler", permissions=["decide"]
    )
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Annuler {} ?",
            text="Les réservations pourront entrer dans un autre incident.",
            button="Annuler cet incident",
            done="L’incident est annulé.",
            form_class=InternalReasonForm,
            danger=True,
            run=lambda one, reason: cancel_incident(
                incident_id=one.pk, why=reason, by=agent_of(request)
            ),
        )

    @action(
        description="Changer la récupération",
        icon="swap_horiz",
        url_path="recuperation",
        permissions=["decide"],
    )
    def compensate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Comment récupérer {} ?",
            text="Possible tant que l’argent n’est pas entré dans un lot.",
            button="Enregistrer",
            done="La récupération est enregistrée.",
            form_class=CompensationForm,
            run=lambda one, compensation: choose_compensation(
                incident_id=one.pk, compensation=compensation, by=agent_of(request)
            ),
        )
