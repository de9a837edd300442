import threading

import pytest
from django.db import IntegrityError, connection, transaction

from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.venues.factories import (
    ApiKeyFactory,
    MembershipFactory,
    OffererFactory,
    full_key,
    siren,
)
from venues import transitions
from venues.enums import MembershipStatus, OffererStatus
from venues.exceptions import (
    AlreadyAttached,
    IdentityMissing,
    InvalidSiren,
    ReasonMissing,
    StructureClosed,
)
from venues.models import Membership, Offerer, Venue
from venues.services.api_keys import authenticate
from venues.services.memberships import accept_membership, refuse_membership
from venues.services.offerers import (
    register_offerer,
    reject_offerer,
    validate_offerer,
)

TEAM = Actor("USER", "Farid")
FACTS = {"name": "Théâtre", "street": "1 quai", "postal_code": "20200", "city": "Bastia"}


def register(user=None, number=None, **facts):
    user = user or UserFactory()
    return register_offerer(
        user=user, siren=number or siren(1), by=Actor.user(user), **(facts or FACTS)
    )


def events():
    return sorted(OutboxMessage.objects.values_list("event", "recipient"))


@pytest.mark.django_db
def test_the_first_person_becomes_administrator_of_a_new_structure():
    alice = UserFactory(email="alice@example.org")

    membership = register(alice, number=" 300 000 015 ")

    assert (membership.role, membership.status) == ("ADMIN", "VALIDATED")
    offerer = membership.offerer
    assert (offerer.siren, offerer.status) == ("300000015", "NEW")
    assert offerer.department_code == "2B"
    assert not offerer.is_visible
    assert Venue.objects.get(offerer=offerer).is_virtual
    assert [(t.before, t.after) for t in offerer.transitions.all()] == [("", "NEW")]
    assert [(t.before, t.after) for t in membership.transitions.all()] == [("", "VALIDATED")]
    assert events() == [("venues/offerer_registered", "alice@example.org")]


@pytest.mark.django_db
def test_the_next_person_waits_and_needs_only_the_siren():
    register()

    membership = register_offerer(user=(bob := UserFactory()), siren=siren(1), by=Actor.user(bob))

    assert (membership.role, membership.status) == ("MEMBER", "PENDING")
    assert Offerer.objects.count() == 1
    assert membership.offerer.name == "Théâtre"
    events = OutboxMessage.objects.order_by("-pk").values_list("event", flat=True)[:2]
    assert set(events) == {"venues/membership_requested", "venues/membership_to_decide"}


@pytest.mark.django_db
def test_asking_twice_is_refused_with_two_different_sentences():
    alice, bob = UserFactory(), UserFactory()
    register(alice)
    register(bob)

    with pytest.raises(AlreadyAttached, match="déjà rattaché"):
        register(alice)
    with pytest.raises(AlreadyAttached, match="étudie votre demande"):
        register(bob)


@pytest.mark.django_db
def test_a_new_structure_needs_its_name_and_a_french_town():
    with pytest.raises(IdentityMissing):
        register(name="Théâtre", city="Bastia", postal_code="00000")
    with pytest.raises(InvalidSiren):
        register(number="123456789")
    assert not Offerer.objects.exists()


@pytest.mark.django_db
def test_a_refused_structure_starts_again_with_its_new_first_person():
    alice, bob = UserFactory(), UserFactory()
    offerer = register(alice).offerer
    reject_offerer(offerer_id=offerer.pk, reason="Erreur", by=TEAM)

    membership = register(bob, name="Théâtre neuf", postal_code="29200", city="Brest")

    offerer.refresh_from_db()
    assert (offerer.status, offerer.is_active, offerer.name) == ("NEW", True, "Théâtre neuf")
    assert (membership.role, membership.status) == ("ADMIN", "VALIDATED")
    assert Membership.objects.get(user=alice).status == "REJECTED"
    assert Venue.objects.filter(offerer=offerer, is_virtual=True).count() == 1
    assert register(alice).status == "PENDING"


@pytest.mark.django_db
def test_nobody_joins_a_closed_structure():
    OffererFactory(siren=siren(1), status=OffererStatus.CLOSED)

    with pytest.raises(StructureClosed):
        register()


@pytest.mark.django_db(transaction=True)
def test_two_people_with_the_same_siren_at_once_make_one_administrator():
    people = [UserFactory() for _ in range(4)]
    barrier, roles = threading.Barrier(4), []

    def work(user):
        barrier.wait(5)
        roles.append(register(user).role)
        connection.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(roles) == ["ADMIN", "MEMBER", "MEMBER", "MEMBER"]
    assert Offerer.objects.count() == 1


@pytest.mark.django_db
def test_validation_makes_the_structure_visible_and_tells_its_people():
    offerer = OffererFactory(new=True)
    MembershipFactory(offerer=offerer, user__email="alice@example.org")
    MembershipFactory(offerer=offerer, pending=True)

    validate_offerer(offerer_id=offerer.pk, by=TEAM)

    offerer.refresh_from_db()
    assert offerer.is_visible
    assert offerer.validated_at is not None
    log = offerer.transitions.get()
    assert (log.before, log.after, log.actor_label) == ("NEW", "VALIDATED", "Farid")
    assert events() == [("venues/offerer_validated", "alice@example.org")]
    with pytest.raises(ForbiddenTransition):
        validate_offerer(offerer_id=offerer.pk, by=TEAM)


@pytest.mark.django_db
def test_a_refusal_needs_a_reason_and_closes_every_door():
    offerer = OffererFactory()
    alice = MembershipFactory(offerer=offerer, user__email="alice@example.org")
    waiting = MembershipFactory(offerer=offerer, pending=True)
    key = ApiKeyFactory(offerer=offerer)
    with pytest.raises(ReasonMissing):
        reject_offerer(offerer_id=offerer.pk, reason="  ", by=TEAM)

    reject_offerer(offerer_id=offerer.pk, reason="Pièce manquante", by=TEAM)

    offerer.refresh_from_db()
    assert (offerer.status, offerer.is_active, offerer.validated_at) == ("REJECTED", False, None)
    assert set(offerer.memberships.values_list("status", flat=True)) == {"REJECTED"}
    assert authenticate(full_key(key)) is None
    assert not Offerer.objects.visible_to(alice.user).exists()
    message = OutboxMessage.objects.get()
    assert message.recipient == "alice@example.org"
    assert "Pièce manquante" in message.payload["text"]

    validate_offerer(offerer_id=offerer.pk, by=TEAM)
    waiting.refresh_from_db()
    assert waiting.status == "REJECTED"
    assert authenticate(full_key(key)) is None


@pytest.mark.django_db
def test_an_accepted_person_enters_as_member_or_as_the_missing_administrator():
    offerer = OffererFactory()
    bob = MembershipFactory(offerer=offerer, pending=True)
    carol = MembershipFactory(offerer=offerer, pending=True)

    first = accept_membership(membership_id=bob.pk, by=TEAM)
    second = accept_membership(membership_id=carol.pk, by=TEAM)

    assert (first.role, second.role) == ("ADMIN", "MEMBER")
    assert {m.event for m in OutboxMessage.objects.all()} == {"venues/membership_accepted"}
    with pytest.raises(ForbiddenTransition):
        accept_membership(membership_id=bob.pk, by=TEAM)


@pytest.mark.django_db
def test_a_refused_person_is_told_why_and_loses_access():
    membership = MembershipFactory()
    with pytest.raises(ReasonMissing):
        refuse_membership(membership_id=membership.pk, reason="", by=TEAM)

    refuse_membership(membership_id=membership.pk, reason="Départ", by=TEAM)

    assert not Offerer.objects.visible_to(membership.user).exists()
    assert "Départ" in OutboxMessage.objects.get().payload["text"]


@pytest.mark.django_db
def test_nobody_is_accepted_in_a_refused_structure():
    offerer = OffererFactory(status=OffererStatus.REJECTED, validated_at=None)
    membership = MembershipFactory(offerer=offerer, pending=True)

    with pytest.raises(StructureClosed):
        accept_membership(membership_id=membership.pk, by=TEAM)


@pytest.mark.django_db
@pytest.mark.parametrize("before", OffererStatus.values)
@pytest.mark.parametrize("after", OffererStatus.values)
def test_every_pair_of_states_of_a_structure(before, after):
    offerer = OffererFactory(status=before)
    allowed = after in transitions.OFFERER_TRANSITIONS[before]

    if allowed:
        transitions.move_offerer(offerer, after, by=TEAM)
    else:
        with pytest.raises(ForbiddenTransition):
            transitions.move_offerer(offerer, after, by=TEAM)

    assert offerer.transitions.count() == int(allowed)


@pytest.mark.django_db
@pytest.mark.parametrize("before", MembershipStatus.values)
@pytest.mark.parametrize("after", MembershipStatus.values)
def test_every_pair_of_states_of_an_attachment(before, after):
    membership = MembershipFactory(pending=before == "PENDING")
    if before in {"REJECTED", "REMOVED"}:
        transitions.move_membership(membership, before, by=TEAM)
        membership.transitions.all().delete()
    allowed = after in transitions.MEMBERSHIP_TRANSITIONS[before]

    if allowed:
        transitions.move_membership(membership, after, by=TEAM)
        assert (membership.decided_at is None) == (after == "PENDING")
    else:
        with pytest.raises(ForbiddenTransition):
            transitions.move_membership(membership, after, by=TEAM)

    assert membership.transitions.count() == int(allowed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (lambda: OffererFactory(new=True), {"status": "VALIDATED", "validated_at": None}),
        (lambda: OffererFactory(), {"siren": "12345678"}),
        (lambda: MembershipFactory(), {"decided_at": None}),
        (lambda: MembershipFactory(pending=True), {"status": "VALIDATED"}),
        (lambda: ApiKeyFactory(), {"revoked_at": "2001-01-01T00:00Z"}),
    ],
)
def test_the_database_refuses_what_contradicts_a_state(rows, change):
    row = rows()

    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**change)


@pytest.mark.django_db
def test_the_database_keeps_one_administrator():
    membership = MembershipFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(offerer=membership.offerer)
    MembershipFactory(offerer=membership.offerer, member=True)
