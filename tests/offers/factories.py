"""Offers and stocks of the tests."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from offers.enums import OfferValidation
from offers.models import Offer, PriceCategory, Stock
from passpro.kernel import clock
from tests.venues.factories import VenueFactory


class OfferFactory(DjangoModelFactory):
    """A published show; traits: `draft`, `good` (CD), `book`, `digital` (e-book), `duo`."""

    class Meta:
        model = Offer

    venue = factory.SubFactory(VenueFactory)
    subcategory_id = "SPECTACLE_REPRESENTATION"
    title = factory.Sequence(lambda n: f"Le Lac des cygnes {n}")
    validation = OfferValidation.APPROVED
    is_active = True
    validated_at = factory.LazyFunction(clock.now)
    publication_at = factory.LazyFunction(clock.now)
    notification_email = "reservations@example.org"

    class Params:
        draft = factory.Trait(
            validation=OfferValidation.DRAFT,
            is_active=False,
            validated_at=None,
            publication_at=None,
        )
        good = factory.Trait(subcategory_id="SUPPORT_PHYSIQUE_MUSIQUE_CD")
        book = factory.Trait(subcategory_id="LIVRE_PAPIER")
        digital = factory.Trait(
            subcategory_id="LIVRE_NUMERIQUE", url="https://example.org/lire?code={token}"
        )
        duo = factory.Trait(is_duo=True)


class PriceCategoryFactory(DjangoModelFactory):
    class Meta:
        model = PriceCategory

    offer = factory.SubFactory(OfferFactory)
    label = "Plein tarif"
    price_cents = 1_000


class StockFactory(DjangoModelFactory):
    """A date in ten days with ten places at 10 €; trait `undated` is the stock of a good."""

    class Meta:
        model = Stock

    offer = factory.SubFactory(OfferFactory)
    price_category = factory.SubFactory(
        PriceCategoryFactory,
        offer=factory.SelfAttribute("..offer"),
        price_cents=factory.SelfAttribute("..price_cents"),
    )
    price_cents = 1_000
    beginning_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=10))
    booking_limit_at = factory.SelfAttribute("beginning_at")
    quantity = 10

    class Params:
        undated = factory.Trait(
            price_category=None,
            beginning_at=None,
            booking_limit_at=None,
            offer=factory.SubFactory(OfferFactory, good=True),
        )
