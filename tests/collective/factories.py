"""Schools, budgets and offers for schools of the tests."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from collective.enums import BookingStatus, BudgetPeriod, LocationKind, Ministry, OfferValidation
from collective.models import (
    CollectiveBooking,
    CollectiveOffer,
    CollectiveRequest,
    CollectiveStock,
    CollectiveTemplate,
    Institution,
    Redactor,
    SchoolBudget,
    SchoolYear,
)
from passpro.kernel import clock
from tests.venues.factories import VenueFactory

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def uai(n: int) -> str:
    number = 290000 + n
    return f"{number:07d}{_LETTERS[number % 23]}"


class InstitutionFactory(DjangoModelFactory):
    class Meta:
        model = Institution

    uai = factory.Sequence(uai)
    kind = "COLLEGE"
    name = "GEORGES CHARPAK"
    city = "Gex"
    postal_code = "01170"


class SchoolYearFactory(DjangoModelFactory):
    class Meta:
        model = SchoolYear
        django_get_or_create = ("start_year",)

    start_year = 2025
    code = factory.LazyAttribute(lambda year: str(year.start_year - 2014))


class BudgetFactory(DjangoModelFactory):
    class Meta:
        model = SchoolBudget

    institution = factory.SubFactory(InstitutionFactory)
    year = factory.SubFactory(SchoolYearFactory)
    period = BudgetPeriod.YEAR
    ministry = Ministry.EDUCATION
    amount_cents = 1_000_00
    is_final = True


class RedactorFactory(DjangoModelFactory):
    class Meta:
        model = Redactor

    email = factory.Sequence(lambda n: f"enseignant{n}@ac.example")
    first_name = "Claire"
    last_name = "Vidal"
    civility = "Mme"


class ReferencedVenueFactory(VenueFactory):
    """A venue that ADAGE knows, of a structure whose offers are not checked first."""

    adage_id = factory.Sequence(lambda n: str(1000 + n))
    adage_referenced_at = factory.LazyFunction(clock.now)
    offerer__is_trusted = True


class CollectiveOfferFactory(DjangoModelFactory):
    """A published offer addressed to a school; trait `draft`. Its place: CollectiveStockFactory."""

    class Meta:
        model = CollectiveOffer

    venue = factory.SubFactory(ReferencedVenueFactory)
    title = factory.Sequence(lambda n: f"Devis n°D-{n:05d}")
    description = "Spectacle suivi d’une rencontre."
    domain_ids = [15]
    formats = ["REPRESENTATION"]
    level_ids = ["COLLEGE4", "COLLEGE3"]
    location = LocationKind.SCHOOL
    intervention_area = ["01"]
    contact_email = "scolaires@example.org"
    booking_emails = ["reservations@example.org"]
    institution = factory.SubFactory(InstitutionFactory)
    validation = OfferValidation.APPROVED
    is_active = True
    validated_at = factory.LazyFunction(clock.now)

    class Params:
        draft = factory.Trait(
            validation=OfferValidation.DRAFT, is_active=False, validated_at=None, institution=None
        )


class CollectiveTemplateFactory(DjangoModelFactory):
    """A published template, permanent, with our form; trait `draft`."""

    class Meta:
        model = CollectiveTemplate

    venue = factory.SubFactory(ReferencedVenueFactory)
    title = factory.Sequence(lambda n: f"Atelier vitrine {n}")
    description = "Un atelier de jeu masqué."
    domain_ids = [15]
    formats = ["ATELIER_DE_PRATIQUE"]
    level_ids = ["COLLEGE4", "COLLEGE3"]
    location = LocationKind.SCHOOL
    intervention_area = ["01"]
    contact_email = "scolaires@example.org"
    contact_by_form = True
    booking_emails = ["reservations@example.org"]
    validation = OfferValidation.APPROVED
    is_active = True
    validated_at = factory.LazyFunction(clock.now)

    class Params:
        draft = factory.Trait(validation=OfferValidation.DRAFT, is_active=False, validated_at=None)


class CollectiveRequestFactory(DjangoModelFactory):
    class Meta:
        model = CollectiveRequest

    template = factory.SubFactory(CollectiveTemplateFactory)
    redactor = factory.SubFactory(RedactorFactory)
    institution = factory.SubFactory(InstitutionFactory)
    comment = "Nous aimerions venir en mai."


class CollectiveStockFactory(DjangoModelFactory):
    """In forty days, to be booked within twenty, 200 € for 27."""

    class Meta:
        model = CollectiveStock

    offer = factory.SubFactory(CollectiveOfferFactory)
    starts_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=40))
    ends_at = factory.LazyAttribute(lambda stock: stock.starts_at)
    booking_limit_at = factory.LazyAttribute(lambda stock: stock.starts_at - timedelta(days=20))
    price_cents = 200_00
    participants = 27
    price_detail = "SCOLAIRE SECONDAIRE à 8,00 € x 25"


class CollectiveBookingFactory(DjangoModelFactory):
    """A pre-booking; traits `confirmed` and `used` bring their budget and dates."""

    class Meta:
        model = CollectiveBooking

    stock = factory.SubFactory(CollectiveStockFactory)
    venue = factory.LazyAttribute(lambda booking: booking.stock.offer.venue)
    institution = factory.LazyAttribute(lambda booking: booking.stock.offer.institution)
    year = factory.SubFactory(SchoolYearFactory)
    redactor = factory.SubFactory(RedactorFactory)
    status = BookingStatus.PENDING
    created_at = factory.LazyFunction(clock.now)
    confirmation_limit_at = factory.LazyAttribute(lambda one: one.stock.booking_limit_at)
    cancellation_limit_at = factory.LazyAttribute(
        lambda one: max(one.stock.starts_at - timedelta(days=30), one.created_at)
    )

    class Params:
        confirmed = factory.Trait(
            status=BookingStatus.CONFIRMED,
            confirmed_at=factory.LazyFunction(clock.now),
            budget=factory.SubFactory(
                BudgetFactory,
                institution=factory.LazyAttribute(lambda one: one.factory_parent.institution),
                year=factory.LazyAttribute(lambda one: one.factory_parent.year),
            ),
        )


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
