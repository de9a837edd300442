"""Structures, venues and attachments of the tests."""

import factory
from factory.django import DjangoModelFactory
from stdnum import luhn

from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from venues.enums import MembershipRole, MembershipStatus, OffererStatus
from venues.models import Membership, Offerer, Venue


def siren(n: int) -> str:
    body = f"{30000000 + n}"
    return body + luhn.calc_check_digit(body)


def siret(siren_number: str, n: int = 1) -> str:
    body = f"{siren_number}{n:04d}"
    return body + luhn.calc_check_digit(body)


class OffererFactory(DjangoModelFactory):
    """A validated structure; trait `new` waits for the team's decision."""

    class Meta:
        model = Offerer

    siren = factory.Sequence(siren)
    name = factory.Sequence(lambda n: f"Théâtre des Embruns {n}")
    street = "12 quai du Port"
    postal_code = "29200"
    city = "Brest"
    department_code = "29"
    status = OffererStatus.VALIDATED
    validated_at = factory.LazyFunction(clock.now)

    class Params:
        new = factory.Trait(status=OffererStatus.NEW, validated_at=None)


class VenueFactory(DjangoModelFactory):
    class Meta:
        model = Venue

    offerer = factory.SubFactory(OffererFactory)
    siret = factory.LazyAttributeSequence(lambda venue, n: siret(venue.offerer.siren, n % 9999))
    name = factory.Sequence(lambda n: f"Grande salle {n}")
    booking_email = "reservations@example.org"
    street = "12 quai du Port"
    postal_code = "29200"
    city = "Brest"
    department_code = "29"
    latitude = "48.38333"
    longitude = "-4.49500"
    visual_accessible = False
    mental_accessible = False
    motor_accessible = True
    audio_accessible = False


class MembershipFactory(DjangoModelFactory):
    """A validated administrator; trait `pending` still waits."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    offerer = factory.SubFactory(OffererFactory)
    role = MembershipRole.ADMIN
    status = MembershipStatus.VALIDATED
    decided_at = factory.LazyFunction(clock.now)

    class Params:
        pending = factory.Trait(status=MembershipStatus.PENDING, decided_at=None)
