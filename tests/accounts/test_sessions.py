"""LOG-03, LOG-04, LOG-06: how long a session lives, and when a person was last seen."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from passpro.accounts.models import User
from passpro.kernel import clock
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


def opened(user, **more):
    client = Client()
    with clock.at(NOON):
        client.post("/connexion", {"email": user.email, "password": PASSWORD, **more})
    return client


def status_after(client, silence):
    with clock.at(NOON + silence):
        return client.get("/profil").status_code


@pytest.mark.parametrize(
    ("traits", "typed", "limit"),
    [
        ({}, {}, timedelta(hours=12)),
        ({}, {"remember": "on"}, timedelta(days=30)),
        ({"staff": True}, {}, timedelta(hours=2)),
        ({"staff": True}, {"remember": "on"}, timedelta(hours=2)),
    ],
)
def test_a_session_ends_after_its_silence(traits, typed, limit):
    user = UserFactory(**traits)

    assert status_after(opened(user, **typed), limit) == 200
    client = opened(user, **typed)
    assert status_after(client, limit + timedelta(seconds=1)) == 302
    with clock.at(NOON + limit + timedelta(seconds=2)):
        assert "session s’est terminée" in client.get("/connexion").text


def test_visits_keep_a_session_alive_but_not_beyond_ninety_days():
    client = opened(UserFactory(), remember="on")

    answers = [status_after(client, timedelta(days=day)) for day in (20, 40, 60, 80, 90, 91)]

    assert answers == [200, 200, 200, 200, 200, 302]


def test_the_cookie_outlives_the_browser_only_when_asked():
    user = UserFactory()

    assert opened(user).cookies["sessionid"]["max-age"] == ""
    assert opened(user, remember="on").cookies["sessionid"]["max-age"] == 90 * 24 * 3600
    assert opened(UserFactory(staff=True), remember="on").cookies["sessionid"]["max-age"] == ""


def test_the_last_visit_is_written_at_most_every_quarter_of_an_hour():
    user = UserFactory()
    client = opened(user)
    seen = []
    for minutes in (14, 15, 29, 31):
        status_after(client, timedelta(minutes=minutes))
        seen.append(User.objects.get(pk=user.pk).last_seen_at)

    user.refresh_from_db()
    assert user.last_login == NOON
    quarter, later = NOON + timedelta(minutes=15), NOON + timedelta(minutes=31)
    assert seen == [None, quarter, quarter, later]
