"""What a desk without network sends is done once; the state decides; refusals wait to be seen."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings.enums import OfflineKind
from bookings.models import Booking, OfflineAction
from bookings.services import offline
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db

VALIDATE, UNVALIDATE = OfflineKind.VALIDATE, OfflineKind.UNVALIDATE


@pytest.fixture
def booking():
    return BookingFactory(stock=StockFactory())


@pytest.fixture
def member(booking):
    return MembershipFactory(offerer=booking.offerer).user


def wish(code, kind=VALIDATE, **facts):
    return offline.Wish(
        **{"client_id": uuid4(), "kind": kind, "code": code, "made_at": clock.now(), **facts}
    )


def test_an_action_sent_twice_is_done_once_and_answers_the_same(booking, member):
    made = clock.now() - timedelta(hours=2)
    one = wish(booking.countermark, made_at=made)

    first = offline.receive(user=member, wishes=[one])
    again = offline.receive(user=member, wishes=[one, one])

    assert [action.refusal for action in (*first, *again)] == ["", "", ""]
    assert len({action.pk for action in (*first, *again)}) == 1
    transition = booking.transitions.get()
    local = made.astimezone(clock.PARIS)
    assert (
        transition.why == f"Faite sans réseau le {local:%d/%m/%Y} à {local:%H:%M} (heure de Paris)"
    )
    # The instant of the device decides nothing.
    assert Booking.objects.get(pk=booking.pk).used_at > made


def test_the_state_at_the_return_decides_and_one_refusal_stops_no_other(booking, member):
    cancelled = BookingFactory(stock__offer__venue=booking.venue, cancelled=True)
    elsewhere = BookingFactory()
    paid = BookingFactory(stock__offer__venue=booking.venue, reimbursed=True)

    done = offline.receive(
        user=member,
        wishes=[
            wish(cancelled.countermark),
            wish(elsewhere.countermark),
            wish(paid.countermark, UNVALIDATE),
            wish("ZZZZZZ"),
            wish(booking.countermark),
            wish(booking.countermark),
        ],
    )

    assert [action.refusal.split(" :")[0] for action in done] == [
        "Cette réservation a été annulée.",
        "Cette contremarque est celle d’un autre lieu",
        "Le remboursement de cette réservation est fait ou en cours",
        "Cette contremarque n’a pas été trouvée.",
        "",
        "Cette contremarque a déjà été validée.",
    ]
    assert Booking.objects.get(pk=elsewhere.pk).status == "CONFIRMED"


def test_an_undo_made_without_network_follows_its_validation(booking, member):
    code = booking.countermark

    done = offline.receive(user=member, wishes=[wish(code), wish(code, UNVALIDATE), wish(code)])

    assert [action.refusal for action in done] == ["", "", ""]
    assert [row.after for row in booking.transitions.all()] == ["USED", "CONFIRMED", "USED"]


def test_refusals_are_shown_until_their_person_has_seen_them(booking, member):
    other = MembershipFactory(offerer=booking.offerer, role="MEMBER").user
    refused, fine = wish("ZZZZZZ"), wish(booking.countermark)
    offline.receive(user=member, wishes=[refused, fine])

    assert offline.acknowledge(user=other, client_ids=[refused.client_id]) == 0
    assert [action.countermark for action in offline.refusals_to_see(member)] == ["ZZZZZZ"]
    assert offline.acknowledge(user=member, client_ids=[refused.client_id, fine.client_id]) == 1
    assert offline.refusals_to_see(member) == []


def test_old_actions_are_forgotten(booking, member):
    offline.receive(user=member, wishes=[wish(booking.countermark)])

    assert offline.purge_job(now=clock.now()) == {"purged": 0}
    assert offline.purge_job(now=clock.now() + timedelta(days=91)) == {"purged": 1}
    assert not OfflineAction.objects.exists()
