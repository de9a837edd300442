"""What the five processes of the customer's document 003 share: people, doors, nights, payment.

Everything after the offer goes through what people and software use: pages, the countermark API,
e-mails as they are sent, and the jobs of the schedule. The clock is the only thing moved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import mail
from django.test import Client

from bookings import inconsistencies
from bookings.models import Booking, Deposit
from finance.models import Cashflow
from offers.models import Stock
from passpro.accounts.models import User
from passpro.jobs import JOBS, run_job
from passpro.kernel import clock, outbox
from tests.accounts.factories import UserFactory
from tests.bookings.factories import DepositFactory
from tests.finance.factories import paid_venue
from tests.finance.world import old_venue
from tests.offers.factories import StockFactory
from tests.venues.factories import ApiKeyFactory, MembershipFactory, full_key

# A Monday; the fortnight's batch is that of the 16th.
START = datetime.fromisoformat("2026-05-04T10:00+02:00")
PAYDAY = datetime.fromisoformat("2026-05-16T05:00+02:00")
BOOKING_ADDRESS = "reservations@lieu.example"


@dataclass
class Story:
    """One venue with a bank account and its owner; young people come as they are named."""

    venue: Any
    owner: User
    now: datetime = START

    # Time

    @contextmanager
    def _here(self) -> Iterator[None]:
        with clock.at(self.now):
            yield

    def wait(self, **delay: float) -> None:
        """Let the days go by: every job of the schedule is played at each midnight crossed."""
        until = self.now + timedelta(**delay)
        night = clock.paris_midnight(clock.paris_day(self.now)) + timedelta(days=1, hours=5)
        while night <= until:
            for job in JOBS:
                if job.name not in {"make_batch", "price_events"}:
                    run_job(job.name, night)
            night += timedelta(days=1)
        self.now = until

    def payday(self) -> None:
        """The 16th at 05:00: price what was used, make the batch and its justificatifs."""
        self.wait(seconds=(PAYDAY - self.now).total_seconds())
        run_job("price_events", self.now)
        run_job("make_batch", self.now)

    # The venue

    def sells(self, subcategory: str, *, in_days: float | None = None, **facts: Any) -> Stock:
        with self._here():
            dates = (
                {"undated": True, "booking_limit_at": None}
                if in_days is None
                else {"beginning_at": self.now + timedelta(days=in_days)}
            )
            return StockFactory(
                offer__venue=self.venue,
                offer__subcategory_id=subcategory,
                offer__notification_email=BOOKING_ADDRESS,
                **dates,
                **facts,
            )

    def browser(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def desk(self, code: str, action: str = "valider") -> str:
        """What the desk answers to a code, in words."""
        with self._here():
            return (
                self.browser(self.owner)
                .post("/guichet", {"contremarque": code, "action": action}, follow=True)
                .text
            )

    def page(self, address: str) -> str:
        with self._here():
            return self.browser(self.owner).get(address).text

    def sends(self, address: str, **data: Any) -> str:
        with self._here():
            return self.browser(self.owner).post(address, data).text

    def software(self, method: str, path: str) -> Any:
        """A call of the venue's own software, with its key."""
        key = ApiKeyFactory(offerer=self.venue.offerer, created_by=self.owner)
        with self._here():
            return Client(headers={"Authorization": f"Bearer {full_key(key)}"}).generic(
                method, path
            )

    # Young people

    def young(self, first_name: str) -> User:
        with self._here():
            return DepositFactory(
                user__first_name=first_name, user__email=f"{first_name.lower()}@jeune.example"
            ).user

    def books(self, user: User, stock: Stock, places: int = 1) -> Booking:
        with self._here():
            answer = self.browser(user).post(
                f"/app/offre/{stock.offer_id}/reserver", {"date": stock.pk, "places": places}
            )
        assert answer.status_code == 302, answer.text
        return Booking.objects.get(beneficiary=user, stock=stock, status__in=["CONFIRMED", "USED"])

    def gives_up(self, booking: Booking) -> str:
        """What the page answers to a young person who cancels."""
        with self._here():
            return (
                self.browser(booking.beneficiary)
                .post(f"/app/mes-reservations/{booking.pk}/annuler", follow=True)
                .text
            )

    def sees(self, user: User, address: str) -> str:
        with self._here():
            return self.browser(user).get(address).text

    def mails_to(self, address: str) -> list[Any]:
        with self._here():
            outbox.sweep()
        return [one for one in mail.outbox if one.to == [address]]

    # Facts

    def paid_cents(self) -> int:
        """What the fortnight's transfers bring to the venue."""
        flows = Cashflow.objects.filter(bank_account__offerer=self.venue.offerer)
        return -sum(flows.values_list("amount_cents", flat=True))

    def left_cents(self, user: User) -> int:
        return Deposit.objects.get(user=user).remaining_cents(self.now)

    def nothing_is_wrong(self) -> None:
        assert not any(inconsistencies.control(now=self.now).values())


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def story(settings: Any, **facts: Any) -> Story:
    settings.FINANCE_AUTOMATIC_INVOICES = True
    with clock.at(START):
        venue = old_venue(booking_email=BOOKING_ADDRESS, **facts)
        paid_venue(venue)
        owner = UserFactory(email="alice@lieu.example")
        MembershipFactory(user=owner, offerer=venue.offerer)
    return Story(venue=venue, owner=owner)
