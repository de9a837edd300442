"""Structures (SIREN), their venues (SIRET), people, keys, partners and ADAGE requests."""

from venues.models.adage import AdageRequest, AdageRequestTransition
from venues.models.addresses import KnownAddress
from venues.models.api_keys import ApiKey
from venues.models.invitations import Invitation, InvitationTransition
from venues.models.offerers import (
    Address,
    Membership,
    MembershipTransition,
    Offerer,
    OffererTransition,
    grouped,
    time_zone_of,
)
from venues.models.providers import (
    CinemaPivot,
    Provider,
    VenueProvider,
    VenueProviderTransition,
)
from venues.models.registrations import Registration
from venues.models.tags import OffererTag, OffererTagCategory, VenueTag
from venues.models.venues import OpeningRange, TeacherInfo, Venue

__all__ = [
    "AdageRequest",
    "AdageRequestTransition",
    "Address",
    "ApiKey",
    "CinemaPivot",
    "Invitation",
    "InvitationTransition",
    "KnownAddress",
    "Membership",
    "MembershipTransition",
    "Offerer",
    "OffererTag",
    "OffererTagCategory",
    "OffererTransition",
    "OpeningRange",
    "Provider",
    "Registration",
    "TeacherInfo",
    "Venue",
    "VenueProvider",
    "VenueProviderTransition",
    "VenueTag",
    "grouped",
    "time_zone_of",
]
