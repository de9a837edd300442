"""Transfers sent back by the bank: import its answers, see what waits, try again (§10.4)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action, display

from finance.admin.batches import CONTROL
from finance.models import ReturnedTransfer
from finance.services.bank_answers import import_answer, release_transfer
from passpro.kernel import money
from passpro.kernel.admin_base import ReadOnlyAdmin, agent_of, require, waited
from passpro.kernel.errors import DomainError


class AnswerForm(forms.Form):
    file = forms.FileField(label="Fichier de la banque (pain.002 ou camt.054, 20 Mo au plus)")


class ToDoFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À payer de nouveau")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting() if self.value() == "a-traiter" else queryset


@admin.register(ReturnedTransfer)
class ReturnedTransferAdmin(ReadOnlyAdmin):
    may = {"decide": CONTROL}
    shown_if = {"release": lambda one: one.paid_again_in_id is None and not one.is_released}
    list_display = ("failed_reference", "creditor", "masked", "amount", "reason", "state", "age")
    list_filter = (ToDoFilter,)
    search_fields = ("failed_reference", "end_to_end_id", "cashflow__creditor_name")
    list_select_related = ("cashflow", "paid_again_in")
    fields = (
        "failed_reference", "cashflow", "creditor", "masked", "amount", "reason", "returned_at",
        "answer", "state", "is_released", "paid_again_in", "end_to_end_id", "bank_account",
    )  # fmt: skip
    readonly_fields = ("creditor", "masked", "amount", "state")
    actions_list = ("import_file",)
    actions_detail = ("release",)

    @display(description="bénéficiaire")
    def creditor(self, returned: ReturnedTransfer) -> str:
        return returned.cashflow.creditor_name

    @display(description="IBAN")
    def masked(self, returned: ReturnedTransfer) -> str:
        return returned.masked_iban

    @display(description="montant")
    def amount(self, returned: ReturnedTransfer) -> str:
        return money.euros(returned.paid_cents)

    @display(
        description="état", label={"Payé de nouveau": "success", "Compte à corriger": "warning"}
    )
    def state(self, returned: ReturnedTransfer) -> str:
        if returned.paid_again_in_id:
            return "Payé de nouveau"
        return "Part au prochain lot" if returned.is_released else "Compte à corriger"

    @display(description="attend depuis", ordering="returned_at")
    def age(self, returned: ReturnedTransfer) -> str:
        return "–" if returned.paid_again_in_id else waited(returned.returned_at)

    @action(
        description="Importer une réponse de la banque",
        icon="upload_file",
        url_path="importer",
        permissions=["decide"],
    )
    def import_file(self, request: HttpRequest) -> HttpResponse:
        """« Essayer » says what would be done; « Importer » does it; twice is harmless."""
        require(request, CONTROL)
        is_post = request.method == "POST"
        form = AnswerForm(request.POST, request.FILES) if is_post else AnswerForm()
        report, status = None, 200
        if is_post and form.is_valid():
            try:
                report = import_answer(
                    content=form.cleaned_data["file"].read(),
                    by=agent_of(request),
                    is_try="try" in request.POST,
                )
            except DomainError as error:
                form.add_error("file", error.message)
                status = error.http_status
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Importer une réponse de la banque",
            "form": form,
            "report": report,
            "back": reverse("admin:finance_returnedtransfer_changelist"),
        }
        return TemplateResponse(request, "finance/admin/bank_answer.html", context, status=status)

    @action(
        description="Payer sur le même compte",
        icon="replay",
        url_path="meme-compte",
        permissions=["decide"],
    )
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Payer {} de nouveau sur le même compte ?",
            text="À faire quand la banque s’est trompée. Il part avec le prochain lot ; sinon il "
            "attend que la structure ait un compte corrigé et validé.",
            button="Payer de nouveau",
            done="Il partira avec le prochain lot.",
            run=lambda one: release_transfer(returned_id=one.pk, by=agent_of(request)),
        )
