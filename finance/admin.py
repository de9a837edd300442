"""The team's queue of bank accounts and its control of batches; every decision calls a service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, Count, Q, QuerySet, Sum, When
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from finance.bank_codes import content_type_of
from finance.documents import file_name, grouped_iban, store_invoice_pdf
from finance.enums import WAITING_ACCOUNT_STATUSES, BankAccountStatus, CashflowStatus
from finance.exports import down_payment_lines, down_payment_name
from finance.models import (
    BankAccount,
    Cashflow,
    CashflowBatch,
    Invoice,
    InvoiceLine,
    VenueBankAccountLink,
)
from finance.services.bank_account import decide_bank_account
from finance.services.batch import remake_transfer_file
from finance.services.launch import ask_batch, ask_invoices
from finance.services.review import accept_batch, needs_second_person, paid_cents
from passpro.kernel import clock, money
from passpro.kernel.action_log import Line, lines_of
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, ReadOnlyInline, confirm, require

_ACCOUNT_TONES = {
    "En attente": "warning",
    "En cours de vérification": "warning",
    "À corriger": "info",
    "Validé": "success",
    "Refusé": "danger",
    "Classé sans suite": "info",
}
_BATCH_TONES = {
    "En préparation": "warning",
    "À contrôler": "warning",
    "Contrôlé": "info",
    "Justificatifs émis": "success",
}
DECIDE, CONTROL = "finance.change_bankaccount", "finance.change_cashflowbatch"


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Motif, envoyé par e-mail",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class QueueFilter(admin.SimpleListFilter):
    """« À traiter »: what waits for the team."""

    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À traiter")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "a-traiter":
            return queryset.filter(status__in=WAITING_ACCOUNT_STATUSES)
        return queryset


class AccountLinks(ReadOnlyInline):
    model = VenueBankAccountLink
    fields = ("venue", "started_at", "ended_at", "opened_by", "closed_by")


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin):
    """Dossiers, those to decide first. The full IBAN and the RIB are for those who decide."""

    may = {"decide": DECIDE}
    list_display = ("label", "offerer", "masked", "state", "filed_at")
    list_filter = (QueueFilter, "status")
    search_fields = ("label", "dossier_number", "offerer__name", "offerer__siren", "=iban")
    list_select_related = ("offerer",)
    inlines = (AccountLinks,)
    actions_detail = ("view_rib", "accept", "ask_correction", "refuse", "close")

    def history_of(self, obj: BankAccount) -> list[Line]:
        moves = [
            Line(row.started_at, row.actor_label, row.get_status_display(), row.why)
            for row in obj.status_history.all()
        ]
        return sorted([*moves, *lines_of(obj)], key=lambda line: line.at, reverse=True)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waiting = Q(status__in=WAITING_ACCOUNT_STATUSES)
        return [Case(When(waiting, then=0), default=1).asc(), "filed_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        iban = "full_iban" if request.user.has_perm(DECIDE) else "masked"
        return (
            "label", "state", "reason", "offerer", "venue", iban, "bic", "dossier_number",
            "filed_by", "filed_at", "decided_at",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("state", "masked", "full_iban")

    @display(description="état", ordering="status", label=_ACCOUNT_TONES)
    def state(self, account: BankAccount) -> str:
        return account.get_status_display()

    @display(description="IBAN")
    def masked(self, account: BankAccount) -> str:
        return account.masked_iban

    @display(description="IBAN")
    def full_iban(self, account: BankAccount) -> str:
        return grouped_iban(account.iban)

    @action(
        description="Voir le RIB",
        icon="file_open",
        url_path="rib",
        permissions=["decide"],
    )
    def view_rib(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, DECIDE)
        account = self.get_object(request, object_id)
        return FileResponse(
            account.rib.open("rb"),
            content_type=content_type_of(account.rib.name),
            filename=f"RIB-{account.dossier_number}.{account.rib.name.rsplit('.', 1)[-1]}",
        )

    @action(
        description="Accepter",
        icon="check_circle",
        url_path="accepter",
        permissions=["decide"],
    )
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request,
            object_id,
            BankAccountStatus.ACCEPTED,
            title="Accepter le compte",
            text="L’IBAN et le RIB concordent. Le lieu concerné est rattaché, et les prochains "
            "virements partent sur ce compte.",
            button="Accepter le compte",
            done="Le compte est accepté.",
        )

    @action(
        description="Demander une correction",
        icon="edit_note",
        url_path="corriger",
        permissions=["decide"],
    )
    def ask_correction(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request,
            object_id,
            BankAccountStatus.WITH_PENDING_CORRECTIONS,
            title="Demander une correction pour",
            text="La personne qui a déposé le compte reçoit le motif.",
            button="Demander la correction",
            done="La correction est demandée.",
            form_class=WhyForm,
        )

    @action(
        description="Refuser",
        icon="do_not_disturb_on",
        url_path="refuser",
        permissions=["decide"],
    )
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request,
            object_id,
            BankAccountStatus.REFUSED,
            title="Refuser le compte",
            text="Ses rattachements sont fermés ; la personne qui l’a déposé reçoit le motif.",
            button="Refuser le compte",
            done="Le compte est refusé, la personne est prévenue.",
            form_class=WhyForm,
            danger=True,
        )

    @action(
        description="Classer sans suite",
        icon="archive",
        url_path="sans-suite",
        permissions=["decide"],
    )
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request,
            object_id,
            BankAccountStatus.WITHOUT_CONTINUATION,
            title="Classer sans suite le compte",
            text="Le dossier est fermé ; la personne qui l’a déposé reçoit le motif.",
            button="Classer sans suite",
            done="Le dossier est classé sans suite.",
            form_class=WhyForm,
            danger=True,
        )

    def _decide(
        self,
        request: HttpRequest,
        object_id: str,
        to: BankAccountStatus,
        *,
        title: str,
        **page: Any,
    ) -> HttpResponse:
        require(request, DECIDE)
        account = self.get_object(request, object_id)
        return confirm(
            self,
            request,
            title=f"{title} « {account} » de {account.offerer} ?",
            back=reverse("admin:finance_bankaccount_change", args=[object_id]),
            run=lambda **typed: decide_bank_account(
                bank_account_id=int(object_id), to=to, by=Actor.user(request.user), **typed
            ),
            **page,
        )


@admin.register(CashflowBatch)
class CashflowBatchAdmin(ReadOnlyAdmin):
    """One line per fortnight: how much, for how many accounts, how far."""

    may = {"decide": CONTROL}
    list_display = ("label", "period", "state", "accounts", "total", "progress")
    list_filter = ("status",)
    search_fields = ("label",)
    fields = (
        "label", "period", "cutoff_at", "state", "accounts", "total", "progress",
        "accepted_by", "second_accepted_by", "accepted_at", "transfer_sha256", "transfer_error",
    )  # fmt: skip
    readonly_fields = ("period", "state", "accounts", "total", "progress")
    actions_list = ("prepare",)
    actions_detail = (
        "accept", "launch_invoices", "download_transfer", "download_detail", "remake_transfer",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        done = Q(cashflows__status=CashflowStatus.ACCEPTED)
        batches: QuerySet = super().get_queryset(request)
        counted: QuerySet = batches.annotate(
            account_count=Count("cashflows"),
            done_count=Count("cashflows", filter=done),
            sum_cents=Sum("cashflows__amount_cents"),
        )
        return counted

    @display(description="état", ordering="status", label=_BATCH_TONES)
    def state(self, batch: CashflowBatch) -> str:
        return batch.get_status_display()

    @display(description="période", ordering="cutoff_at")
    def period(self, batch: CashflowBatch) -> str:
        return f"du {batch.first_day:%d/%m/%Y} au {batch.last_day:%d/%m/%Y}"

    @display(description="comptes", ordering="account_count")
    def accounts(self, batch: Any) -> int:
        return int(batch.account_count)

    @display(description="montant", ordering="sum_cents")
    def total(self, batch: Any) -> str:
        return money.euros(-(batch.sum_cents or 0))

    @display(description="justificatifs")
    def progress(self, batch: Any) -> str:
        return f"{batch.done_count} sur {batch.account_count}"

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
        return FileResponse(
            batch.transfer_file.open("rb"),
            as_attachment=True,
            content_type="application/xml",
            filename=f"{batch.label}-{batch.last_day:%Y-%m-%d}.xml",
        )

    @action(
        description="Montants (CSV)",
        icon="download",
        url_path="csv",
        permissions=["decide"],
    )
    def download_detail(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, CONTROL)
        batch = self.get_object(request, object_id)
        name = down_payment_name(batch, now=clock.now())
        return StreamingHttpResponse(
            down_payment_lines(batch),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
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
