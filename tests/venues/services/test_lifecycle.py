from datetime import timedelta

import pytest
from django.core.cache import cache

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import ForbiddenTransition
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.accounts.factories import UserFactory
from tests.venues.factories import (
    ApiKeyFactory,
    InvitationFactory,
    MembershipFactory,
    OffererFactory,
    full_key,
)
from venues.constants import CLOSED_TEAM_KEPT
from venues.exceptions import AlreadySuspended, NotSuspended, ReasonMissing, StructureClosed
from venues.models import Offerer
from venues.services.api_keys import authenticate, issue_api_key
from venues.services.lifecycle import (
    close_offerer,
    confirm_identity,
    purge_closed_teams,
    put_on_hold,
    refresh_identity,
    suspend_offerer,
    unsuspend_offerer,
)
from venues.services.venues import open_venue

pytestmark = pytest.mark.django_db
TEAM = Actor("USER", "Farid")


@pytest.fixture(autouse=True)
def _forgetful_cache():
    cache.clear()


def close(offerer, **facts):
    return close_offerer(offerer_id=offerer.pk, reason="Cessation", by=TEAM, **facts)


def test_a_structure_on_hold_is_hidden_and_nobody_is_written_to():
    offerer = OffererFactory()
    MembershipFactory(offerer=offerer)
    with pytest.raises(ReasonMissing):
        put_on_hold(offerer_id=offerer.pk, comment=" ", by=TEAM)

    held = put_on_hold(offerer_id=offerer.pk, comment="Statuts demandés", by=TEAM)

    assert held.status == "PENDING"
    assert not held.is_visible
    assert held.transitions.get().why == "Statuts demandés"
    assert not OutboxMessage.objects.exists()
    with pytest.raises(ForbiddenTransition):
        put_on_hold(offerer_id=offerer.pk, comment="Encore", by=TEAM)


def test_closing_stops_keys_and_invitations_and_tells_the_members():
    offerer = OffererFactory()
    alice = MembershipFactory(offerer=offerer, user__email="alice@example.org")
    MembershipFactory(offerer=offerer, pending=True)
    key, invitation = ApiKeyFactory(offerer=offerer), InvitationFactory(offerer=offerer)
    with pytest.raises(ReasonMissing):
        close_offerer(offerer_id=offerer.pk, reason="", by=TEAM)

    closed = close(offerer)

    assert (closed.status, closed.is_visible) == ("CLOSED", False)
    assert authenticate(full_key(key)) is None
    invitation.refresh_from_db()
    assert invitation.status == "WITHDRAWN"
    message = OutboxMessage.objects.get()
    assert (message.event, message.recipient) == ("venues/offerer_closed", "alice@example.org")
    assert "Cessation" in message.payload["text"]
    assert Offerer.objects.visible_to(alice.user).exists(), "its payments stay readable"
    with pytest.raises(ForbiddenTransition):
        close(offerer)


def test_the_register_is_named_when_it_closed_the_structure():
    offerer = OffererFactory()
    MembershipFactory(offerer=offerer)

    close(offerer, automatic=True)

    assert "répertoire des entreprises" in OutboxMessage.objects.get().payload["text"]


@pytest.mark.parametrize("status", ["NEW", "PENDING", "REJECTED"])
def test_only_a_validated_structure_closes(status):
    offerer = OffererFactory(status=status)

    with pytest.raises(ForbiddenTransition):
        close(offerer)


def test_a_closed_structure_is_read_only():
    offerer = OffererFactory(status="CLOSED")
    user = UserFactory()

    with pytest.raises(StructureClosed):
        issue_api_key(offerer_id=offerer.pk, label="Caisse", user=user, by=TEAM)
    with pytest.raises(StructureClosed):
        open_venue(offerer_id=offerer.pk, by=TEAM, comment="Plein air", name="Kiosque")


def test_a_suspended_structure_comes_back_as_it_was():
    offerer = OffererFactory()
    with pytest.raises(NotSuspended):
        unsuspend_offerer(offerer_id=offerer.pk, comment="", by=TEAM)

    suspended = suspend_offerer(offerer_id=offerer.pk, reason="Doute", by=TEAM)
    assert (suspended.is_visible, suspended.status) == (False, "VALIDATED")
    with pytest.raises(AlreadySuspended):
        suspend_offerer(offerer_id=offerer.pk, reason="Doute", by=TEAM)
    back = unsuspend_offerer(offerer_id=offerer.pk, comment="Levé", by=TEAM)

    assert back.is_visible
    kinds = ActionLog.objects.order_by("pk").values_list("kind", "why")
    assert list(kinds) == [("SUSPENDED", "Doute"), ("UNSUSPENDED", "Levé")]


def test_a_refused_structure_is_not_merely_switched_on_again():
    offerer = OffererFactory(status="REJECTED", is_active=False)

    with pytest.raises(NotSuspended):
        unsuspend_offerer(offerer_id=offerer.pk, comment="", by=TEAM)


def test_the_team_confirms_what_was_typed_once():
    offerer = OffererFactory(identity_checked_at=None)

    confirm_identity(offerer_id=offerer.pk, by=TEAM)
    checked = confirm_identity(offerer_id=offerer.pk, by=TEAM)

    assert not checked.needs_identity_check
    assert ActionLog.objects.count() == 1
    assert action_log.subject_of(offerer) == ("venues.offerer", str(offerer.pk))


def test_the_register_completes_what_was_typed_and_tells_what_changed():
    offerer = OffererFactory(siren="780000089", name="La cale", city="Brest")

    company = refresh_identity(offerer_id=offerer.pk, by=TEAM)

    offerer.refresh_from_db()
    assert company.is_active
    assert (offerer.name, offerer.street) == ("LA CALE SÈCHE", "1 quai du Port")
    assert offerer.activity_code == "90.04Z"
    assert not offerer.needs_identity_check
    changes = ActionLog.objects.get().changes
    assert changes["name"] == ["La cale", "LA CALE SÈCHE"]
    assert "city" not in changes


def test_capitals_alone_change_nothing_and_a_silent_register_neither():
    same = OffererFactory(siren="780000089", name="La cale sèche")
    silent = OffererFactory(siren="780000188", name="Typed")
    unknown = OffererFactory(siren="780000212", name="Typed")

    refresh_identity(offerer_id=same.pk, by=TEAM)
    assert refresh_identity(offerer_id=silent.pk, by=TEAM) is None
    assert refresh_identity(offerer_id=unknown.pk, by=TEAM) is None

    same.refresh_from_db()
    assert same.name == "La cale sèche"
    assert Offerer.objects.filter(name="Typed", identity_checked_at=None).count() == 2


def test_people_of_a_closed_structure_are_detached_after_a_while():
    offerer = OffererFactory()
    member = MembershipFactory(offerer=offerer)
    waiting = MembershipFactory(offerer=offerer, pending=True)
    close(offerer)
    now = clock.now()
    assert purge_closed_teams(now=now) == {"detached": 0}

    later = now + CLOSED_TEAM_KEPT + timedelta(minutes=1)
    assert purge_closed_teams(now=later) == {"detached": 2}
    assert purge_closed_teams(now=later) == {"detached": 0}

    member.refresh_from_db()
    waiting.refresh_from_db()
    assert (member.status, waiting.status) == ("REMOVED", "REJECTED")
