import threading
from datetime import timedelta

import pytest
from django.db import connection

from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.errors import DomainError, ForbiddenTransition
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.accounts.factories import UserFactory
from tests.venues.factories import InvitationFactory, MembershipFactory, OffererFactory
from venues import constants
from venues.exceptions import (
    AdministratorStays,
    AlreadyAdministered,
    AlreadyAttached,
    AlreadyInvited,
    AlreadyMember,
    InvitationExpired,
    InvitationJustSent,
    NotInTheTeam,
    ReasonMissing,
    StructureClosed,
    TooManyInvitations,
)
from venues.models import Invitation, Membership, Offerer
from venues.permissions import is_administrator
from venues.services import invitations as services
from venues.services.invitations import (
    accept_invitation,
    decline_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from venues.services.memberships import (
    accept_membership,
    ask_who_administers,
    attach_person,
    hand_over_administration,
    remove_member,
)

TEAM = Actor("USER", "Farid")


@pytest.fixture
def alice(db):
    """The administrator of a structure."""
    return MembershipFactory(user__email="alice@example.org")


def call(alice, email="zoe@example.org"):
    return invite(
        offerer_id=alice.offerer_id, email=email, user=alice.user, by=Actor.user(alice.user)
    )


def accept(invitation, user):
    return accept_invitation(invitation_id=invitation.pk, user=user, by=Actor.user(user))


def sent():
    return list(OutboxMessage.objects.order_by("pk").values_list("event", "recipient"))


def test_an_unknown_person_is_told_to_open_an_account_first(alice):
    invitation = call(alice, " Zoe@Example.org ")

    assert (invitation.email, invitation.status) == ("zoe@example.org", "PENDING")
    assert invitation.expires_at - invitation.sent_at == timedelta(days=30)
    message = OutboxMessage.objects.get()
    assert message.recipient == "zoe@example.org"
    assert "/inscription" in message.payload["text"]
    assert invitation.transitions.get().after == "PENDING"


def test_a_known_person_is_told_to_answer(alice):
    UserFactory(email="zoe@example.org")

    invitation = call(alice)

    assert f"/invitations/{invitation.pk}" in OutboxMessage.objects.get().payload["text"]


def test_an_address_that_is_not_confirmed_yet_signs_up_first(alice):
    UserFactory(email="zoe@example.org", email_verified_at=None)

    invitation = call(alice)

    assert "/inscription" in OutboxMessage.objects.get().payload["text"]
    assert not Invitation.objects.visible_to(UserFactory()).exists()
    assert invitation.status == "PENDING"


def test_already_invited_and_already_in_the_team_are_two_messages(alice):
    call(alice)
    bob = MembershipFactory(offerer=alice.offerer, pending=True)

    with pytest.raises(AlreadyInvited, match="déjà une invitation"):
        call(alice)
    with pytest.raises(AlreadyMember, match="fait déjà partie"):
        call(alice, alice.user.email)
    with pytest.raises(AlreadyMember, match="déjà demandé"):
        call(alice, bob.user.email)


def test_there_is_a_limit_to_calls(alice, monkeypatch):
    monkeypatch.setattr(services, "MAX_PENDING_INVITATIONS", 1)
    call(alice)

    with pytest.raises(TooManyInvitations, match="1 invitations"):
        call(alice, "lea@example.org")


def test_nobody_is_called_to_a_closed_structure(alice):
    Offerer.objects.update(status="CLOSED")

    with pytest.raises(StructureClosed):
        call(alice)


def test_accepting_waits_for_the_team_which_tells_who_invited(alice):
    zoe = UserFactory(email="zoe@example.org")
    invitation = call(alice)

    membership = accept(invitation, zoe)

    assert (membership.role, membership.status) == ("MEMBER", "PENDING")
    assert not Offerer.objects.visible_to(zoe).exists()
    invitation.refresh_from_db()
    assert invitation.status == "ACCEPTED"
    OutboxMessage.objects.all().delete()

    accept_membership(membership_id=membership.pk, by=TEAM)

    assert Offerer.objects.visible_to(zoe).exists()
    assert sent() == [
        ("venues/membership_accepted", "zoe@example.org"),
        ("venues/invited_joined", "alice@example.org"),
    ]


def test_an_installation_may_let_invited_people_in_at_once(alice, settings):
    settings.INVITED_PEOPLE_JOIN_AT_ONCE = True
    zoe = UserFactory(email="zoe@example.org")

    assert accept(call(alice), zoe).status == "VALIDATED"

    Offerer.objects.update(status="NEW")
    lea = UserFactory(email="lea@example.org")
    assert accept(call(alice, lea.email), lea).status == "PENDING", "not before the structure"


def test_an_invitation_is_the_business_of_its_address(alice):
    invitation = call(alice)

    with pytest.raises(Invitation.DoesNotExist):
        accept(invitation, UserFactory(email="other@example.org"))
    with pytest.raises(Invitation.DoesNotExist):
        accept(invitation, UserFactory(email="zoe@example.org", email_verified_at=None))


def test_an_expired_invitation_is_dead_until_it_is_sent_again(alice):
    zoe = UserFactory(email="zoe@example.org")
    old = InvitationFactory(offerer=alice.offerer, email=zoe.email, expired=True)
    with pytest.raises(InvitationExpired):
        accept(old, zoe)
    with pytest.raises(InvitationExpired):
        decline_invitation(invitation_id=old.pk, user=zoe, by=TEAM)

    again = call(alice)

    assert again.pk == old.pk
    assert accept(again, zoe).status == "PENDING"


def test_an_invitation_is_sent_again_but_not_every_minute(alice):
    invitation = call(alice)
    with pytest.raises(InvitationJustSent):
        resend_invitation(invitation_id=invitation.pk, by=TEAM)

    with clock.at(clock.now() + constants.INVITATION_RESEND_DELAY):
        again = resend_invitation(invitation_id=invitation.pk, by=TEAM)

    assert again.sent_at > invitation.sent_at
    assert len(sent()) == 2
    assert again.transitions.count() == 2


def test_an_answer_is_final(alice):
    zoe = UserFactory(email="zoe@example.org")
    invitation = call(alice)

    decline_invitation(invitation_id=invitation.pk, user=zoe, by=Actor.user(zoe))

    with pytest.raises(ForbiddenTransition):
        accept(invitation, zoe)
    with pytest.raises(ForbiddenTransition):
        withdraw_invitation(invitation_id=invitation.pk, by=TEAM)
    with pytest.raises(ForbiddenTransition):
        resend_invitation(invitation_id=invitation.pk, by=TEAM)
    assert call(alice).pk != invitation.pk, "but one may be invited anew"


def test_a_withdrawn_invitation_opens_nothing(alice):
    zoe = UserFactory(email="zoe@example.org")
    invitation = call(alice)

    withdraw_invitation(invitation_id=invitation.pk, by=TEAM)

    with pytest.raises(ForbiddenTransition):
        accept(invitation, zoe)
    assert not Membership.objects.filter(user=zoe).exists()


def test_a_former_member_comes_back_by_invitation(alice):
    bob = MembershipFactory(offerer=alice.offerer, member=True)
    remove_member(membership_id=bob.pk, by=TEAM)

    again = accept(call(alice, bob.user.email), bob.user)

    assert (again.pk, again.status) == (bob.pk, "PENDING")


def test_a_removed_member_loses_access_and_is_told(alice):
    bob = MembershipFactory(offerer=alice.offerer, member=True)

    remove_member(membership_id=bob.pk, by=Actor.user(alice.user), reason="Fin de saison")

    assert not Offerer.objects.visible_to(bob.user).exists()
    message = OutboxMessage.objects.get()
    assert (message.event, message.recipient) == ("venues/member_removed", bob.user.email)
    assert "Fin de saison" in message.payload["text"]
    with pytest.raises(NotInTheTeam):
        remove_member(membership_id=bob.pk, by=TEAM)


def test_somebody_who_leaves_tells_themselves_nothing(alice):
    bob = MembershipFactory(offerer=alice.offerer, member=True)

    remove_member(membership_id=bob.pk, by=Actor.user(bob.user))

    assert sent() == []


def test_the_administrator_hands_over_before_leaving(alice):
    bob = MembershipFactory(offerer=alice.offerer, member=True)
    with pytest.raises(AdministratorStays):
        remove_member(membership_id=alice.pk, by=Actor.user(alice.user))

    hand_over_administration(membership_id=bob.pk, by=Actor.user(alice.user))

    assert is_administrator(bob.user, alice.offerer)
    assert not is_administrator(alice.user, alice.offerer)
    assert {event for event, _ in sent()} == {"venues/administration_given"}
    assert len(sent()) == 2
    assert bob.transitions.get().why == "Devient administrateur"
    assert remove_member(membership_id=alice.pk, by=Actor.user(alice.user)).status == "REMOVED"


def test_only_a_member_receives_the_administration(alice):
    waiting = MembershipFactory(offerer=alice.offerer, pending=True)

    with pytest.raises(NotInTheTeam):
        hand_over_administration(membership_id=waiting.pk, by=TEAM)
    assert hand_over_administration(membership_id=alice.pk, by=TEAM) == alice
    assert sent() == []


@pytest.mark.django_db
def test_the_team_appoints_an_administrator_where_there_is_none():
    bob = MembershipFactory(member=True)

    hand_over_administration(membership_id=bob.pk, by=TEAM)

    assert is_administrator(bob.user, bob.offerer)


@pytest.mark.django_db
def test_the_team_attaches_a_person_by_hand():
    offerer, zoe, lea = OffererFactory(), UserFactory(), UserFactory()
    with pytest.raises(ReasonMissing):
        attach_person(offerer_id=offerer.pk, email=zoe.email, comment=" ", by=TEAM)

    first = attach_person(offerer_id=offerer.pk, email=zoe.email, comment="Courrier reçu", by=TEAM)
    second = attach_person(offerer_id=offerer.pk, email=lea.email, comment="Courrier reçu", by=TEAM)

    assert (first.role, second.role) == ("ADMIN", "MEMBER")
    assert first.transitions.get().why == "Courrier reçu"
    with pytest.raises(AlreadyAttached):
        attach_person(offerer_id=offerer.pk, email=zoe.email, comment="Encore", by=TEAM)


def together(*works):
    """Run these at once; answer what each raised, or None."""
    barrier, results = threading.Barrier(len(works)), []

    def run(work):
        barrier.wait(5)
        try:
            work()
        except DomainError as refusal:
            results.append(type(refusal))
        else:
            results.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def administrators(offerer):
    return offerer.memberships.filter(role="ADMIN", status="VALIDATED").count()


@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_once_leave_one_administrator():
    alice = MembershipFactory()
    people = [MembershipFactory(offerer=alice.offerer, member=True) for _ in range(3)]

    refusals = together(
        *(lambda one=one: hand_over_administration(membership_id=one.pk, by=TEAM) for one in people)
    )

    assert refusals == [None, None, None]
    assert administrators(alice.offerer) == 1


@pytest.mark.django_db(transaction=True)
def test_the_two_last_administrators_removed_at_once_leave_one():
    """One hands over and leaves while the other is removed: somebody always stays."""
    alice = MembershipFactory()
    bob = MembershipFactory(offerer=alice.offerer, member=True)

    def alice_leaves():
        hand_over_administration(membership_id=bob.pk, by=Actor.user(alice.user))
        remove_member(membership_id=alice.pk, by=Actor.user(alice.user))

    refusals = together(alice_leaves, lambda: remove_member(membership_id=bob.pk, by=TEAM))

    assert len([one for one in refusals if one is not None]) == 1
    assert administrators(alice.offerer) == 1


@pytest.mark.django_db(transaction=True)
def test_an_acceptance_and_a_withdrawal_at_once_have_one_winner():
    invitation = InvitationFactory(email="zoe@example.org")
    zoe = UserFactory(email="zoe@example.org")

    refusals = together(
        lambda: accept_invitation(invitation_id=invitation.pk, user=zoe, by=TEAM),
        lambda: withdraw_invitation(invitation_id=invitation.pk, by=TEAM),
    )

    assert sorted(map(str, refusals)) == sorted([str(None), str(ForbiddenTransition)])
    invitation.refresh_from_db()
    joined = Membership.objects.filter(user=zoe).exists()
    assert joined == (invitation.status == "ACCEPTED")


@pytest.mark.django_db(transaction=True)
def test_the_same_address_invited_twice_at_once_receives_one_call():
    alice = MembershipFactory()

    refusals = together(lambda: call(alice), lambda: call(alice))

    assert sorted(map(str, refusals)) == sorted([str(None), str(AlreadyInvited)])
    assert len(sent()) == 1


@pytest.mark.django_db
def test_a_structure_without_administrator_is_asked_who_it_is():
    held = MembershipFactory().offerer
    alone = OffererFactory()

    with pytest.raises(AlreadyAdministered):
        ask_who_administers(offerer_id=held.pk, email="contact@example.org", by=SYSTEM)
    ask_who_administers(offerer_id=alone.pk, email="contact@example.org", by=SYSTEM)

    asked = OutboxMessage.objects.get()
    assert (asked.event, asked.recipient) == ("venues/who_administers", "contact@example.org")
    assert "contact@example.org" in ActionLog.objects.get(subject_id=alone.pk).why
