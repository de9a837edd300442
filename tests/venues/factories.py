"""Structures, venues and attachments of the tests."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory
from stdnum import luhn

from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from venues.enums import (
    AdageStatus,
    InvitationStatus,
    MembershipRole,
    MembershipStatus,
    OffererStatus,
    ProviderKind,
    VenueProviderStatus,
)
from venues.models import (
    AdageRequest,
    ApiKey,
    Invitation,
    Membership,
    Offerer,
    Provider,
    Venue,
    VenueProvider,
)
from venues.services.api_keys import hash_secret


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
    """A hall with its SIRET; traits `without_siret` and `virtual` (the digital place)."""

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

    class Params:
        without_siret = factory.Trait(siret=None, comment="Chapiteau itinérant")
        virtual = factory.Trait(
            siret=None,
            is_virtual=True,
            name="Offre numérique",
            booking_email="",
            street="",
            postal_code="",
            city="",
            department_code="",
            latitude=None,
            longitude=None,
        )


class MembershipFactory(DjangoModelFactory):
    """The validated administrator; traits `member` (not administrator) and `pending` (waits)."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    offerer = factory.SubFactory(OffererFactory)
    role = MembershipRole.ADMIN
    status = MembershipStatus.VALIDATED
    decided_at = factory.LazyFunction(clock.now)

    class Params:
        member = factory.Trait(role=MembershipRole.MEMBER)
        pending = factory.Trait(
            role=MembershipRole.MEMBER, status=MembershipStatus.PENDING, decided_at=None
        )


API_SECRET = "5" * 64


class ApiKeyFactory(DjangoModelFactory):
    """A live key; its full text is `full_key(key)`."""

    class Meta:
        model = ApiKey

    offerer = factory.SubFactory(OffererFactory)
    label = "Billetterie"
    prefix = factory.Sequence(lambda n: f"test_{n:012x}")
    secret_hash = factory.LazyFunction(lambda: hash_secret(API_SECRET))
    created_by = factory.SubFactory(UserFactory)


def full_key(key: ApiKey) -> str:
    return f"{key.prefix}_{API_SECRET}"


class ProviderFactory(DjangoModelFactory):
    """A partner's software that venues may choose."""

    class Meta:
        model = Provider

    name = factory.Sequence(lambda n: f"Harmonie {n}")
    kind = ProviderKind.TICKETING
    phone = "+33385458090"
    contact_email = "aide@harmonie.example"
    notification_email = "api@harmonie.example"


class VenueProviderFactory(DjangoModelFactory):
    """A venue that authorised a partner."""

    class Meta:
        model = VenueProvider

    venue = factory.SubFactory(VenueFactory)
    provider = factory.SubFactory(ProviderFactory)
    status = VenueProviderStatus.ACTIVE


class ProviderKeyFactory(ApiKeyFactory):
    """A partner's key; acts for the venues that authorised it."""

    offerer = None
    provider = factory.SubFactory(ProviderFactory)


class AdageRequestFactory(DjangoModelFactory):
    """A request filed and not looked at yet."""

    class Meta:
        model = AdageRequest

    venue = factory.SubFactory(VenueFactory)
    status = AdageStatus.SUBMITTED
    academy = "Rennes"
    legal_status = "ASSOCIATION"
    project = "Rencontrer les artistes, voir les spectacles, jouer."
    domain_ids = [15]
    level_ids = ["COLLEGE4"]
    contact_name = "Alice Le Goff"
    contact_email = "alice@theatre.example"
    contact_phone = "+33298000000"


class InvitationFactory(DjangoModelFactory):
    """Waits for an answer for thirty days; traits `expired` and `accepted`."""

    class Meta:
        model = Invitation

    offerer = factory.SubFactory(OffererFactory)
    email = factory.Sequence(lambda n: f"invite{n}@example.org")
    invited_by = factory.SubFactory(UserFactory)
    status = InvitationStatus.PENDING
    sent_at = factory.LazyFunction(clock.now)
    expires_at = factory.LazyAttribute(lambda invitation: invitation.sent_at + timedelta(days=30))

    class Params:
        expired = factory.Trait(sent_at=factory.LazyFunction(lambda: clock.now() - timedelta(31)))
        accepted = factory.Trait(
            status=InvitationStatus.ACCEPTED, decided_at=factory.LazyFunction(clock.now)
        )
