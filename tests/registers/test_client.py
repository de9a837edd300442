import time

import pytest
from django.core.cache import cache

from passpro.kernel.breaker import FAILURES
from passpro.registers.client import RegisterClient
from passpro.registers.exceptions import RegisterBusy, RegisterDown


@pytest.fixture
def client(register):
    register.answers["/thing"] = (200, {"name": "thing"})
    return RegisterClient(name="test", base_url=register.url, timeout=0.3, deadline=1.0)


def test_an_answer_is_its_status_and_its_body(client, register):
    answer = client.get("thing", {"q": "été"})

    assert (answer.status, answer.body) == (200, {"name": "thing"})
    assert register.calls[0][1] == {"q": "été"}


def test_an_unknown_thing_is_an_answer_not_a_failure(client, register):
    assert client.get("nothing").status == 404
    assert len(register.calls) == 1


@pytest.mark.parametrize("mood", ["slow", "500", "503", "not json", "cut", "endless", "list"])
def test_one_failure_is_tried_again(client, register, mood):
    register.moods = [mood]

    assert client.get("thing").body == {"name": "thing"}
    assert len(register.calls) == 2


@pytest.mark.parametrize("mood", ["slow", "500", "not json", "cut", "endless", "302"])
def test_two_failures_are_enough(client, register, mood):
    register.moods = [mood, mood]

    with pytest.raises(RegisterDown):
        client.get("thing")
    assert len(register.calls) == 2


def test_an_answer_that_comes_drop_by_drop_is_left_at_the_deadline(client, register):
    register.moods = ["drip", "drip"]
    before = time.monotonic()

    with pytest.raises(RegisterDown):
        client.get("thing")
    assert time.monotonic() - before < 1.6


def test_a_register_that_limits_our_calls_is_not_asked_again_at_once(client, register):
    register.moods = ["429"]

    with pytest.raises(RegisterBusy):
        client.get("thing")
    assert len(register.calls) == 1


def test_nobody_listens_is_a_failure_too():
    client = RegisterClient(name="nobody", base_url="http://127.0.0.1:9", deadline=1.0)

    with pytest.raises(RegisterDown):
        client.get("thing")


def test_a_register_that_keeps_failing_is_left_alone_then_tried_again(client, register):
    register.moods = ["500"] * FAILURES
    for _ in range(3):
        with pytest.raises(RegisterDown):
            client.get("thing")
    assert len(register.calls) == FAILURES

    with pytest.raises(RegisterDown):
        client.get("thing")
    assert len(register.calls) == FAILURES, "the breaker is open: no call leaves"

    cache.delete("register:test:open")  # the pause is over
    assert client.get("thing").status == 200
    register.moods = ["500"]
    assert client.get("thing").status == 200, "a success forgot the failures"
