"""What outside registers add to a structure and its venues; asked before the transaction."""

from decimal import Decimal
from typing import Any

from passpro.registers import addresses, companies
from passpro.registers.companies import Establishment
from passpro.registers.exceptions import NotDisclosed, RegisterDown
from venues.exceptions import ClosedEstablishment


def known_establishment(siret: str) -> Establishment | None:
    """The register's line for a SIRET, None while the register is down (SIR-10).

    Raises UnknownNumber, NotDisclosed, ClosedEstablishment, all about the field `siret`.
    """
    try:
        found = companies.establishment(siret)
    except NotDisclosed as refusal:
        refusal.field = "siret"
        raise
    except RegisterDown:
        return None
    if not found.is_open:
        raise ClosedEstablishment(field="siret")
    return found


def completed(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts of a venue with the register's legal name (VEN-03) and its point on the map (BAN-03).

    What the registers do not know, or cannot say now, stays as it was typed.
    """
    if facts.get("siret"):
        found = known_establishment(facts["siret"])
        if found is not None and found.name:
            facts = facts | {"name": found.name[:140]}
    if facts.get("latitude") is None and facts.get("postal_code"):
        latitude, longitude = point_of(
            street=facts["street"], postal_code=facts["postal_code"], city=facts["city"]
        )
        if latitude is not None:
            facts = facts | {"latitude": latitude, "longitude": longitude}
    return facts


def point_of(*, street: str, postal_code: str, city: str) -> tuple[Decimal | None, Decimal | None]:
    """Latitude and longitude of the address base's best answer (BAN-03), (None, None) without."""
    try:
        found = addresses.locate(street=street, postal_code=postal_code, city=city)
    except RegisterDown:
        found = None
    return (found.latitude, found.longitude) if found else (None, None)
