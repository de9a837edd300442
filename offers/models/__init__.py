"""Offers, their prices and dates, what holds them back and what puts them forward."""

from offers.models.bulk import BulkAction
from offers.models.catalogue import CatalogueItem
from offers.models.codes import ActivationCode
from offers.models.films import Film
from offers.models.imports import FeedRun, ImportedOffer, OfferImport
from offers.models.moderation import ModerationCondition, ModerationRule, OfferFlag
from offers.models.offers import Offer, OfferTransition
from offers.models.selections import SelectedOffer, Selection
from offers.models.series import DateSeries
from offers.models.stocks import PriceCategory, Stock
from offers.models.uploads import PartnerUpload
from offers.models.young_people import Favorite, OfferReport

__all__ = [
    "ActivationCode",
    "BulkAction",
    "CatalogueItem",
    "DateSeries",
    "Favorite",
    "FeedRun",
    "Film",
    "ImportedOffer",
    "ModerationCondition",
    "ModerationRule",
    "Offer",
    "OfferFlag",
    "OfferImport",
    "OfferReport",
    "OfferTransition",
    "PartnerUpload",
    "PriceCategory",
    "SelectedOffer",
    "Selection",
    "Stock",
]
