"""The team's queue of bank accounts; every decision calls a service."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from unfold.decorators import action, display

from finance.bank_codes import normalised
from finance.documents import grouped_iban
from finance.enums import (
    WAITING_ACCOUNT_STATUSES,
    BankAccountPart,
    BankAccountRefusal,
    BankAccountStatus,
)
from finance.files import note_look, open_rib
from finance.models import BankAccount, VenueBankAccountLink
from finance.services.bank_account import decide_bank_account
from passpro.kernel.action_log import Line, lines_of
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, ReadOnlyInline, confirm, require
from passpro.kernel.admin_reasons import coded_reason

_ACCOUNT_TONES = {
    "En attente": "warning",
    "En cours de vérification": "warning",
    "À corriger": "info",
    "Validé": "success",
    "Refusé": "danger",
    "Classé sans suite": "info",
}
DECIDE = "finance.change_bankaccount"
SHORTEST_IBAN = 15


WhyForm = coded_reason(BankAccountRefusal, "why")


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
    search_fields = ("label", "dossier_number", "offerer__name", "offerer__siren")
    list_select_related = ("offerer",)
    inlines = (AccountLinks,)
    actions_detail = ("view_rib", "accept", "ask_correction", "refuse", "close")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """A whole IBAN is found by its fingerprint."""
        if len(number := normalised(search_term)) >= SHORTEST_IBAN and queryset.of_iban(number):
            return queryset.of_iban(number), False
        return super().get_search_results(request, queryset, search_term)

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
        return open_rib(account, by=Actor.user(request.user))

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Who decides reads the whole IBAN here: the look is kept."""
        account = self.get_object(request, object_id)
        if account is not None and request.user.has_perm(DECIDE):
            note_look(account, BankAccountPart.IBAN, by=Actor.user(request.user))
        page: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return page

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
