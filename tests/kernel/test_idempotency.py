import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from passpro.kernel import clock
from passpro.kernel.errors import DomainError
from passpro.kernel.idempotency import (
    Answer,
    IdempotencyKeyReused,
    IdempotencyKeyRunning,
    answer_once,
    purge_job,
)
from passpro.kernel.models import IdempotencyKey

NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


class Work:
    def __init__(self, status_code=201):
        self.calls, self.status_code = 0, status_code

    def __call__(self):
        self.calls += 1
        return Answer(self.status_code, {"id": self.calls})


def call(work, *, owner="test_a", key="k1", body=b"{}"):
    return answer_once(owner=owner, key=key, body=body, run=work)


@pytest.mark.django_db
def test_same_key_and_body_is_done_once_and_answers_the_same():
    work = Work()

    assert call(work) == call(work) == Answer(201, {"id": 1})
    assert work.calls == 1


@pytest.mark.django_db
def test_keys_of_two_owners_are_strangers():
    work = Work()

    assert call(work).body == {"id": 1}
    assert call(work, owner="test_b").body == {"id": 2}


@pytest.mark.django_db
def test_same_key_with_another_body_is_refused():
    work = Work()
    call(work)

    with pytest.raises(IdempotencyKeyReused) as refusal:
        call(work, body=b'{"places": 2}')

    assert refusal.value.http_status == 422
    assert work.calls == 1


@pytest.mark.django_db
def test_a_refused_call_keeps_nothing_and_may_be_sent_again():
    def refuse():
        raise DomainError("complet")

    with pytest.raises(DomainError, match="complet"):
        call(refuse)

    assert not IdempotencyKey.objects.exists()
    assert call(Work()).status_code == 201


@pytest.mark.django_db
def test_the_answer_is_forgotten_after_a_day():
    work = Work()
    with clock.at(NOON):
        call(work)
    with clock.at(NOON + timedelta(hours=23, minutes=59)):
        assert call(work).body == {"id": 1}
    with clock.at(NOON + timedelta(hours=24)):
        assert call(work, body=b"autre").body == {"id": 2}


@pytest.mark.django_db
def test_a_call_whose_process_died_is_done_again_after_two_minutes():
    with clock.at(NOON):
        IdempotencyKey.objects.create(owner="test_a", key="k1", body_hash="x" * 64)
        IdempotencyKey.objects.update(
            body_hash="44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        )
        with pytest.raises(IdempotencyKeyRunning):
            call(Work())
    with clock.at(NOON + timedelta(minutes=2)):
        assert call(Work()).body == {"id": 1}


@pytest.mark.django_db
def test_old_answers_are_purged():
    with clock.at(NOON):
        call(Work())

    assert purge_job(now=NOON + timedelta(hours=24)) == {"purged": 0}
    assert purge_job(now=NOON + timedelta(hours=25)) == {"purged": 1}


@pytest.mark.django_db(transaction=True)
def test_refuses_to_run_inside_a_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        call(Work())


@pytest.mark.django_db(transaction=True)
def test_while_the_first_call_runs_the_second_is_told_to_wait():
    started, go_on, answers = threading.Event(), threading.Event(), []

    def slow():
        started.set()
        go_on.wait(5)
        return Answer(200, "fait")

    def first():
        answers.append(call(slow))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(5)
    with pytest.raises(IdempotencyKeyRunning) as refusal:
        call(Work())
    go_on.set()
    thread.join()

    assert refusal.value.http_status == 409
    assert answers == [call(Work())] == [Answer(200, "fait")]
