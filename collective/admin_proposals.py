"""What the team’s pages of offers and of showcases share: list, state, the two decisions (§5.4)."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from collective.enums import OfferRefusal, OfferValidation
from collective.models.proposals import Proposal
from passpro.kernel import clock, statuses
from passpro.kernel.action_log import Line
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, agent_of
from passpro.kernel.admin_reasons import coded_reason, reason_filter

RefusalForm = coded_reason(OfferRefusal)


def word_of(status: str) -> str:
    return statuses.look_of("collective", status).word


def words_of(row: Any) -> str:
    """A line of the history: the move between two states, or the fact that changed."""
    if row.before == row.after:
        return str(row.get_kind_display())
    return f"{word_of(row.before)} → {word_of(row.after)}" if row.before else word_of(row.after)


class QueueFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À traiter")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.to_review() if self.value() == "a-traiter" else queryset


class ProposalAdmin(ReadOnlyAdmin):
    """Needs `noun` (« cette offre… »), who sees it when approved, and the two services."""

    noun = ""
    seen_by = ""
    approve_with: Callable[..., Any]
    reject_with: Callable[..., Any]

    list_filter = (
        QueueFilter, "validation",
        reason_filter(OfferRefusal, why="rejection_reason", validation=OfferValidation.REJECTED),
    )  # fmt: skip
    show_full_result_count = False
    ordering = ("-pk",)
    actions_detail = ("approve", "reject")
    shown_if = {
        "approve": lambda one: one.validation == OfferValidation.PENDING,
        "reject": lambda one: one.validation in {OfferValidation.PENDING, OfferValidation.APPROVED},
    }
    readonly_fields = ("state", "domains", "levels", "kinds")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: Any = super().get_queryset(request)
        found: QuerySet = rows.with_display_status(clock.now())
        return found

    def history_of(self, obj: Any) -> list[Line]:
        rows = obj.changes.order_by("-at", "-pk")[:100]
        return [Line(row.at, row.actor_label, words_of(row), row.why) for row in rows]

    @display(description="état")
    def state(self, one: Proposal) -> str:
        return word_of(getattr(one, "display_status", one.validation))

    @display(description="domaines")
    def domains(self, one: Proposal) -> str:
        return ", ".join(one.domain_labels)

    @display(description="niveaux")
    def levels(self, one: Proposal) -> str:
        return ", ".join(one.level_labels)

    @display(description="formats")
    def kinds(self, one: Proposal) -> str:
        return ", ".join(one.format_labels)

    @action(description="Valider", icon="check_circle", url_path="valider", permissions=["decide"])
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title=f"Valider cette {self.noun} : {{}}",
            text=f"{self.seen_by} aussitôt ; le partenaire reçoit un e-mail.",
            button=f"Valider l’{self.noun}",
            done=f"L’{self.noun} est publiée, le partenaire est prévenu.",
            run=lambda one: type(self).approve_with(one.pk, agent_of(request)),
        )

    @action(
        description="Refuser", icon="do_not_disturb_on", url_path="refuser", permissions=["decide"]
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title=f"Refuser cette {self.noun} : {{}}",
            text="Elle n’est pas publiée ; le partenaire reçoit le motif par e-mail.",
            button=f"Refuser l’{self.noun}",
            done=f"L’{self.noun} est refusée, le partenaire est prévenu.",
            run=lambda one, reason: type(self).reject_with(one.pk, reason, agent_of(request)),
            form_class=RefusalForm,
            danger=True,
        )


def by_agent(service: Callable[..., Any], name: str, **fixed: Any) -> Callable[..., Any]:
    """The service with the number it wants: (pk, by), or (pk, reason, by)."""

    def run(pk: int, *given: Any) -> Any:
        *reason, by = given
        assert isinstance(by, Actor)
        more = {"reason": reason[0]} if reason else {}
        return service(**{name: pk}, by=by, **more, **fixed)

    return staticmethod(run)
