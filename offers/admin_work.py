"""Long work on offers, for those who answer a venue: series of dates, imports, bulk actions."""

from typing import Any

from django.contrib import admin
from unfold.decorators import display

from offers.enums import BulkState
from offers.models import BulkAction, DateSeries, FeedRun, ImportedOffer, OfferImport
from passpro.kernel.admin_base import ReadOnlyAdmin

_TONES = {
    BulkState.WAITING.label: "warning",
    BulkState.RUNNING.label: "info",
    BulkState.DONE.label: "success",
    BulkState.FAILED.label: "danger",
}
_LINES = 20


class LongWorkAdmin(ReadOnlyAdmin):
    """What was asked for, by whom, and how far it has come."""

    show_full_result_count = False
    ordering = ("-pk",)

    @display(description="état", ordering="state", label=_TONES)
    def status(self, work: Any) -> str:
        return work.get_state_display()


@admin.register(DateSeries)
class DateSeriesAdmin(LongWorkAdmin):
    list_display = ("offer", "status", "progress", "created", "user", "created_at")
    list_filter = ("state",)
    search_fields = ("offer__title", "=offer__id", "user__email")
    search_help_text = "Titre ou numéro de l’offre, e-mail de la personne"
    list_select_related = ("offer", "user")
    readonly_fields = ("status", "progress")
    fields = (
        "offer", "status", "progress", "created", "refusal", "rule", "user", "created_at",
        "started_at", "finished_at",
    )  # fmt: skip

    @display(description="avancement")
    def progress(self, series: DateSeries) -> str:
        return f"{series.done} sur {series.total}"


@admin.register(BulkAction)
class BulkActionAdmin(LongWorkAdmin):
    list_display = ("verb", "status", "progress", "changed", "left", "user", "created_at")
    list_filter = ("state", "verb")
    search_fields = ("user__email", "=id")
    search_help_text = "E-mail de la personne, numéro de l’action"
    list_select_related = ("user",)
    readonly_fields = ("status", "progress", "left")
    fields = (
        "verb", "status", "progress", "changed", "left", "is_everything", "query", "user",
        "created_at", "started_at", "finished_at",
    )  # fmt: skip

    @display(description="avancement")
    def progress(self, action: BulkAction) -> str:
        return f"{action.seen} sur {action.total}"

    @display(description="laissées telles quelles")
    def left(self, action: BulkAction) -> int:
        return action.skipped


@admin.register(OfferImport)
class OfferImportAdmin(ReadOnlyAdmin):
    """What was read, the lines left out and why: what a venue asks about."""

    list_display = ("source", "kind", "venue", "lines", "left", "created", "updated", "created_at")
    list_filter = ("kind",)
    search_fields = ("source", "venue__name", "venue__public_name", "user__email")
    search_help_text = "Numéro d’agenda ou nom du fichier, lieu, e-mail de la personne"
    list_select_related = ("venue", "user")
    show_full_result_count = False
    ordering = ("-pk",)
    readonly_fields = ("lines", "left", "reasons")
    fields = (
        "source", "kind", "venue", "user", "lines", "left", "reasons", "created", "updated",
        "created_at", "applied_at",
    )  # fmt: skip

    @display(description="lignes lues")
    def lines(self, run: OfferImport) -> int:
        return len(run.found)

    @display(description="laissées de côté")
    def left(self, run: OfferImport) -> int:
        return len(run.rejected)

    @display(description="pourquoi")
    def reasons(self, run: OfferImport) -> str:
        said = [f"{one['line']} : {one['why']}" for one in run.rejected[:_LINES]]
        more = len(run.rejected) - len(said)
        return "\n".join([*said, *([f"et {more} autres"] if more > 0 else [])]) or "–"


@admin.register(ImportedOffer)
class ImportedOfferAdmin(ReadOnlyAdmin):
    """Which event of its source an offer is: why a second import did or did not find it."""

    list_display = ("offer", "kind", "key", "venue", "seen_at")
    list_filter = ("kind",)
    search_fields = ("=key", "offer__title", "=offer__id", "venue__name")
    search_help_text = "Identifiant à la source, titre ou numéro de l’offre, lieu"
    list_select_related = ("offer", "venue")
    show_full_result_count = False
    ordering = ("-seen_at", "-pk")
    fields = ("offer", "kind", "key", "venue", "facts", "seen_at")


@admin.register(FeedRun)
class FeedRunAdmin(LongWorkAdmin):
    """Readings of feeds of stocks, with their figures and their failures (PRV-10)."""

    list_display = (
        "link", "status", "read", "created", "updated", "refused", "started_at", "ended_at",
    )  # fmt: skip
    list_filter = ("state", "link__provider")
    search_fields = ("link__venue__name", "link__venue__public_name", "link__provider__name")
    search_help_text = "Lieu ou logiciel"
    list_select_related = ("link__provider", "link__venue")
    readonly_fields = ("status", "refusals")
    fields = (
        "link", "status", "failure", "read", "created", "updated", "emptied", "kept", "refused",
        "refusals", "started_at", "ended_at",
    )  # fmt: skip

    @display(description="premiers refus")
    def refusals(self, run: FeedRun) -> str:
        lines = (f"{one['line']} – {one['text']} : {one['why']}" for one in run.rejected[:_LINES])
        return "\n".join(lines) or "–"
