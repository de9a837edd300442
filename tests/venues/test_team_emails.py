"""The words of the e-mails about structures and their teams, as they are sent."""

import re
from datetime import UTC, datetime

import pytest

from passpro.kernel import clock, outbox
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.venues.factories import MembershipFactory, OffererFactory
from venues.services.invitations import accept_invitation, invite
from venues.services.lifecycle import ask_closing, close_offerer
from venues.services.memberships import (
    accept_membership,
    ask_who_administers,
    hand_over_administration,
    refuse_membership,
    remove_member,
)
from venues.services.offerers import register_offerer, reject_offerer, validate_offerer

pytestmark = pytest.mark.django_db
TEAM = Actor("USER", "Farid")


@pytest.fixture(autouse=True)
def june():
    with clock.at(datetime(2026, 6, 1, 10, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def theatre():
    return OffererFactory(name="Théâtre & Cie « pas »", siren="300000015")


@pytest.fixture
def alice(theatre):
    return MembershipFactory(
        offerer=theatre,
        user__email="alice@example.org",
        user__first_name="Alice",
        user__last_name="Le Goff",
    )


@pytest.fixture
def zoe():
    return UserFactory(email="zoe@example.org", first_name="Zoé", last_name="Tanguy")


def words(event):
    """Recipients, subject and text of each message of this event, without numbers of rows."""
    messages = OutboxMessage.objects.filter(event=event).order_by("recipient")
    shown = []
    for message in messages:
        content = outbox.content_of(message)
        assert "Cie « pas »" in content["html"]
        assert "&amp; Cie" in content["html"]
        text = re.sub(r"/(invitations|structures)/\d+", r"/\1/1", content["text"])
        shown.append("\n".join([message.recipient, content["subject"], text]))
    assert shown
    return "\n----\n".join(shown)


def test_a_structure_is_registered(zoe, snapshot):
    register_offerer(
        user=zoe,
        siren="300000015",
        by=TEAM,
        name="Théâtre & Cie « pas »",
        postal_code="29200",
        city="Brest",
    )

    assert words("venues/offerer_registered") == snapshot


def test_a_structure_is_validated(theatre, alice, snapshot):
    type(theatre).objects.update(status="NEW", validated_at=None)
    validate_offerer(offerer_id=theatre.pk, by=TEAM)

    assert words("venues/offerer_validated") == snapshot


def test_a_structure_is_refused(theatre, alice, snapshot):
    reject_offerer(offerer_id=theatre.pk, reason="Le justificatif manque.", by=TEAM)

    assert words("venues/offerer_rejected") == snapshot


def test_a_structure_is_closed_by_the_team(theatre, alice, snapshot):
    close_offerer(offerer_id=theatre.pk, reason="Liquidation judiciaire.", by=TEAM)

    assert words("venues/offerer_closed") == snapshot


def test_a_structure_is_closed_by_the_register(theatre, alice, snapshot):
    close_offerer(offerer_id=theatre.pk, reason="Cessée.", by=TEAM, automatic=True)

    assert words("venues/offerer_closed") == snapshot


def test_a_closing_is_asked(theatre, alice, snapshot):
    ask_closing(offerer_id=theatre.pk, reason="Fin de bail.", by=TEAM)

    assert words("venues/closing_asked") == snapshot


def test_who_refuses_e_mails_about_the_team_receives_none(theatre, alice, zoe):
    alice.user.muted_notifications = ["team"]
    alice.user.save()
    invitation = invite(offerer_id=theatre.pk, email=zoe.email, user=alice.user, by=TEAM)
    membership = accept_invitation(invitation_id=invitation.pk, user=zoe, by=TEAM)
    accept_membership(membership_id=membership.pk, by=TEAM)
    register_offerer(user=UserFactory(), siren=theatre.siren, by=TEAM)

    assert not OutboxMessage.objects.filter(recipient="alice@example.org").exists()


def test_a_person_asks_to_join_is_accepted_or_refused(theatre, alice, zoe, snapshot):
    membership = register_offerer(user=zoe, siren=theatre.siren, by=TEAM)
    refuse_membership(membership_id=membership.pk, reason="Adresse inconnue.", by=TEAM)
    accept_membership(membership_id=membership.pk, by=TEAM)

    assert words("venues/membership_requested") == snapshot
    assert words("venues/membership_to_decide") == snapshot
    assert words("venues/membership_refused") == snapshot
    assert words("venues/membership_accepted") == snapshot


def test_an_unknown_person_is_invited(alice, snapshot):
    invite(offerer_id=alice.offerer_id, email="lea@example.org", user=alice.user, by=TEAM)

    assert words("venues/invitation") == snapshot


def test_a_known_person_is_invited_and_joins(alice, zoe, snapshot):
    invitation = invite(offerer_id=alice.offerer_id, email=zoe.email, user=alice.user, by=TEAM)
    membership = accept_invitation(invitation_id=invitation.pk, user=zoe, by=TEAM)
    accept_membership(membership_id=membership.pk, by=TEAM)

    assert words("venues/invitation") == snapshot
    assert words("venues/invited_joined") == snapshot


def test_a_member_is_removed(theatre, zoe, snapshot):
    membership = MembershipFactory(offerer=theatre, user=zoe, member=True)
    remove_member(membership_id=membership.pk, by=TEAM, reason="Fin de saison.")

    assert words("venues/member_removed") == snapshot


def test_the_administration_is_handed_over(theatre, alice, zoe, snapshot):
    membership = MembershipFactory(offerer=theatre, user=zoe, member=True)
    hand_over_administration(membership_id=membership.pk, by=TEAM)

    assert words("venues/administration_given") == snapshot


def test_a_structure_is_asked_who_administers_it(theatre, snapshot):
    ask_who_administers(offerer_id=theatre.pk, email="contact@example.org", by=TEAM)

    assert words("venues/who_administers") == snapshot
