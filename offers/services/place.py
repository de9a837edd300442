"""Where an offer takes place: at its venue, or « à une autre adresse » (seed 004)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from offers.exceptions import InvalidDetails
from offers.models import Offer
from offers.search import search_text
from offers.services.locking import lock_own_offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.reference.departments import department_of
from passpro.registers import addresses
from passpro.registers.exceptions import RegisterDown
from venues.models import KnownAddress
from venues.services.addresses import remember


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnAddress:
    """An address that is not the venue's; `label` is how people call it, degrees are WGS 84."""

    street: str = ""
    postal_code: str
    city: str
    label: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    ban_id: str = ""


_NOWHERE = OwnAddress(postal_code="", city="")


def put_at(*, offer: Offer, address: OwnAddress | None, by: Actor) -> Offer:
    """Give the offer its own address, or its venue's again (None); young people search by it.

    A point that was not given is looked up, before the row is locked (BAN-03); an address that
    nobody knows has none. Raises InvalidDetails (online offer, wrong postal code), OfferFrozen,
    MadeByPartner.
    """
    return _write(offer=offer, address=_located(address) if address else _NOWHERE, by=by)


@transaction.atomic
def _write(*, offer: Offer, address: OwnAddress, by: Actor) -> Offer:
    locked = lock_own_offer(offer, by=by)
    department = department_of(address.postal_code)
    if address.city and locked.venue.is_virtual:
        raise InvalidDetails("Une offre numérique n’a pas d’adresse.", field="where")
    if address.city and not department:
        raise InvalidDetails(
            "Saisissez un code postal français de 5 chiffres.",
            field="postal_code",
            api_key="location",
        )
    locked.street, locked.postal_code = address.street, address.postal_code
    locked.city, locked.department_code = address.city, department
    locked.latitude, locked.longitude = address.latitude, address.longitude
    locked.address_label, locked.ban_id = address.label, address.ban_id
    locked.known_address = _known(address)
    locked.search_text = search_text(locked)
    locked.updated_at = clock.now()
    locked.save()
    return locked


def _known(address: OwnAddress) -> KnownAddress | None:
    """Software names an address by its number (API-140)."""
    if not address.city:
        return None
    return remember(
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        latitude=address.latitude,
        longitude=address.longitude,
        ban_id=address.ban_id,
    )


def _located(address: OwnAddress) -> OwnAddress:
    if address.latitude is not None and address.longitude is not None:
        return address
    try:
        found = addresses.locate(
            street=address.street, postal_code=address.postal_code, city=address.city
        )
    except RegisterDown:
        found = None
    return OwnAddress(
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        label=address.label,
        latitude=found.latitude if found else None,
        longitude=found.longitude if found else None,
    )
