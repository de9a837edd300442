"""What the public and teachers see of the permanent venues of a person (C1, partner pages)."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from passpro.portal.scope import Scope
from venues.enums import AdageStatus
from venues.models import AdageRequest, Venue

SHOWN = 3


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A permanent venue; `school` is the state of its file at ADAGE, empty before any request."""

    venue: Venue
    school: str

    @property
    def is_visible(self) -> bool:
        """Young people find it: its structure is validated and active."""
        return self.venue.offerer.is_visible

    @property
    def is_referenced(self) -> bool:
        return self.venue.is_referenced_for_schools

    @property
    def is_asked(self) -> bool:
        return self.school in {AdageStatus.SUBMITTED, AdageStatus.UNDER_REVIEW}

    @property
    def is_refused(self) -> bool:
        return self.school in {AdageStatus.REFUSED, AdageStatus.DROPPED}


def public_pages(scope: Scope) -> list[PublicPage]:
    """The first ones by name; one query, whatever the number of venues."""
    last = AdageRequest.objects.filter(venue=OuterRef("pk")).order_by("-pk")
    venues = (
        Venue.objects.filter(scope.within(), is_permanent=True, is_virtual=False)
        .select_related("offerer")
        .annotate(adage_state=Subquery(last.values("status")[:1]))
        .order_by("name", "pk")[:SHOWN]
    )
    return [PublicPage(venue, getattr(venue, "adage_state", None) or "") for venue in venues]
