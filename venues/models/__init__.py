"""Structures (SIREN), their venues (SIRET), the people attached to them and their API keys."""

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
from venues.models.registrations import Registration
from venues.models.venues import Venue

__all__ = [
    "Address",
    "ApiKey",
    "Invitation",
    "InvitationTransition",
    "Membership",
    "MembershipTransition",
    "Offerer",
    "OffererTransition",
    "Registration",
    "Venue",
    "grouped",
    "time_zone_of",
]
