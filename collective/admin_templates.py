"""The team's page of showcases: the same control as the offers that are booked (§5.4)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from collective.enums import OfferRefusal, OfferValidation
from collective.models import CollectiveTemplate
from collective.services.templates import decide_template
from passpro.kernel import clock, statuses
from passpro.kernel.action_log import Line
from passpro.kernel.admin_base import ReadOnlyAdmin, agent_of
from passpro.kernel.admin_reasons import coded_reason, reason_filter


def word_of(status: str) -> str:
    return statuses.look_of("collective", status).word


class TemplateQueueFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À traiter")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.to_review() if self.value() == "a-traiter" else queryset


@admin.register(CollectiveTemplate)
class CollectiveTemplateAdmin(ReadOnlyAdmin):
    may = {"decide": "collective.decide_collectivetemplate"}
    list_display = ("title", "state", "venue", "updated_at", "validated_at")
    list_filter = (
        TemplateQueueFilter, "validation",
        reason_filter(
            OfferRefusal, why="rejection_reason", validation=OfferValidation.REJECTED
        ),
    )  # fmt: skip
    search_fields = (
        "title",
        "=id",
        "venue__name",
        "venue__offerer__name",
        "=venue__offerer__siren",
    )
    search_help_text = "Titre, numéro, lieu, structure ou SIREN"
    list_select_related = ("venue",)
    show_full_result_count = False
    ordering = ("-pk",)
    actions_detail = ("approve", "reject")
    shown_if = {
        "approve": lambda one: one.validation == OfferValidation.PENDING,
        "reject": lambda one: one.validation in {OfferValidation.PENDING, OfferValidation.APPROVED},
    }
    readonly_fields = ("state", "domains", "levels", "kinds")
    fieldsets = (
        (None, {"fields": ("title", "state", "venue", "author")}),
        ("Contenu", {"fields": ("description", "domains", "levels", "kinds", "price_detail")}),
        (
            "Lieu et contact",
            {"fields": ("location", "location_city", "contact_email", "contact_url")},
        ),
        ("Dates", {"fields": ("created_at", "updated_at", "validated_at", "rejection_reason")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        templates: Any = super().get_queryset(request)
        found: QuerySet = templates.with_display_status(clock.now())
        return found

    def history_of(self, obj: CollectiveTemplate) -> list[Line]:
        rows = obj.changes.order_by("-at", "-pk")[:100]
        return [Line(row.at, row.actor_label, word_of(row.after), row.why) for row in rows]

    @display(description="état")
    def state(self, template: CollectiveTemplate) -> str:
        return word_of(getattr(template, "display_status", template.validation))

    @display(description="domaines")
    def domains(self, template: CollectiveTemplate) -> str:
        return ", ".join(template.domain_labels)

    @display(description="niveaux")
    def levels(self, template: CollectiveTemplate) -> str:
        return ", ".join(template.level_labels)

    @display(description="formats")
    def kinds(self, template: CollectiveTemplate) -> str:
        return ", ".join(template.format_labels)

    @action(description="Valider", icon="check_circle", url_path="valider", permissions=["decide"])
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Valider cette offre vitrine : {}",
            text="Les enseignants la voient aussitôt ; le partenaire reçoit un e-mail.",
            button="Valider l’offre vitrine",
            done="L’offre vitrine est publiée, le partenaire est prévenu.",
            run=lambda one: decide_template(
                template_id=one.pk, is_approved=True, by=agent_of(request)
            ),
        )

    @action(
        description="Refuser", icon="do_not_disturb_on", url_path="refuser", permissions=["decide"]
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Refuser cette offre vitrine : {}",
            text="Les enseignants ne la voient pas ; le partenaire reçoit le motif par e-mail.",
            button="Refuser l’offre vitrine",
            done="L’offre vitrine est refusée, le partenaire est prévenu.",
            run=lambda one, reason: decide_template(
                template_id=one.pk, is_approved=False, reason=reason, by=agent_of(request)
            ),
            form_class=coded_reason(OfferRefusal),
            danger=True,
        )
