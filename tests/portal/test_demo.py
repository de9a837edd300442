"""The demo is told by the services: its world holds every state and survives the controls."""

import io

import pytest
from django.core.management import CommandError, call_command

from bookings import inconsistencies
from bookings.models import Booking
from offers.enums import DisplayStatus
from offers.models import Offer
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.models import JobRun, OutboxMessage
from passpro.portal import queues
from passpro.portal.demo.people import SHOWN


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX_CLOCK = True
    settings.FINANCE_AUTOMATIC_INVOICES = True


def test_the_demo_shows_offers_and_bookings_in_every_common_state(db):
    out = io.StringIO()

    call_command("demo", stdout=out)

    states = set(
        Offer.objects.with_display_status(clock.now()).values_list("display_status", flat=True)
    )
    assert states >= {
        DisplayStatus.DRAFT,
        DisplayStatus.INACTIVE,
        DisplayStatus.SCHEDULED,
        DisplayStatus.SOLD_OUT,
        DisplayStatus.ACTIVE,
    }
    assert set(Booking.objects.values_list("status", flat=True)) >= {"CONFIRMED", "USED"}
    assert not OutboxMessage.objects.filter(state="WAITING").exists()
    assert JobRun.objects.exists()
    # Work everywhere, except where only a fault of the books would put some.
    empty = [line.queue.title for line in queues._count(queues.QUEUES) if not line.count]
    assert empty == ["Alertes du contrôle de nuit"]
    assert not any(inconsistencies.control(now=clock.now()).values())
    for person in SHOWN:
        assert person.email in out.getvalue()


def test_starting_again_leaves_the_world_as_it_is(db):
    User.objects.create_user("quelquun@example.org")
    out = io.StringIO()

    call_command("demo", start=True, stdout=out)

    assert User.objects.count() == 1
    assert SHOWN[0].email in out.getvalue()


def test_a_database_with_people_is_left_alone(db):
    User.objects.create_user("quelquun@example.org")

    with pytest.raises(CommandError, match="pas vide"):
        call_command("demo")


def test_production_has_no_demo(db, settings):
    settings.SANDBOX_CLOCK = False

    with pytest.raises(CommandError, match="environnements d’essai"):
        call_command("demo", people=True)
