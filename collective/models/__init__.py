from collective.models.bookings import CollectiveBooking
from collective.models.offers import CollectiveOffer, CollectiveStock, OfferChange, OfferSeen
from collective.models.schools import (
    EntryTicket,
    Institution,
    Redactor,
    SchoolBudget,
    SchoolYear,
)

__all__ = [
    "CollectiveBooking",
    "CollectiveOffer",
    "CollectiveStock",
    "EntryTicket",
    "Institution",
    "OfferChange",
    "OfferSeen",
    "Redactor",
    "SchoolBudget",
    "SchoolYear",
]
