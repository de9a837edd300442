"""The team's pages about labelled local credits: programmes, grants, movements (STR-006)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from bookings.constants import GRANTS_AT_ONCE
from bookings.models import LocalCredit, LocalMovement, LocalProgramme
from bookings.services.local_credits import GrantReport, grant_to_many, withdraw_local_credit
from passpro.kernel import action_log, clock
from passpro.kernel.admin_base import (
    InternalReasonForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    TeamAdmin,
    agent_of,
    confirm,
    require,
)
from passpro.kernel.forms import EurosField
from passpro.kernel.models import ActionLog
from passpro.kernel.money import euros
from passpro.reference.categories import CATEGORIES
from passpro.reference.departments import DEPARTMENTS

GRANT = "bookings.add_localcredit"
WITHDRAW = "bookings.change_localcredit"
MOST_SHOWN = 10


class ProgrammeForm(forms.ModelForm):
    amount = EurosField(
        label="Montant par personne",
        max_cents=1_000_00,
        widget=UnfoldAdminTextInputWidget,
        help_text="Ce qui est déjà accordé ne change pas.",
    )

    class Meta:
        model = LocalProgramme
        fields = ("label", "authority", "starts_on", "ends_on", "department_codes", "category_ids")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "amount" in self.fields and self.instance.pk:
            self.initial["amount"] = self.instance.amount_cents
        if "category_ids" in self.fields:
            known = ", ".join(sorted(CATEGORIES))
            self.fields["category_ids"].help_text = f"Vide : toutes. Codes : {known}."

    def clean_amount(self) -> int:
        cents: int = self.cleaned_data["amount"]
        if not cents:
            raise ValidationError("Donnez un montant.")
        self.instance.amount_cents = cents
        return cents

    def clean_department_codes(self) -> list[str]:
        return _known(self.cleaned_data["department_codes"], DEPARTMENTS, "Département inconnu")

    def clean_category_ids(self) -> list[str]:
        return _known(self.cleaned_data["category_ids"], CATEGORIES, "Catégorie inconnue")


def _known(typed: list[str], known: Any, complaint: str) -> list[str]:
    codes = sorted({code.strip().upper() for code in typed if code.strip()})
    if unknown := [code for code in codes if code not in known]:
        raise ValidationError(f"{complaint} : {', '.join(unknown)}.")
    return codes


class AddressesForm(forms.Form):
    addresses = forms.CharField(
        label="Adresses e-mail des bénéficiaires, une par ligne",
        max_length=100_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )

    def clean_addresses(self) -> list[str]:
        text = self.cleaned_data["addresses"].replace(",", "\n").replace(";", "\n")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > GRANTS_AT_ONCE:
            raise ValidationError(f"Au plus {GRANTS_AT_ONCE} adresses à la fois.")
        return lines


@admin.register(LocalProgramme)
class LocalProgrammeAdmin(TeamAdmin):
    """What local authorities give; granted to people by their addresses."""

    may = {"decide": GRANT}
    form = ProgrammeForm
    list_display = ("label", "authority", "amount", "starts_on", "ends_on", "people", "spent")
    list_filter = ("authority",)
    search_fields = ("label", "authority")
    fields = (
        "label", "authority", "amount", "starts_on", "ends_on", "department_codes", "category_ids",
    )  # fmt: skip
    readonly_fields = ()
    actions_detail = ("grant",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        totals = {"people_count": Count("credits"), "spent_total": Sum("credits__spent_cents")}
        return super().get_queryset(request).annotate(**totals)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who may only look sees the amount in euros."""
        return () if self.has_change_permission(request, obj) else ("amount",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.initial.get("amount") if change else None
        super().save_model(request, obj, form, change)
        kind, changes = ActionLog.Kind.CREATED, {}
        if change:
            kind = ActionLog.Kind.MODIFIED
            if given is not None and given != obj.amount_cents:
                changes = {"montant": [euros(given), euros(obj.amount_cents)]}
        action_log.record(obj, kind, by=agent_of(request), changes=changes)

    @display(description="montant", ordering="amount_cents")
    def amount(self, programme: LocalProgramme) -> str:
        return euros(programme.amount_cents)

    @display(description="personnes", ordering="people_count")
    def people(self, programme: Any) -> int:
        return programme.people_count

    @display(description="dépensé", ordering="spent_total")
    def spent(self, programme: Any) -> str:
        return euros(programme.spent_total or 0)

    @action(description="Accorder", icon="redeem", url_path="accorder", permissions=["decide"])
    def grant(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, GRANT)
        programme: Any = self.get_object(request, object_id)
        if programme is None:
            raise Http404
        back, reports = self._url("change", object_id), []

        def run(addresses: list[str]) -> None:
            reports.append(
                grant_to_many(programme=programme, addresses=addresses, by=agent_of(request))
            )

        answer = confirm(
            self,
            request,
            title=f"Accorder « {programme} »",
            text=f"Chaque personne reçoit {euros(programme.amount_cents)} et un e-mail ; une "
            "adresse déjà servie est laissée.",
            button="Accorder",
            done="Les adresses ont été lues.",
            back=back,
            form_class=AddressesForm,
            run=run,
        )
        for report in reports:
            _tell(request, report)
        return answer


def _tell(request: HttpRequest, report: GrantReport) -> None:
    """How many, then the first refusals one by one."""
    messages.success(request, f"Crédits accordés : {report.granted}.")
    for address, reason in report.refused[:MOST_SHOWN]:
        messages.warning(request, f"{address} : {reason}")
    if len(report.refused) > MOST_SHOWN:
        messages.warning(request, f"Et {len(report.refused) - MOST_SHOWN} autres refusées.")


class MovementInline(ReadOnlyInline):
    model = LocalMovement
    fields = ("at", "kind", "amount", "booking", "actor_label")
    readonly_fields = fields
    verbose_name_plural = "mouvements"

    @display(description="montant")
    def amount(self, movement: LocalMovement) -> str:
        return euros(movement.cents)


@admin.register(LocalCredit)
class LocalCreditAdmin(ReadOnlyAdmin):
    """Who received what; each cent that came or went, below."""

    may = {"decide": WITHDRAW}
    list_display = ("user", "programme", "amount", "left", "created_at", "withdrawn_at")
    list_filter = ("programme",)
    search_fields = ("=user__email", "user__last_name", "programme__label")
    list_select_related = ("user", "programme")
    fields = ("user", "programme", "amount", "left", "created_at", "withdrawn_at")
    readonly_fields = ("amount", "left")
    inlines = (MovementInline,)
    actions_detail = ("withdraw",)

    @display(description="montant", ordering="amount_cents")
    def amount(self, credit: LocalCredit) -> str:
        return euros(credit.amount_cents)

    @display(description="reste")
    def left(self, credit: LocalCredit) -> str:
        return euros(credit.remaining_cents(clock.now()))

    @action(
        description="Retirer ce qui reste", icon="block", url_path="retirer",
        permissions=["decide"],
    )  # fmt: skip
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, WITHDRAW)
        credit: Any = self.get_object(request, object_id)
        if credit is None:
            raise Http404
        if credit.withdrawn_at is not None:
            messages.error(request, "Ce crédit est déjà retiré.")
            return redirect(self._url("change", object_id))
        return confirm(
            self,
            request,
            title=f"Retirer « {credit} » ?",
            text="Ce qui reste ne peut plus être dépensé ; ce qui est dépensé le reste.",
            button="Retirer",
            done="Le crédit est retiré.",
            back=self._url("change", object_id),
            danger=True,
            form_class=InternalReasonForm,
            run=lambda reason: withdraw_local_credit(
                credit_id=credit.pk, by=agent_of(request), why=reason
            ),
        )
