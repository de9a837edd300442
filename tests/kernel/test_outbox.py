import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction

from passpro.kernel import clock, outbox
from passpro.kernel.models import OutboxMessage

NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


def queue(key="essai:1", to="alice@example.org"):
    with transaction.atomic():
        return outbox.queue(
            kind="EMAIL",
            event="test/essai",
            unique_key=key,
            recipient=to,
            payload={"to": [to], "reply_to": [], "subject": "Été", "text": "À", "html": "<p>À</p>"},
        )


@pytest.fixture
def refusing(monkeypatch):
    """The mail server says no."""

    def refuse(message):
        raise OSError("serveur injoignable")

    monkeypatch.setitem(outbox.SENDERS, "EMAIL", refuse)


@pytest.mark.django_db(transaction=True)
def test_queue_refuses_to_run_outside_a_transaction():
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.queue(kind="EMAIL", event="x", unique_key="x", recipient="x", payload={})
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.queue_emails([])


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_when_the_change_is_rolled_back():
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert OutboxMessage.objects.count() == 0
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_message_leaves_just_after_commit_once_per_key():
    assert queue() is not None
    assert queue() is None

    message = OutboxMessage.objects.get()
    assert message.state == "SENT"
    assert message.sent_at is not None
    assert [m.subject for m in mail.outbox] == ["Été"]


@pytest.mark.django_db
def test_an_empty_address_is_skipped():
    assert outbox.queue_email(event="test/essai", unique_key="x", to="", context={}) is None
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_failures_are_retried_with_a_growing_delay_then_given_up(refusing):
    with clock.at(NOON):
        message = queue()
    moment, waits = NOON, []
    for _ in outbox.RETRY_DELAYS:
        with clock.at(moment):
            assert outbox.sweep() == {"sent": 0, "failed": 1}
        message.refresh_from_db()
        assert message.state == "WAITING"
        assert "serveur injoignable" in message.last_error
        waits.append(message.next_try_at - moment)
        with clock.at(message.next_try_at - timedelta(seconds=1)):
            assert outbox.sweep() == {"sent": 0, "failed": 0}
        moment = message.next_try_at
    with clock.at(moment):
        outbox.sweep()

    message.refresh_from_db()
    assert waits == outbox.RETRY_DELAYS == sorted(outbox.RETRY_DELAYS)
    assert (message.state, message.attempts, message.next_try_at) == ("FAILED", 7, None)


@pytest.mark.django_db
def test_an_abandoned_message_can_be_sent_again_by_an_agent(refusing, monkeypatch):
    message = queue()
    OutboxMessage.objects.filter(pk=message.pk).update(
        state="FAILED", next_try_at=None, attempts=7, last_error="non"
    )
    monkeypatch.undo()

    outbox.resend(message.pk)
    outbox.sweep()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("SENT", 1, "")
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_message_already_sent_is_left_alone():
    message = queue()

    assert outbox.deliver(message.pk) is True
    assert outbox.deliver(message.pk) is False
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_leaves_the_message_for_the_sweeper(monkeypatch):
    with transaction.atomic():
        message = queue()
        transaction.get_connection().run_on_commit.clear()

    def die(message):
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setitem(outbox.SENDERS, "EMAIL", die)
        with pytest.raises(SystemExit):
            outbox.deliver(message.pk)

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("WAITING", 0)
    assert outbox.sweep() == {"sent": 1, "failed": 0}


@pytest.mark.django_db(transaction=True)
def test_a_broken_queue_only_delays_the_message(monkeypatch):
    from passpro.kernel.tasks import deliver_message_task

    def refuse(*args):
        raise ConnectionError("redis est arrêté")

    monkeypatch.setattr(deliver_message_task, "delay", refuse)
    message = queue()

    message.refresh_from_db()
    assert message.state == "WAITING"
    assert outbox.sweep() == {"sent": 1, "failed": 0}


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_message(monkeypatch):
    with transaction.atomic():
        message = queue()
        transaction.get_connection().run_on_commit.clear()
    sending, go_on, seen = threading.Event(), threading.Event(), []

    def slow(message):
        sending.set()
        go_on.wait(5)

    monkeypatch.setitem(outbox.SENDERS, "EMAIL", slow)

    def work():
        seen.append(outbox.deliver(message.pk))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert sending.wait(5)
    seen.append(outbox.deliver(message.pk))
    go_on.set()
    worker.join()

    assert seen == [False, True]
    message.refresh_from_db()
    assert message.attempts == 1


@pytest.mark.django_db
def test_emails_written_together_are_rendered_at_delivery_and_kept_as_sent():
    facts = {"user": {"get_short_name": "Zoé"}, "url": "https://exemple.fr/a?b=1&c=2"}
    outbox.queue_emails(
        outbox.Email("accounts/verify_email", f"lot:{n}", "zoe@example.org", facts)
        for n in (1, 2, 2)
    )
    assert OutboxMessage.objects.count() == 2
    waiting = OutboxMessage.objects.first()
    assert "subject" not in waiting.payload
    assert "Zoé" in outbox.content_of(waiting)["text"]

    outbox.sweep()

    waiting.refresh_from_db()
    assert "https://exemple.fr/a?b=1&c=2" in waiting.payload["text"]
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_sweeping_pages_through_more_than_one_page(monkeypatch):
    monkeypatch.setattr(outbox, "SWEEP_PAGE", 2)
    for n in range(5):
        queue(f"essai:{n}")

    assert outbox.sweep() == {"sent": 5, "failed": 0}


@pytest.mark.django_db
def test_an_environment_of_tests_logs_the_e_mails_that_it_keeps_back(settings, caplog):
    settings.EMAILS_ONLY_LOGGED = frozenset({"test/essai"})
    message = queue()

    with caplog.at_level("INFO", logger="passpro.kernel.outbox"):
        assert outbox.deliver(message.pk)

    assert not mail.outbox
    assert "An e-mail is logged, not sent." in caplog.messages
