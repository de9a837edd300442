"""J1: each change leaves one history row, no change none."""

import pytest

from passpro.accounts.history import of_person
from passpro.accounts.services.passwords import change_password
from passpro.accounts.services.profile import update_preferences, update_profile
from passpro.kernel.actor import Actor
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_change_is_written_with_what_was_before():
    alice = UserFactory(first_name="Alice", last_name="Le Goff", phone="+33612345678")

    update_profile(user=alice, by=Actor.user(alice), first_name="Alix", phone="+33612345678")

    row = of_person(alice).get()
    assert (row.kind, row.changes) == ("MODIFIED", {"prénom": ["Alice", "Alix"]})
    assert row.actor_id == alice.pk


def test_saving_the_same_facts_writes_nothing():
    alice = UserFactory(first_name="Alice", pseudo="Al")

    update_profile(user=alice, by=Actor.user(alice), first_name="Alice", pseudo="Al")

    assert not of_person(alice).exists()


def test_refused_e_mails_are_kept_as_refusals():
    alice = UserFactory(accepts_newsletter=True)

    update_preferences(
        user=alice, wanted={"team"}, accepts_newsletter=False, accepts_contact=True,
        by=Actor.user(alice),
    )  # fmt: skip

    alice.refresh_from_db()
    assert (alice.accepts("team"), alice.accepts("bank")) == (True, False)
    assert (alice.accepts_newsletter, alice.accepts_contact) == (False, True)
    assert set(of_person(alice).get().changes) == {
        "notifications coupées",
        "reçoit les actualités",
        "accepte d’être contacté",
    }


def test_a_password_is_told_but_never_written():
    alice = UserFactory()

    change_password(user=alice, password="Un-autre-secret-2?")

    row = of_person(alice).get()
    assert (row.kind, row.changes) == ("PASSWORD_CHANGED", {})
