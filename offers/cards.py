"""What a card says of an offer: image, price, distance, next date; and where the person is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from offers import geography
from offers.models import Offer, Stock
from passpro.accounts.models import User


def home_place(user: Any) -> str:
    """Where the person says to live, as it would be typed in the search."""
    if not isinstance(user, User):
        return ""
    return user.postal_code or user.department_code


def home_position(user: Any) -> geography.Position | None:
    place = home_place(user)
    return geography.locate(place) if place else None


def cards(
    offers: Iterable[Offer], now: datetime, position: geography.Position | None = None
) -> list[dict[str, Any]]:
    """Offers with the figures and the distance that a card shows; one query."""
    offers = list(offers)
    figures = Stock.objects.bookable(now).figures_by_offer([offer.pk for offer in offers], now)
    return [
        {"offer": offer, "figures": figures[offer.pk], "distance": distance(offer, position)}
        for offer in offers
    ]


def distance(offer: Offer, position: geography.Position | None) -> str:
    """« 800 m », empty when one of the two places is unknown."""
    if position is None:
        return ""
    return geography.distance_words(geography.km_between(position, offer.place))


def pictured_first(offers: Iterable[Offer], most: int) -> list[Offer]:
    """Offers with an image come first on the home page (IND-014, IND-035), else in their order."""
    return sorted(offers, key=lambda offer: not offer.image_key)[:most]
