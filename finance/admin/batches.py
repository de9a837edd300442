"""The team's control of batches, transfers and justificatifs; every decision calls a service."""

from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from finance import accounting
from finance.documents import file_name, store_invoice_pdf
from finance.enums import BatchFileKind, BatchStatus, CashflowStatus
from finance.files import note_bank_data
from finance.models import Cashflow, CashflowBatch, Invoice, InvoiceLine
from finance.services.batch import remake_transfer_file
from finance.services.batch_files import make_file
from finance.services.launch import ask_batch, ask_batch_at, ask_invoices
from finance.services.review import accept_batch, needs_second_person, paid_cents
from passpro.kernel import clock, money
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, ReadOnlyInline, agent_of, confirm, require
from passpro.kernel.errors import DomainError

_BATCH_TONES = {
    "En préparation": "warning",
    "À contrôler": "warning",
    "Contrôlé": "info",
    "Justificatifs émis": "success",
}
CONTROL = "finance.change_cashflowbatch"


class CutoffForm(forms.Form):
    """A cut-off is asked by its last included day: people think in days (§9.2)."""

    last_day = forms.DateField(
        label="Dernier jour inclus (heure de Paris)",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    why = forms.CharField(
        label="Motif, gardé avec le lot",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


def cutoff_after(last_day: date) -> datetime:
    """§9.2: the first instant after the last included day."""
    return clock.paris_midnight(last_day + timedelta(days=1))


@admin.register(CashflowBatch)
class CashflowBatchAdmin(ReadOnlyAdmin):
    """One line per fortnight: how much, for how many accounts, how far."""

    may = {"decide": CONTROL}
    list_display = ("label", "period", "state", "accounts", "total", "progress")
    list_filter = ("status",)
    search_fields = ("label",)
    fields = (
        "label", "period", "cutoff_at", "state", "accounts", "pricings", "total",
        "progress", "documents", "accepted_by", "second_accepted_by", "accepted_at",
        "transfer_sha256", "transfer_error",
    )  # fmt: skip
    readonly_fields = (
        "period", "state", "accounts", "pricings", "total", "progress", "documents",
    )  # fmt: skip
    actions_list = ("prepare", "cut_off")
    actions_detail = (
        "accept",
        "launch_invoices",
        {
            "title": "Fichiers",
            "icon": "download",
            "items": [
                "download_transfer",
                "download_accounts",
                "download_detail",
                "download_invoices",
                "remake_transfer",
            ],
        },
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        done = Q(cashflows__status=CashflowStatus.ACCEPTED)
        batches: QuerySet = super().get_queryset(request)
        counted: QuerySet = batches.annotate(done_count=Count("cashflows", filter=done))
        return counted

    @display(description="état", ordering="status", label=_BATCH_TONES)
    def state(self, batch: CashflowBatch) -> str:
        return batch.get_status_display()

    @display(description="période", ordering="cutoff_at")
    def period(self, batch: CashflowBatch) -> str:
        return f"du {batch.first_day:%d/%m/%Y} au {batch.last_day:%d/%m/%Y}"

    @display(description="comptes", ordering="cashflow_count")
    def accounts(self, batch: CashflowBatch) -> int:
        return batch.cashflow_count

    @display(description="montant", ordering="sum_cents")
    def total(self, batch: CashflowBatch) -> str:
        return money.euros(-batch.sum_cents)

    @display(description="avancement")
    def progress(self, batch: Any) -> str:
        """Of the batch while it is made, then of its justificatifs and their documents."""
        if batch.status == BatchStatus.GENERATING:
            return f"{batch.cashflow_count} comptes sur {batch.accounts_expected}"
        return f"{batch.done_count} justificatifs sur {batch.cashflow_count}"

    @display(description="documents dessinés")
    def documents(self, batch: CashflowBatch) -> str:
        made = batch.invoices.exclude(pdf="").count()
        return f"{made} sur {batch.invoices.count()}"

    @display(description="réservations et corrections")
    def pricings(self, batch: CashflowBatch) -> int:
        return batch.pricing_count

    @action(
        description="Préparer le lot dû",
        icon="playlist_add",
        url_path="preparer",
        permissions=["decide"],
    )
    def prepare(self, request: HttpRequest) -> HttpResponse:
        require(request, CONTROL)
        return confirm(
            self,
            request,
            title="Préparer le lot de la dernière quinzaine ?",
            text="Le calendrier le fait seul le 1er et le 16 à 5 h. Un lot interrompu est repris "
            "là où il s’est arrêté.",
            button="Préparer le lot",
            done="Le lot est en préparation ; rechargez cette page dans un instant.",
            back=reverse("admin:finance_cashflowbatch_changelist"),
            run=lambda: ask_batch(now=clock.now(), by=Actor.user(request.user)),
        )

    @action(
        description="Arrêter à une autre date",
        icon="event",
        url_path="arreter",
        permissions=["decide"],
    )
    def cut_off(self, request: HttpRequest) -> HttpResponse:
        require(request, CONTROL)
        return confirm(
            self,
            request,
            title="Préparer un lot à une autre date d’arrêté ?",
            text="Le lot prend toutes les réservations validées jusqu’à ce jour inclus et pas "
            "encore payées. Le jour doit être passé et postérieur au dernier lot. Le calendrier "
            "continue ensuite le 1er et le 16.",
            button="Préparer le lot",
            done="Le lot est en préparation ; rechargez cette page dans un instant.",
            back=reverse("admin:finance_cashflowbatch_changelist"),
            form_class=CutoffForm,
            run=lambda last_day, why: ask_batch_at(
                cutoff_at=cutoff_after(last_day),
                why=why,
                now=clock.now(),
                by=Actor.user(request.user),
            ),
        )

    @action(
        description="Accepter le lot",
        icon="check_circle",
        url_path="accepter",
        permissions=["decide"],
    )
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CONTROL)
        batch = self.get_object(request, object_id)
        text = f"{money.euros(paid_cents(batch))} vont être virés."
        if needs_second_person(batch):
            text += " Au-delà du seuil, deux personnes différentes doivent accepter."
        return confirm(
            self,
            request,
            title=f"Accepter le lot {batch} ?",
            text=text,
            button="Accepter le lot",
            done="Votre accord est enregistré.",
            back=self._page(object_id),
            run=lambda: accept_batch(
                batch_id=int(object_id), now=clock.now(), by=Actor.user(request.user)
            ),
        )

    @action(
        description="Émettre les justificatifs",
        icon="receipt_long",
        url_path="justificatifs",
        permissions=["decide"],
    )
    def launch_invoices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CONTROL)
        return confirm(
            self,
            request,
            title="Émettre les justificatifs de ce lot ?",
            text="Les réservations deviennent remboursées et les lieux reçoivent un e-mail. "
            "Ce qui est déjà émis ne l’est pas deux fois.",
            button="Émettre les justificatifs",
            done="Les justificatifs sont en cours d’émission ; rechargez cette page.",
            back=self._page(object_id),
            run=lambda: ask_invoices(batch_id=int(object_id), by=Actor.user(request.user)),
        )

    @action(
        description="Fichier SEPA",
        icon="account_balance",
        url_path="sepa",
        permissions=["decide"],
    )
    def download_transfer(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, CONTROL)
        batch = self.get_object(request, object_id)
        if not batch.transfer_file:
            self.message_user(
                request, batch.transfer_error or "Ce lot n’a aucun virement à faire.", "WARNING"
            )
            return redirect(self._page(object_id))
        note_bank_data(batch, "Fichier SEPA", by=agent_of(request))
        return FileResponse(
            batch.transfer_file.open("rb"),
            as_attachment=True,
            filename=PurePosixPath(str(batch.transfer_file.name)).name,
        )

    @action(
        description="Comptes (CSV)",
        icon="download",
        url_path="comptes",
        permissions=["decide"],
    )
    def download_accounts(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self._file(request, object_id, BatchFileKind.BANK_ACCOUNTS)

    @action(
        description="Montants (CSV)",
        icon="download",
        url_path="csv",
        permissions=["decide"],
    )
    def download_detail(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self._file(request, object_id, BatchFileKind.DOWN_PAYMENT)

    @action(
        description="Justificatifs (ZIP)",
        icon="folder_zip",
        url_path="zip",
        permissions=["decide"],
    )
    def download_invoices(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self._file(request, object_id, BatchFileKind.INVOICES)

    def _file(self, request: HttpRequest, object_id: str, kind: BatchFileKind) -> HttpResponseBase:
        """The file that the worker made; made now when it has not come to it yet."""
        require(request, CONTROL)
        batch = self.get_object(request, object_id)
        file = batch.files.filter(kind=kind).first()
        if file is None or not file.file.storage.exists(file.file.name):
            try:
                file = make_file(batch_id=batch.pk, kind=kind, now=clock.now())
            except DomainError as refusal:
                self.message_user(request, refusal.message, "WARNING")
                return redirect(self._page(object_id))
        if kind == BatchFileKind.BANK_ACCOUNTS:
            note_bank_data(batch, kind.label, by=agent_of(request))
        return FileResponse(
            file.file.open("rb"),
            as_attachment=True,
            filename=accounting.file_name(batch, kind, made_at=file.made_at),
        )

    @action(
        description="Refaire le fichier SEPA",
        icon="restart_alt",
        url_path="refaire",
        permissions=["decide"],
    )
    def remake_transfer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CONTROL)
        return confirm(
            self,
            request,
            title="Refaire le fichier de virement ?",
            text="Il contiendra les mêmes virements, avec les mêmes références.",
            button="Refaire le fichier",
            done="Le fichier est refait.",
            back=self._page(object_id),
            run=lambda: remake_transfer_file(batch_id=int(object_id), by=Actor.user(request.user)),
        )

    @staticmethod
    def _page(object_id: str) -> str:
        return reverse("admin:finance_cashflowbatch_change", args=[object_id])


@admin.register(Cashflow)
class CashflowAdmin(ReadOnlyAdmin):
    list_display = ("end_to_end_id", "creditor_name", "masked", "amount", "status", "created_at")
    list_filter = ("status", "batch")
    search_fields = ("end_to_end_id", "creditor_name", "creditor_siren")
    list_select_related = ("batch",)
    fields = (
        "end_to_end_id", "batch", "bank_account", "creditor_name", "creditor_siren", "masked",
        "amount", "status", "invoice", "created_at",
    )  # fmt: skip
    readonly_fields = ("masked", "amount")

    @display(description="IBAN")
    def masked(self, cashflow: Cashflow) -> str:
        return cashflow.masked_iban

    @display(description="montant", ordering="-amount_cents")
    def amount(self, cashflow: Cashflow) -> str:
        return money.euros(cashflow.paid_cents)


class InvoiceLines(ReadOnlyInline):
    model = InvoiceLine
    fields = ("group_label", "label", "rate", "contribution_cents", "reimbursed_cents")


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    may = {"decide": CONTROL}
    list_display = ("reference", "bank_account", "batch", "amount", "created_at")
    list_filter = ("kind", "batch")
    search_fields = ("reference", "bank_account__label", "bank_account__offerer__name")
    list_select_related = ("bank_account", "batch")
    inlines = (InvoiceLines,)
    fields = ("reference", "kind", "bank_account", "batch", "amount", "created_at")
    readonly_fields = ("amount",)
    actions_detail = ("view_pdf", "remake_pdf")

    @display(description="montant", ordering="-amount_cents")
    def amount(self, invoice: Invoice) -> str:
        return money.euros(invoice.reimbursed_cents)

    @action(
        description="Voir le PDF",
        icon="picture_as_pdf",
        url_path="pdf",
        permissions=["decide"],
    )
    def view_pdf(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, CONTROL)
        invoice = self.get_object(request, object_id)
        if not invoice.pdf:
            store_invoice_pdf(invoice.pk)
            invoice.refresh_from_db()
        return FileResponse(
            invoice.pdf.open("rb"), filename=file_name(invoice), content_type="application/pdf"
        )

    @action(
        description="Refaire le PDF",
        icon="restart_alt",
        url_path="refaire",
        permissions=["decide"],
    )
    def remake_pdf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CONTROL)
        return confirm(
            self,
            request,
            title="Refaire le PDF de ce justificatif ?",
            text="Les montants ne changent pas ; le fichier est remplacé.",
            button="Refaire le PDF",
            done="Le PDF est refait.",
            back=reverse("admin:finance_invoice_change", args=[object_id]),
            run=lambda: store_invoice_pdf(int(object_id)),
        )
