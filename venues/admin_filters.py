"""What the team's lists of structures, attachments and venues are narrowed by (§14.2)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from passpro.reference.departments import REGIONS
from venues.enums import AdageStatus
from venues.models import AdageRequest


class QueueFilter(admin.SimpleListFilter):
    """« À traiter »: what waits for the team."""

    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-traiter", "À traiter")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting() if self.value() == "a-traiter" else queryset


class AttentionFilter(admin.SimpleListFilter):
    """What the team should look at besides the queue (ADM-06, SIR-10, OFF-33)."""

    title = "à surveiller"
    parameter_name = "a-surveiller"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("fermeture", "Fermeture demandée"),
            ("sans-administrateur", "Sans administrateur actif"),
            ("identite", "Identité à vérifier"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "fermeture":
                return queryset.closing_asked()
            case "sans-administrateur":
                return queryset.without_administrator()
            case "identite":
                return queryset.waiting_for_identity()
        return queryset


class AdageFilter(admin.SimpleListFilter):
    """Where the request of one of its venues stands (VEN-15)."""

    title = "demande ADAGE"
    parameter_name = "adage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, str(label)) for code, label in AdageStatus.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in AdageStatus.values:
            return queryset
        requests = AdageRequest.objects.filter(status=self.value())
        return queryset.filter(pk__in=requests.values("venue__offerer"))


def region_filter(path: str) -> type[admin.SimpleListFilter]:
    """« Région »; `path` leads to a code of département."""

    class RegionFilter(admin.SimpleListFilter):
        title = "région"
        parameter_name = "region"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(name, name) for name in REGIONS]

        def queryset(self, request: HttpRequest, queryset: Any) -> Any:
            codes = REGIONS.get(self.value() or "")
            return queryset.filter(**{f"{path}__in": codes}) if codes else queryset

    return RegionFilter
