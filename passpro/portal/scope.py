"""Which structures and venues a page of the portal is about: all of the person's, or the chosen.

The choice is in the address (`?structure=12&lieu=34`); what is not the person's is ignored.
"""

from dataclasses import dataclass, field

from django.db.models import Q
from django.http import QueryDict

from passpro.accounts.models import User
from venues.activities import ACTIVITY_LABELS
from venues.models import Offerer, Venue


@dataclass(frozen=True)
class Place:
    """A venue in a list to choose from."""

    pk: int
    offerer_id: int
    name: str
    is_virtual: bool
    department_code: str
    siret: str
    activity: str

    @property
    def activity_label(self) -> str:
        return ACTIVITY_LABELS.get(self.activity, "")


@dataclass(frozen=True)
class Scope:
    """`all_…`: what may be chosen; `offerers`, `places`: what the page counts."""

    all_offerers: list[Offerer]
    all_places: list[Place]
    offerer: Offerer | None = None
    place: Place | None = None
    offerers: list[Offerer] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def offerer_ids(self) -> list[int]:
        return [offerer.pk for offerer in self.offerers]

    def within(self, venue: str = "") -> Q:
        """Rows of these venues, `venue` being the path to one (empty: venues themselves).

        By structure, or by the one venue chosen: hundreds of numbers in a statement cost more than
        the statement.
        """
        if self.place is not None:
            return Q(**{venue or "pk": self.place.pk})
        return Q(**{f"{venue}__offerer__in" if venue else "offerer__in": self.offerer_ids})

    @property
    def physical(self) -> list[Place]:
        return [place for place in self.places if not place.is_virtual]

    @property
    def departments(self) -> list[str]:
        found = {place.department_code for place in self.places}
        found |= {offerer.department_code for offerer in self.offerers}
        return sorted(found - {""})

    @property
    def choosable_places(self) -> list[Place]:
        """The venues of the chosen structure, or of all."""
        if self.offerer is None:
            return self.all_places
        return [place for place in self.all_places if place.offerer_id == self.offerer.pk]

    @property
    def query(self) -> str:
        """The choice as it is written in addresses, empty for everything."""
        chosen = QueryDict(mutable=True)
        if self.offerer is not None:
            chosen["structure"] = str(self.offerer.pk)
        if self.place is not None:
            chosen["lieu"] = str(self.place.pk)
        return chosen.urlencode()


def scope_of(user: User, asked: QueryDict | None = None) -> Scope:
    """Two queries, whatever the number of structures and venues."""
    offerers = list(Offerer.objects.visible_to(user))
    venues = Venue.objects.filter(offerer__in=[offerer.pk for offerer in offerers])
    columns = (
        "pk", "offerer_id", "public_name", "name", "is_virtual", "department_code", "siret",
        "activity",
    )  # fmt: skip
    places = [
        Place(
            pk=row["pk"],
            offerer_id=row["offerer_id"],
            name=row["public_name"] or row["name"],
            is_virtual=row["is_virtual"],
            department_code=row["department_code"],
            siret=row["siret"] or "",
            activity=row["activity"],
        )
        for row in venues.order_by("is_virtual", "name", "pk").values(*columns)
    ]
    asked = asked if asked is not None else QueryDict()
    place = next((one for one in places if str(one.pk) == asked.get("lieu")), None)
    wanted = str(place.offerer_id) if place else asked.get("structure")
    offerer = next((one for one in offerers if str(one.pk) == wanted), None)
    if place is not None:
        counted = [place]
    elif offerer is not None:
        counted = [one for one in places if one.offerer_id == offerer.pk]
    else:
        counted = places
    return Scope(
        all_offerers=offerers,
        all_places=places,
        offerer=offerer,
        place=place,
        offerers=offerers if offerer is None else [offerer],
        places=counted,
    )
