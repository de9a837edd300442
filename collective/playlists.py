"""The lists of « Découverte » (§2.12, §7.6): near the school, in the class, new ones.

They are read afresh: what is published, hidden or referenced shows at once. The distance goes from
the school to the venue; without the school's point, its département stands for « near ».
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, FloatField, Value

from collective.enums import LocationKind
from collective.models import CollectiveTemplate, Institution
from offers.geography import Position, circle, kilometres
from venues.enums import OffererStatus
from venues.models import Venue

FARTHEST_KM = 60
NEW_FOR = timedelta(days=90)
MOST = 12


def classroom(school: Institution, position: Position | None, now: datetime) -> Any:
    """« Dans votre classe »: projects that come to schools of the département."""
    found = _templates(now).filter(
        location=LocationKind.SCHOOL, intervention_area__contains=[school.department_code]
    )
    return _near_templates(found, school, position)


def new_templates(school: Institution, position: Position | None, now: datetime) -> Any:
    """« Nouvelles offres »."""
    found = _templates(now).filter(validated_at__gte=now - NEW_FOR)
    return _near_templates(found, school, position)


def local_venues(school: Institution, position: Position | None) -> Any:
    """« À proximité de l’établissement »: how far depends on how rural it is (§2.7)."""
    return _near_venues(_venues(), school, position, school.near_km)


def new_venues(school: Institution, position: Position | None, now: datetime) -> Any:
    """« Nouveaux partenaires culturels »."""
    found = _venues().filter(adage_referenced_at__gte=now - NEW_FOR)
    return _near_venues(found, school, position, FARTHEST_KM)


def _templates(now: datetime) -> Any:
    return CollectiveTemplate.objects.eligible(now).select_related("venue__offerer", "programme")


def _venues() -> Any:
    return Venue.objects.physical().filter(
        adage_id__gt="",
        offerer__is_active=True,
        offerer__status=OffererStatus.VALIDATED,
        offerer__closing_asked_at__isnull=True,
    )


def _near_templates(found: Any, school: Institution, position: Position | None) -> Any:
    if position is None:
        near = found.filter(venue__department_code=school.department_code)
        return near.annotate(distance_km=_unknown()).order_by("-validated_at", "-pk")[:MOST]
    venues = Venue.objects.filter(circle(position, FARTHEST_KM, ""))
    near = found.filter(venue_id__in=list(venues.values_list("pk", flat=True)))
    return near.annotate(distance_km=kilometres(position, "venue__")).order_by(
        F("distance_km").asc(nulls_last=True), "pk"
    )[:MOST]


def _near_venues(found: Any, school: Institution, position: Position | None, km: int) -> Any:
    if position is None:
        near = found.filter(department_code=school.department_code)
        return near.annotate(distance_km=_unknown()).order_by("pk")[:MOST]
    near = found.filter(circle(position, km, "")).annotate(distance_km=kilometres(position, ""))
    return near.order_by("distance_km", "pk")[:MOST]


def _unknown() -> Value:
    return Value(None, output_field=FloatField(null=True))
