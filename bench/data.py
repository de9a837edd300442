"""Rows of the benchmark, in bulk: one structure, undated goods, young people with a credit."""

from dataclasses import dataclass
from datetime import timedelta

from bookings.enums import DepositType
from bookings.models import Booking, Deposit
from offers.enums import OfferValidation
from offers.models import Offer, Stock
from passpro.accounts.models import User
from passpro.kernel import clock
from venues.enums import MembershipRole, MembershipStatus, OffererStatus
from venues.models import Membership, Offerer, Venue

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"


@dataclass
class Stage:
    """What the scenarios use."""

    owner: User
    offerer: Offerer
    people: list[User]
    stocks: list[Stock]
    countermarks: list[str]


def countermark(n: int) -> str:
    letters = ""
    for _ in range(6):
        n, rest = divmod(n, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters


def build(*, people: int, stocks: int, bookings: int) -> Stage:
    """`bookings` confirmed bookings spread over the people, and `stocks` fresh stocks to book."""
    now = clock.now()
    owner = User.objects.create(email="bench@example.org", email_verified_at=now, password="!")
    offerer = Offerer.objects.create(
        siren="300000007", name="Banc", status=OffererStatus.VALIDATED, validated_at=now
    )
    Membership.objects.create(
        user=owner,
        offerer=offerer,
        role=MembershipRole.ADMIN,
        status=MembershipStatus.VALIDATED,
        decided_at=now,
    )
    venue = Venue.objects.create(
        offerer=offerer, siret="30000000700015", name="Banc", booking_email="banc@example.org"
    )
    crowd = User.objects.bulk_create(
        User(
            email=f"jeune{n}@example.org",
            first_name="Chloé",
            last_name=f"Durand{n}",
            password="!",
            email_verified_at=now,
            beneficiary_role=User.BeneficiaryRole.AGE_18,
        )
        for n in range(people)
    )
    deposits = Deposit.objects.bulk_create(
        Deposit(
            user=person,
            type=DepositType.GRANT_18,
            version=2,
            amount_cents=300_00,
            expires_at=now + timedelta(days=700),
        )
        for person in crowd
    )

    def offers_of(count: int, title: str) -> list[Stock]:
        offers = Offer.objects.bulk_create(
            Offer(
                venue=venue,
                subcategory_id="SUPPORT_PHYSIQUE_MUSIQUE_CD",
                title=f"{title} {n}",
                validation=OfferValidation.APPROVED,
                is_active=True,
                publication_at=now,
                validated_at=now,
                notification_email="banc@example.org",
            )
            for n in range(count)
        )
        return Stock.objects.bulk_create(
            Stock(offer=offer, price_cents=100, quantity=1_000_000) for offer in offers
        )

    rounds = -(-bookings // people)
    booked = offers_of(rounds, "Déjà réservé")
    marks = [countermark(n * 7919 + 13) for n in range(bookings)]
    Booking.objects.bulk_create(
        (
            Booking(
                stock=booked[n // people],
                offer_id=booked[n // people].offer_id,
                venue=venue,
                offerer=offerer,
                beneficiary=crowd[n % people],
                deposit=deposits[n % people],
                quantity=1,
                amount_cents=100,
                countermark=marks[n],
                booked_at=now,
            )
            for n in range(bookings)
        ),
        batch_size=2_000,
    )
    return Stage(owner, offerer, crowd, offers_of(stocks, "À réserver"), marks)
