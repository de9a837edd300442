"""The same few people in every test: fixture `cast`.

Alice administers the theatre, Bob another structure, Chloé is eighteen and has booked a place at
the theatre, Farid is an agent of the team. A fixture `browse(person)` gives a signed-in client.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from bookings.models import Booking, Deposit
from offers.models import Offer, Stock
from passpro.accounts.models import User
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import (
    ApiKeyFactory,
    MembershipFactory,
    OffererFactory,
    ProviderKeyFactory,
    VenueFactory,
    VenueProviderFactory,
    full_key,
)
from venues.models import ApiKey, Offerer, Venue


@dataclass
class Cast:
    """`offerer`, `venue`, `offer`, `stock`, `booking` and `api_key` are the theatre's."""

    alice: User
    bob: User
    chloe: User
    farid: User
    offerer: Offerer
    venue: Venue
    offer: Offer
    stock: Stock
    booking: Booking
    deposit: Deposit
    api_key: ApiKey
    other_offerer: Offerer
    other_venue: Venue
    other_api_key: ApiKey

    def client(self, person: str) -> Client:
        """A client of `anonymous`, `member`, `outsider`, `beneficiary`, `staff`, an API key or a
        `partner`'s software."""
        keys = {"api_key": self.api_key, "outsider_api_key": self.other_api_key}
        if person == "partner":  # the software that the theatre authorised
            link = VenueProviderFactory(venue=self.venue)
            keys["partner"] = ProviderKeyFactory(provider=link.provider, created_by=self.alice)
        elif person == "outsider_partner":
            keys["outsider_partner"] = ProviderKeyFactory(created_by=self.bob)
        if person in keys:
            return Client(headers={"Authorization": f"Bearer {full_key(keys[person])}"})
        client = Client()
        users = {
            "member": self.alice,
            "outsider": self.bob,
            "beneficiary": self.chloe,
            "staff": self.farid,
        }
        if person in users:
            client.force_login(users[person])
        elif person != "anonymous":
            raise ValueError(person)
        return client


@pytest.fixture
def cast(db: None) -> Cast:
    offerer = OffererFactory(name="Théâtre des Embruns")
    alice = UserFactory(email="alice@theatre.example", first_name="Alice", last_name="Le Goff")
    MembershipFactory(user=alice, offerer=offerer)
    venue = VenueFactory(offerer=offerer, name="Grande salle")
    offer = OfferFactory(venue=venue, title="Le Lac des cygnes")
    stock = StockFactory(offer=offer)
    other_offerer = OffererFactory(name="Librairie du Canal")
    bob = UserFactory(email="bob@librairie.example", first_name="Bob", last_name="Morel")
    MembershipFactory(user=bob, offerer=other_offerer)
    deposit = DepositFactory(user__email="chloe@example.org", user__last_name="Petit")
    farid = UserFactory(staff=True, email="farid@passpro.example", last_name="Benali")
    farid.groups.set(Group.objects.all())
    return Cast(
        alice=alice,
        bob=bob,
        chloe=deposit.user,
        farid=farid,
        offerer=offerer,
        venue=venue,
        offer=offer,
        stock=stock,
        booking=BookingFactory(stock=stock, deposit=deposit),
        deposit=deposit,
        api_key=ApiKeyFactory(offerer=offerer, created_by=alice),
        other_offerer=other_offerer,
        other_venue=VenueFactory(offerer=other_offerer, name="Librairie du Canal"),
        other_api_key=ApiKeyFactory(offerer=other_offerer, created_by=bob),
    )


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    return cast.client
