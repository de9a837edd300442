import pytest
import time_machine

from passpro.kernel import clock
from passpro.kernel.actor import Actor
from tests.accounts.factories import UserFactory
from tests.venues.factories import ApiKeyFactory, OffererFactory, full_key
from venues.exceptions import ApiKeyAlreadyRevoked, ApiKeyOfInactiveStructure, TooManyApiKeys
from venues.models import ApiKey
from venues.services.api_keys import authenticate, issue_api_key, revoke_api_key

pytestmark = pytest.mark.django_db


def issue(offerer=None):
    offerer = offerer or OffererFactory()
    user = UserFactory()
    return issue_api_key(offerer_id=offerer.pk, label="Caisse", user=user, by=Actor.user(user))


def test_a_new_key_works_at_once_and_its_secret_is_nowhere_in_the_database():
    key, text = issue()

    prefix, secret = text[:-65], text[-64:]
    assert prefix == key.prefix
    assert prefix.startswith("test_")
    assert len(prefix) == len("test_") + 12
    assert authenticate(f"Bearer {text}") == key
    assert authenticate(text) == key
    row = ApiKey.objects.values_list().get(pk=key.pk)
    assert not any(secret in str(value) for value in row)


def test_sixth_live_key_is_refused_but_revoked_ones_do_not_count():
    offerer = OffererFactory()
    keys = [issue(offerer)[0] for _ in range(5)]

    with pytest.raises(TooManyApiKeys, match="au plus 5"):
        issue(offerer)

    revoke_api_key(key_id=keys[0].pk, by=Actor.job("test"))
    issue(offerer)


def test_a_revoked_key_stops_at_once_and_revoking_twice_is_refused():
    key, text = issue()

    revoke_api_key(key_id=key.pk, by=Actor.job("ménage"))

    assert authenticate(text) is None
    key.refresh_from_db()
    assert key.revoked_by_label == "ménage"
    with pytest.raises(ApiKeyAlreadyRevoked):
        revoke_api_key(key_id=key.pk, by=Actor.job("ménage"))


@pytest.mark.parametrize(
    "raw",
    ["", "Bearer", "Bearer ", "_", "abc", "test_000000000000_" + "0" * 64, "é_" + "a" * 64,
     "x\x00_" + "a" * 64, "_" + "a" * 64, "test_1_é" + "a" * 63],
)  # fmt: skip
def test_malformed_or_unknown_keys_are_nobody(raw):
    assert authenticate(raw) is None


def test_a_wrong_secret_is_nobody():
    _, text = issue()

    assert authenticate(text[:-1] + ("0" if text[-1] != "0" else "1")) is None


def test_key_of_a_suspended_structure_is_recognised_but_refused():
    key = ApiKeyFactory(offerer__is_active=False)

    with pytest.raises(ApiKeyOfInactiveStructure) as refusal:
        authenticate(full_key(key))

    assert refusal.value.http_status == 403


def test_hot_path_is_one_query_and_the_use_is_noted_once_a_day(django_assert_num_queries):
    key = ApiKeyFactory()
    with time_machine.travel("2026-05-28T10:00+02:00", tick=False):
        with django_assert_num_queries(2):
            authenticate(full_key(key))
        with django_assert_num_queries(1):
            found = authenticate(full_key(key))
            assert found.offerer == key.offerer
        key.refresh_from_db()
        assert key.last_used_on == clock.today()
    with time_machine.travel("2026-05-29T10:00+02:00", tick=False):
        authenticate(full_key(key))

    key.refresh_from_db()
    assert key.last_used_on.isoformat() == "2026-05-29"
