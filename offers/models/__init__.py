"""Offers, their prices and dates, what holds them back and what puts them forward."""

from offers.models.bulk import BulkAction
from offers.models.imports import ImportedOffer, OfferImport
from offers.models.moderation import ModerationCondition, ModerationRule, OfferFlag
from offers.models.offers import Offer, OfferTransition
from offers.models.selections import SelectedOffer, Selection
from offers.models.series import DateSeries
from offers.models.stocks import PriceCategory, Stock

__all__ = [
    "BulkAction",
    "DateSeries",
    "ImportedOffer",
    "ModerationCondition",
    "ModerationRule",
    "Offer",
    "OfferFlag",
    "OfferImport",
    "OfferTransition",
    "PriceCategory",
    "SelectedOffer",
    "Selection",
    "Stock",
]
