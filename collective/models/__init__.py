from collective.models.bookings import CollectiveBooking
from collective.models.exports import CollectiveExport
from collective.models.offers import (
    AdditionalFee,
    CollectiveOffer,
    CollectiveStock,
    OfferChange,
    OfferFlag,
    OfferSeen,
)
from collective.models.programmes import Domain, NationalProgramme, ProgrammeChange
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
    "AdditionalFee",
    "CollectiveBooking",
    "CollectiveExport",
    "CollectiveOffer",
    "CollectiveRequest",
    "CollectiveStock",
    "CollectiveTemplate",
    "Domain",
    "EntryTicket",
    "Institution",
    "NationalProgramme",
    "OfferChange",
    "OfferFlag",
    "OfferSeen",
    "ProgrammeChange",
    "Redactor",
    "SchoolBudget",
    "SchoolYear",
    "TemplateChange",
    "TemplateFavourite",
]
