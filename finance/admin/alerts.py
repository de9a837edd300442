"""Alerts of the nightly control: what is wrong, since when; nobody can close one by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from finance.inconsistencies import LABELS
from finance.models import MoneyAlert
from passpro.kernel.admin_base import ReadOnlyAdmin


class OpenFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "Encore là")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(gone_at=None) if self.value() == "a-traiter" else queryset


@admin.register(MoneyAlert)
class MoneyAlertAdmin(ReadOnlyAdmin):
    list_display = ("what", "state", "count", "found_at", "seen_at")
    list_filter = (OpenFilter,)
    fields = ("what", "state", "count", "rows", "found_at", "seen_at", "gone_at")
    readonly_fields = ("what", "state", "rows")

    @display(description="constat")
    def what(self, alert: MoneyAlert) -> str:
        return LABELS.get(alert.control, alert.control)

    @display(description="état", label={"À regarder": "danger", "Disparue": "success"})
    def state(self, alert: MoneyAlert) -> str:
        return "Disparue" if alert.gone_at else "À regarder"

    @display(description="numéros des premières lignes")
    def rows(self, alert: MoneyAlert) -> str:
        return ", ".join(map(str, alert.ids)) or "–"
