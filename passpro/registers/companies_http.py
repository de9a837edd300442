"""The company register as INSEE publishes it: `/siren/{siren}` and `/siret/{siret}` (SIR-01)."""

from typing import Any

from django.conf import settings

from passpro.registers.client import RegisterClient
from passpro.registers.companies import Company, Establishment
from passpro.registers.exceptions import NotDisclosed, RegisterDown
from passpro.registers.text import readable, street_type

_HIDDEN = "[ND]"
_ACTIVE, _DISCLOSED = "A", "O"


class HttpCompanies:
    def __init__(self) -> None:
        token = settings.COMPANY_REGISTER_TOKEN
        self.client = RegisterClient(
            name="companies",
            base_url=settings.COMPANY_REGISTER_URL,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )

    def company(self, siren: str) -> Company | None:
        unit = self._ask(f"siren/{siren}", "uniteLegale")
        if unit is None:
            return None
        if unit is _FORBIDDEN:
            return _undisclosed(siren)
        now = _current(unit.get("periodesUniteLegale"))
        is_disclosed = unit.get("statutDiffusionUniteLegale", _DISCLOSED) == _DISCLOSED
        head_office = None
        if is_disclosed and _text(now, "nicSiegeUniteLegale"):
            head_office = self._head_office(siren + _text(now, "nicSiegeUniteLegale"))
        return Company(
            siren=siren,
            name=_legal_name({**unit, **now}),
            legal_category=_text(now, "categorieJuridiqueUniteLegale"),
            activity_code=_text(now, "activitePrincipaleUniteLegale"),
            is_active=_text(now, "etatAdministratifUniteLegale") == _ACTIVE,
            is_disclosed=is_disclosed,
            head_office=head_office,
        )

    def establishment(self, siret: str) -> Establishment | None:
        place = self._ask(f"siret/{siret}", "etablissement")
        if place is None:
            return None
        if place is _FORBIDDEN or place.get("statutDiffusionEtablissement", "O") != _DISCLOSED:
            raise NotDisclosed(field="siret")
        now = _current(place.get("periodesEtablissement"))
        where = place.get("adresseEtablissement") or {}
        unit = place.get("uniteLegale") or {}
        return Establishment(
            siret=siret,
            name=_text(now, "enseigne1Etablissement")
            or _text(now, "denominationUsuelleEtablissement")
            or _legal_name(unit),
            street=_street(where),
            postal_code=_text(where, "codePostalEtablissement"),
            city=readable(_text(where, "libelleCommuneEtablissement")),
            city_code=_text(where, "codeCommuneEtablissement"),
            is_open=_text(now, "etatAdministratifEtablissement") == _ACTIVE,
            is_head_office=place.get("etablissementSiege") is True,
            activity_code=_text(now, "activitePrincipaleEtablissement"),
        )

    def _head_office(self, siret: str) -> Establishment | None:
        try:
            return self.establishment(siret)
        except NotDisclosed:
            return None

    def _ask(self, path: str, part: str) -> Any:
        """The wanted part, None when the number is unknown, _FORBIDDEN when it is hidden."""
        answer = self.client.get(path)
        if answer.status in {400, 404}:  # 400: a number that cannot exist
            return None
        if answer.status == 403:  # SIR-04: not publishable
            return _FORBIDDEN
        found = answer.body.get(part)
        if answer.status != 200 or not isinstance(found, dict):
            raise RegisterDown(register="companies", status=answer.status)
        return found


_FORBIDDEN = object()


def _undisclosed(siren: str) -> Company:
    return Company(siren, "", "", "", is_active=True, is_disclosed=False, head_office=None)


def _current(periods: Any) -> dict[str, Any]:
    """The period without end; the first one by the protocol's order when none says so."""
    if not isinstance(periods, list) or not periods:
        raise RegisterDown(register="companies", reason="no period")
    current: dict[str, Any] = next(
        (one for one in periods if one.get("dateFin") is None), periods[0]
    )
    return current


def _text(facts: dict[str, Any], name: str) -> str:
    value = str(facts.get(name) or "").strip()
    return "" if value == _HIDDEN else value


def _legal_name(unit: dict[str, Any]) -> str:
    """Name of a company, or first and last name of a sole trader."""
    name = _text(unit, "denominationUniteLegale")
    if name:
        return name
    first = _text(unit, "prenomUsuelUniteLegale") or _text(unit, "prenom1UniteLegale")
    last = _text(unit, "nomUsageUniteLegale") or _text(unit, "nomUniteLegale")
    return " ".join(filter(None, (readable(first), readable(last))))


def _street(where: dict[str, Any]) -> str:
    repeat = {"B": "bis", "T": "ter", "Q": "quater"}
    index = _text(where, "indiceRepetitionEtablissement")
    parts = (
        _text(where, "numeroVoieEtablissement"),
        repeat.get(index, index),
        street_type(_text(where, "typeVoieEtablissement")),
        readable(_text(where, "libelleVoieEtablissement"), inside=True),
    )
    return " ".join(part for part in parts if part)
