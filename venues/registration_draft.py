"""What a person has answered so far, kept in the session between the steps (B0 to B6)."""

from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from venues.activities import ACTIVITY_LABELS
from venues.enums import Audience
from venues.models import grouped
from venues.services.registration import Application, Found

_KEY = "registration"


@dataclass
class Draft:
    """`is_checked`: name and head office come from the register; `joins`: the SIREN is known."""

    siren: str = ""
    siret: str = ""
    is_checked: bool = False
    name: str = ""
    head_office: str = ""
    is_school: bool = False
    is_local_authority: bool = False
    joins: bool = False
    public_name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    latitude: str = ""
    longitude: str = ""
    has_identity: bool = False
    activity: str = ""
    audience: list[str] = field(default_factory=list)
    web_presence: str = ""

    @property
    def grouped_siren(self) -> str:
        return grouped(self.siren)

    @property
    def grouped_siret(self) -> str:
        return grouped(self.siret)

    @property
    def activity_label(self) -> str:
        return ACTIVITY_LABELS.get(self.activity, "")

    @property
    def audience_value(self) -> str:
        return self.audience[0] if len(self.audience) == 1 else Audience.BOTH

    @property
    def audience_label(self) -> str:
        return Audience(self.audience_value).label

    @property
    def address(self) -> str:
        return f"{self.street}, {self.postal_code} {self.city}"

    def application(self) -> Application:
        return Application(
            siren=self.siren,
            siret=self.siret,
            name=self.name,
            public_name=self.public_name,
            street=self.street,
            postal_code=self.postal_code,
            city=self.city,
            activity=self.activity,
            audience=self.audience_value,
            web_presence=self.web_presence,
            latitude=Decimal(self.latitude) if self.latitude else None,
            longitude=Decimal(self.longitude) if self.longitude else None,
            joins=self.joins,
        )


def start(request: HttpRequest, found: Found) -> Draft:
    """A new draft for this number; answers to a former attempt with the same number stay."""
    before = read(request)
    if before is not None and (before.siren, before.siret) == (found.siren, found.siret):
        draft = before
    else:
        draft = Draft(siren=found.siren, siret=found.siret)
    draft.is_checked = found.company is not None
    draft.joins = False
    if found.company is not None:
        company, office = found.company, found.company.head_office
        draft.name = company.name
        draft.is_school, draft.is_local_authority = company.is_school, company.is_local_authority
        if office is not None:
            draft.head_office = f"{office.street}, {office.postal_code} {office.city}".strip(", ")
    elif found.offerer is not None:
        draft.name = found.offerer.name
    if found.place is not None and not draft.has_identity:
        place = found.place
        draft.street, draft.postal_code, draft.city = place.street, place.postal_code, place.city
        draft.public_name = place.name if place.name != draft.name else ""
    keep(request, draft)
    return draft


def read(request: HttpRequest) -> Draft | None:
    kept: dict[str, Any] | None = request.session.get(_KEY)
    names = {one.name for one in fields(Draft)}
    if not kept or not kept.get("siren"):
        return None
    return Draft(**{name: value for name, value in kept.items() if name in names})


def keep(request: HttpRequest, draft: Draft) -> None:
    request.session[_KEY] = asdict(draft)


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
