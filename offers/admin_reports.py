"""The team's queue of offers reported by young people (OFF-160)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from offers.enums import OfferRefusal, ReportState
from offers.models import OfferReport
from offers.services.moderate import reject_offer
from offers.services.reports import dismiss_report
from passpro.kernel.admin_base import (
    InternalReasonForm,
    ReadOnlyAdmin,
    agent_of,
    confirm,
    require,
)
from passpro.kernel.admin_reasons import coded_reason

DECIDE = "offers.decide_offerreport"


class WaitingFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À traiter")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(state=ReportState.NEW) if self.value() else queryset


@admin.register(OfferReport)
class OfferReportAdmin(ReadOnlyAdmin):
    """Read, then dismissed with a reason, or the offer is refused and its venue told why."""

    may = {"decide": DECIDE}
    list_display = ("offer", "said", "text", "status", "venue", "created_at")
    list_filter = (WaitingFilter, "reason", "state")
    search_fields = ("offer__title", "=offer__id", "offer__venue__name")
    search_help_text = "Titre ou numéro de l’offre, lieu"
    list_select_related = ("offer__venue",)
    ordering = ("created_at",)
    actions_detail = ("dismiss", "refuse")
    fields = ("offer", "venue", "said", "text", "status", "user", "created_at", "decided_at")
    readonly_fields = ("said", "status", "venue")

    @display(description="motif", ordering="reason")
    def said(self, report: OfferReport) -> str:
        return report.get_reason_display()

    @display(
        description="état",
        ordering="state",
        label={"À traiter": "warning", "Classé sans suite": "info", "Offre refusée": "danger"},
    )
    def status(self, report: OfferReport) -> str:
        return report.get_state_display()

    @display(description="lieu", ordering="offer__venue__name")
    def venue(self, report: OfferReport) -> str:
        return report.offer.venue.shown_name

    @action(
        description="Classer sans suite", icon="check", url_path="classer", permissions=["decide"]
    )
    def dismiss(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request,
            object_id,
            title="Classer ce signalement sans suite ?",
            text="L’offre reste publiée. Personne n’est prévenu.",
            button="Classer",
            done="Le signalement est classé.",
            form_class=InternalReasonForm,
            run=lambda report, reason: dismiss_report(
                report=report, by=agent_of(request), why=reason
            ),
        )

    @action(
        description="Refuser l’offre",
        icon="do_not_disturb_on",
        url_path="refuser",
        permissions=["decide"],
    )
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, "offers.decide_offer")
        return self._decide(
            request,
            object_id,
            title="Refuser l’offre signalée ?",
            text="Elle est masquée et ne peut plus être modifiée ; le lieu reçoit le motif par "
            "e-mail. Les réservations pas encore utilisées sont annulées ; tous ses signalements "
            "en attente sont traités.",
            button="Refuser l’offre",
            done="L’offre est refusée, le lieu est prévenu.",
            form_class=coded_reason(OfferRefusal),
            danger=True,
            run=lambda report, reason: reject_offer(
                offer=report.offer, why=reason, by=agent_of(request)
            ),
        )

    def _decide(self, request: HttpRequest, object_id: str, *, run: Any, **page: Any) -> Any:
        require(request, DECIDE)
        report = self.get_object(request, object_id)
        return confirm(
            self,
            request,
            back=reverse("admin:offers_offerreport_change", args=[object_id]),
            run=lambda **typed: run(report, **typed),
            **page,
        )
