"""Credits and bookings of the tests, made directly in a state."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from bookings.enums import BookingStatus, CancellationReason, DepositType, ValidationAuthor
from bookings.models import Booking, Deposit, LocalCredit, LocalMovement, LocalProgramme
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.accounts.factories import UserFactory
from tests.offers.factories import StockFactory

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"


def countermark(n: int) -> str:
    letters = ""
    for _ in range(6):
        n, rest = divmod(n, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters


class DepositFactory(DjangoModelFactory):
    """300 € for two years, digital ceiling 100 €."""

    class Meta:
        model = Deposit

    user = factory.SubFactory(UserFactory, beneficiary=True)
    type = DepositType.GRANT_18
    version = 2
    amount_cents = 300_00
    digital_ceiling_cents = 100_00
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=730))


class LocalProgrammeFactory(DjangoModelFactory):
    """100 € to spend anywhere, from yesterday to a year ahead."""

    class Meta:
        model = LocalProgramme

    label = factory.Sequence(lambda n: f"100 € de la Région {n}")
    authority = "Région Bretagne"
    amount_cents = 100_00
    starts_on = factory.LazyFunction(lambda: clock.today() - timedelta(days=1))
    ends_on = factory.LazyFunction(lambda: clock.today() + timedelta(days=365))


class LocalCreditFactory(DjangoModelFactory):
    """Granted, with the row of the log that says so."""

    class Meta:
        model = LocalCredit

    programme = factory.SubFactory(LocalProgrammeFactory)
    user = factory.SubFactory(UserFactory, beneficiary=True)
    amount_cents = factory.SelfAttribute("programme.amount_cents")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        credit = super()._create(model_class, *args, **kwargs)
        LocalMovement.objects.create(
            credit=credit, kind="GRANT", cents=credit.amount_cents, **SYSTEM.as_columns()
        )
        return credit


class BookingFactory(DjangoModelFactory):
    """A confirmed booking of one place; traits `used`, `cancelled`, `reimbursed`.

    Counters of the stock and of the deposit follow, so that the constraints and the
    nightly controls hold.
    """

    class Meta:
        model = Booking

    stock = factory.SubFactory(StockFactory)
    offer = factory.SelfAttribute("stock.offer")
    venue = factory.SelfAttribute("stock.offer.venue")
    offerer = factory.SelfAttribute("stock.offer.venue.offerer")
    deposit = factory.SubFactory(DepositFactory)
    beneficiary = factory.SelfAttribute("deposit.user")
    quantity = 1
    amount_cents = factory.SelfAttribute("stock.price_cents")
    countermark = factory.Sequence(lambda n: countermark(n + 1000))
    booked_at = factory.LazyFunction(clock.now)
    cancellation_limit_at = factory.SelfAttribute("booked_at")

    class Params:
        used = factory.Trait(
            status=BookingStatus.USED,
            used_at=factory.LazyFunction(clock.now),
            validated_by=ValidationAuthor.OFFERER,
        )
        cancelled = factory.Trait(
            status=BookingStatus.CANCELLED,
            cancelled_at=factory.LazyFunction(clock.now),
            cancellation_reason=CancellationReason.BENEFICIARY,
        )
        reimbursed = factory.Trait(
            status=BookingStatus.REIMBURSED,
            used_at=factory.LazyFunction(clock.now),
            validated_by=ValidationAuthor.OFFERER,
            frozen_at=factory.LazyFunction(clock.now),
            reimbursed_at=factory.LazyFunction(clock.now),
        )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        booking = super()._create(model_class, *args, **kwargs)
        if booking.status != BookingStatus.CANCELLED:
            booking.stock.booked_quantity += booking.quantity
            booking.stock.save(update_fields=["booked_quantity"])
            if booking.deposit:
                booking.deposit.spent_cents += booking.total_cents
                booking.deposit.save(update_fields=["spent_cents"])
        return booking
