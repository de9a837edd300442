from collective.models.bookings import CollectiveBooking
from collective.models.exports import CollectiveExport
from collective.models.offers import (
    CollectiveOffer,
    CollectiveStock,
    OfferChange,
    OfferFlag,
    OfferSeen,
)
from collective.models.schools import (
    EntryTicket,
    Institution,
    Redactor,
    SchoolBudget,
    SchoolYear,
)
from collective.models.templates import (
    CollectiveRequest,
    CollectiveTemplate,
    TemplateChange,
    TemplateFavourite,
)

__all__ = [
    "CollectiveBooking",
    "CollectiveExport",
    "CollectiveOffer",
    "CollectiveRequest",
    "CollectiveStock",
    "CollectiveTemplate",
    "EntryTicket",
    "Institution",
    "OfferChange",
    "OfferFlag",
    "OfferSeen",
    "Redactor",
    "SchoolBudget",
    "SchoolYear",
    "TemplateChange",
    "TemplateFavourite",
]
