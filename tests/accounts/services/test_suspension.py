"""§11.1: an account is closed and given back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from passpro.accounts.exceptions import (
    AlreadySuspended,
    NotSuspended,
    ReturnTooLate,
    WrongSuspensionReason,
)
from passpro.accounts.history import of_person
from passpro.accounts.models import User
from passpro.accounts.services.suspension import reasons_for, suspend, unsuspend
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


@pytest.fixture
def by():
    return Actor.user(UserFactory(staff=True, first_name="Farid", last_name="Benali"))


def test_a_suspended_person_is_out_at_once_and_told(client, by):
    alice = UserFactory()
    client.force_login(alice)

    suspend(user_id=alice.pk, reason="END_OF_CONTRACT", comment="Départ", by=by)

    assert client.get("/profil").status_code == 302
    alice.refresh_from_db()
    assert (alice.is_active, alice.suspension_reason) == (False, "END_OF_CONTRACT")
    row = of_person(alice).get()
    assert (row.kind, row.why, row.actor_label) == ("SUSPENDED", "Départ", "Farid Benali")
    assert row.changes == {"motif de suspension": ["–", "Fin de contrat"]}
    assert OutboxMessage.objects.get().event == "accounts/suspended"


def test_the_session_of_before_does_not_come_back_with_the_account(client, by):
    alice = UserFactory()
    client.force_login(alice)
    suspend(user_id=alice.pk, reason="UNDER_INVESTIGATION", by=by)

    unsuspend(user_id=alice.pk, by=by, comment="Rien trouvé")

    assert client.get("/profil").status_code == 302
    alice.refresh_from_db()
    assert (alice.is_active, alice.suspended_at, alice.suspension_reason) == (True, None, "")
    assert of_person(alice).first().why == "Rien trouvé"


def test_an_agent_loses_every_right_for_good(by):
    agent = UserFactory(staff=True)
    agent.groups.set(Group.objects.all())

    suspend(user_id=agent.pk, reason="END_OF_CONTRACT", by=by)
    unsuspend(user_id=agent.pk, by=by)

    agent.refresh_from_db()
    assert (agent.is_staff, agent.is_superuser, agent.groups.count()) == (False, False, 0)


@pytest.mark.parametrize(("reason", "kept"), [("SUSPICIOUS_SIGN_IN", False), ("DELETED", True)])
def test_a_suspicious_sign_in_also_resets_the_password(by, reason, kept):
    chloe = UserFactory(beneficiary=True)

    suspend(user_id=chloe.pk, reason=reason, by=by)

    chloe.refresh_from_db()
    assert chloe.has_usable_password() is kept


def test_each_kind_of_person_has_its_list_of_reasons(by):
    chloe, alice = UserFactory(beneficiary=True), UserFactory()

    assert "END_OF_CONTRACT" not in reasons_for(chloe)
    assert "FRAUD_RESALE_PASS" not in reasons_for(alice)
    for person, reason in ((chloe, "END_OF_CONTRACT"), (alice, "FRAUD_RESALE_PASS"), (alice, "")):
        with pytest.raises(WrongSuspensionReason):
            suspend(user_id=person.pk, reason=reason, by=by)


def test_twice_is_refused_both_ways(by):
    alice = UserFactory()
    with pytest.raises(NotSuspended):
        unsuspend(user_id=alice.pk, by=by)
    suspend(user_id=alice.pk, reason="OFFERER_CLOSED", by=by)

    with pytest.raises(AlreadySuspended):
        suspend(user_id=alice.pk, reason="OFFERER_CLOSED", by=by)


def test_who_left_by_themselves_may_return_for_sixty_days(by):
    chloe = UserFactory(beneficiary=True)
    with clock.at(NOON):
        suspend(user_id=chloe.pk, reason="OWN_REQUEST", by=by)
    with clock.at(NOON + timedelta(days=60, seconds=1)), pytest.raises(ReturnTooLate):
        unsuspend(user_id=chloe.pk, by=by)
    with clock.at(NOON + timedelta(days=60)):
        unsuspend(user_id=chloe.pk, by=by)


@pytest.mark.parametrize(
    "facts",
    [
        {"suspended_at": NOON},
        {"suspension_reason": "DELETED"},
        {"suspended_at": NOON, "suspension_reason": "DELETED", "is_active": True},
    ],
)
def test_the_database_refuses_half_a_suspension(facts):
    alice = UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(**facts)
