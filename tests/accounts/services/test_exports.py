"""RGPD-07, RGPD-08: a copy of everything, made once, kept seven days."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from bookings.models import OfflineAction
from passpro.accounts.exceptions import ExportAlreadyWaiting
from passpro.accounts.history import of_person
from passpro.accounts.models import DataExport
from passpro.accounts.services.exports import (
    ask_export,
    make_export,
    make_waiting,
    purge_expired,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.finance.services.test_killed import KillAt, Killed
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.at(NOON):
        yield


def ask(person, by=None):
    by = by or person
    return ask_export(person=person, asked_by=by, by=Actor.user(by))


def content(export):
    export.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(export.file.read())) as file:
        return json.loads(file.read("donnees.json")), file.read("donnees.html").decode()


def test_the_file_holds_the_same_facts_for_people_and_for_programs():
    chloe = DepositFactory(user__last_name="Petit").user
    booking = BookingFactory(deposit=chloe.deposits.get(), stock__offer__title="Le <Lac>")
    export = ask(chloe)

    assert make_export(export_id=export.pk) is True

    facts, page = content(export)
    parts = facts["donnees"]
    assert parts["Compte"][0]["adresse e-mail"] == chloe.email
    assert parts["Réservations"][0]["contremarque"] == booking.countermark
    assert parts["Crédits"][0]["montant"].startswith("300")
    assert "Petit" in page
    assert booking.countermark in page
    assert "Le &lt;Lac&gt;" in page


def test_a_professional_finds_attachments_and_not_the_bookings_of_others():
    member = MembershipFactory(offerer__name="Théâtre des Embruns")
    booking = BookingFactory(stock__offer__venue__offerer=member.offerer)
    OfflineAction.objects.create(
        user=member.user, client_id=uuid4(), kind="VALIDATE", countermark="ABCDEF", made_at=NOON
    )
    export = ask(member.user)
    make_export(export_id=export.pk)

    facts, page = content(export)

    assert facts["donnees"]["Rattachements"][0]["structure"] == "Théâtre des Embruns"
    assert facts["donnees"]["Actions du guichet sans réseau"][0]["contremarque"] == "ABCDEF"
    assert booking.countermark not in page
    assert booking.beneficiary.email not in page


def test_the_mail_leaves_with_the_file_and_once():
    alice = UserFactory()
    export = ask(alice)

    assert make_export(export_id=export.pk) is True
    assert make_export(export_id=export.pk) is False
    assert make_waiting(now=NOON) == {"made": 0}

    mail = OutboxMessage.objects.get(event="accounts/export_ready")
    assert mail.recipient == alice.email
    assert f"/profil/mes-donnees/{export.reference}" in mail.payload["text"]


def test_what_the_team_asked_for_somebody_goes_to_the_agent():
    alice, farid = UserFactory(), UserFactory(staff=True)
    export = ask(alice, by=farid)
    make_export(export_id=export.pk)

    assert OutboxMessage.objects.get().recipient == farid.email
    assert not DataExport.objects.of_owner(alice).exists()
    assert of_person(alice).get().actor_id == farid.pk


def test_a_second_request_waits_for_the_first():
    alice = UserFactory()
    ask(alice)

    with pytest.raises(ExportAlreadyWaiting):
        ask(alice)


def test_a_worker_that_dies_leaves_the_request_to_the_next_one():
    export = ask(UserFactory())
    for number in (1, 2):
        with pytest.raises(Killed), connection.execute_wrapper(KillAt(number)):
            make_export(export_id=export.pk)
        export.refresh_from_db()
        assert export.ready_at is None

    assert make_waiting(now=NOON) == {"made": 1}
    export.refresh_from_db()
    assert export.file.name == f"donnees-personnelles/{export.reference}.zip"
    assert OutboxMessage.objects.count() == 1


def test_the_file_is_deleted_after_seven_days_and_twice_does_nothing_more():
    export = ask(UserFactory())
    make_export(export_id=export.pk)
    export.refresh_from_db()
    storage, name = export.file.storage, export.file.name
    late = NOON + timedelta(days=7)

    assert purge_expired(now=late - timedelta(seconds=1)) == {"purged": 0}
    with pytest.raises(Killed), connection.execute_wrapper(KillAt(1)):
        purge_expired(now=late)
    assert purge_expired(now=late) == {"purged": 1}
    assert purge_expired(now=late) == {"purged": 0}

    assert not storage.exists(name)
    export.refresh_from_db()
    assert not export.is_open(late)
