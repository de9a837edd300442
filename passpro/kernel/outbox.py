"""Outbox: messages are rows written with the change; a worker sends them after commit.

Death before commit: nothing was said. After: the sweeper sends what the nudge missed.
A crash between the SMTP answer and our commit may send one message twice; it can never lose one.
"""

import io
import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.mime.image import MIMEImage
from typing import Any

import segno
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template.loader import render_to_string

from passpro.kernel import clock, fetch, signing
from passpro.kernel.db import Statement, write
from passpro.kernel.models import OutboxMessage

logger = logging.getLogger(__name__)

# Growing delay between attempts; after the last one the message is FAILED and staff may resend it.
RETRY_DELAYS = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440)]
SWEEP_PAGE = 200
# What the journal shows of an answer, in bytes.
ANSWER_KEPT = 500
SENT_KEPT = timedelta(days=365)


def queue_email(
    *,
    event: str,
    unique_key: str,
    to: str,
    context: dict[str, Any],
    reply_to: str = "",
) -> OutboxMessage | None:
    """Render `email/<event>.{subject.txt,txt,html}` and write the row; skip an empty address.

    Runs inside the caller's transaction (refuses otherwise). A `unique_key` writes one row.
    """
    if not to:
        return None
    payload = {
        "to": [to],
        "reply_to": [reply_to] if reply_to else [],
        **_render(event, context),
    }
    return queue(
        kind=OutboxMessage.Kind.EMAIL,
        event=event,
        unique_key=unique_key,
        recipient=to,
        payload=payload,
    )


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail whose texts are made at delivery; `context` holds facts that JSON can hold."""

    event: str
    unique_key: str
    to: str
    context: dict[str, Any]
    reply_to: str = ""


def queue_emails(emails: Iterable[Email]) -> None:
    """Write several e-mails with one statement; the worker renders them with the facts kept.

    For busy paths and long lists: the change that causes them pays neither templates nor queue.
    Same rules as `queue_email`: inside the caller's transaction, one row a `unique_key`.
    """
    for statement in queueing(emails):
        write(*statement)


def queueing(emails: Iterable[Email]) -> list[Statement]:
    """`queue_emails` for a write that takes the rows along: its statement, if anyone is told."""
    if not connection.in_atomic_block:
        raise RuntimeError("outbox: e-mails are queued in the transaction of what they tell about")
    rows = [
        {
            "event": email.event,
            "unique_key": email.unique_key,
            "recipient": email.to,
            "payload": {
                "to": [email.to],
                "reply_to": [email.reply_to] if email.reply_to else [],
                "context": email.context,
            },
        }
        for email in emails
        if email.to
    ]
    if not rows:
        return []
    transaction.on_commit(_nudge_sweeper, robust=True)
    now = clock.now()
    return [Statement(_QUEUE_EMAILS, [now, now, json.dumps(rows)])]


_QUEUE_EMAILS = """
    INSERT INTO kernel_outboxmessage
        (kind, state, attempts, last_error, next_try_at, created_at,
         event, unique_key, recipient, payload)
    SELECT 'EMAIL', 'WAITING', 0, '', %s, %s, event, unique_key, recipient, payload
    FROM jsonb_to_recordset(%s::jsonb)
        AS emails (event text, unique_key text, recipient text, payload jsonb)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A signed call to a partner: `text` is the JSON that `signature` covers.

    `after`: the unique key of a call that this one must not overtake. `venue_id`: whose journal
    shows it, with what was answered.
    """

    event: str
    unique_key: str
    url: str
    text: str
    signature: str
    after: str = ""
    venue_id: int | None = None


def queue_webhooks(calls: Iterable[Webhook]) -> None:
    """Write several calls with one statement, inside the caller's transaction; one a key."""
    if not connection.in_atomic_block:
        raise RuntimeError("outbox: calls are queued in the transaction of what they tell about")
    now = clock.now()
    rows = [
        OutboxMessage(
            kind=OutboxMessage.Kind.WEBHOOK,
            event=call.event,
            unique_key=call.unique_key,
            recipient=call.url[:254],
            payload={
                "url": call.url,
                "text": call.text,
                "signature": call.signature,
                "after": call.after,
                "venue_id": call.venue_id,
            },
            next_try_at=now,
            created_at=now,
        )
        for call in calls
    ]
    if rows:
        OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(_nudge_sweeper, robust=True)


@dataclass(frozen=True, slots=True)
class Push:
    """What the app of a young person would show; `path` is the page it opens."""

    event: str
    unique_key: str
    to: str
    title: str
    text: str
    path: str


def queue_pushes(pushes: Iterable[Push]) -> int:
    """Write notifications with one statement, in a transaction; one a key. Answers how many were
    given."""
    now = clock.now()
    rows = [
        OutboxMessage(
            kind=OutboxMessage.Kind.PUSH,
            event=push.event,
            unique_key=push.unique_key,
            recipient=push.to,
            payload={"title": push.title, "text": push.text, "path": push.path},
            next_try_at=now,
            created_at=now,
        )
        for push in pushes
    ]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def content_of(message: OutboxMessage) -> dict[str, Any]:
    """The e-mail of a row as it is, or will be, sent: to, reply_to, subject, text, html."""
    content: dict[str, Any] = message.payload
    if "context" not in content:
        return content
    qr = content["context"].get("qr")
    return {
        "to": content["to"],
        "reply_to": content["reply_to"],
        **_render(message.event, content["context"]),
        **({"qr": qr} if qr else {}),
    }


def _render(event: str, context: dict[str, Any]) -> dict[str, str]:
    subject = render_to_string(f"email/{event}.subject.txt", context)
    return {
        "subject": " ".join(subject.split()),
        "text": render_to_string(f"email/{event}.txt", context).strip() + "\n",
        "html": render_to_string(f"email/{event}.html", context),
    }


def queue(
    *, kind: str, event: str, unique_key: str, recipient: str, payload: dict[str, Any]
) -> OutboxMessage | None:
    """Write one message and nudge the worker after commit; None when already written."""
    if not connection.in_atomic_block:
        raise RuntimeError(
            "outbox.queue() must run in the transaction of the change it tells about"
        )
    now = clock.now()
    message, written = OutboxMessage.objects.get_or_create(
        unique_key=unique_key,
        defaults={
            "kind": kind,
            "event": event,
            "recipient": recipient,
            "payload": payload,
            "next_try_at": now,
            "created_at": now,
        },
    )
    if not written:
        return None
    from passpro.kernel.tasks import deliver_message_task

    transaction.on_commit(lambda: _nudge(deliver_message_task, message.pk), robust=True)
    return message


def queue_later(
    *, kind: str, event: str, unique_key: str, recipient: str, payload: dict[str, Any], at: datetime
) -> None:
    """Write one message that leaves at `at` at the earliest, unless it is taken back."""
    OutboxMessage.objects.create(
        kind=kind,
        event=event,
        unique_key=unique_key,
        recipient=recipient[:254],
        payload=payload,
        next_try_at=at,
        created_at=clock.now(),
    )
    if at <= clock.now():
        transaction.on_commit(_nudge_sweeper, robust=True)


def take_back(unique_key: str) -> bool:
    """Remove a message that has not left; False when it has, or is abandoned.

    Waits while it is being sent: what follows in the transaction knows which of the two happened.
    """
    waiting = OutboxMessage.objects.filter(
        unique_key=unique_key, state=OutboxMessage.State.WAITING, attempts=0
    )
    return waiting.delete()[0] == 1


def _nudge(task: Any, pk: int) -> None:
    """Ask a worker to deliver now; a broken queue only delays the message until the next sweep."""
    try:
        task.delay(pk)
    except Exception as error:
        logger.warning(
            "The queue refused a nudge, the sweeper will send.",
            extra={"id": pk, "error": str(error)},
        )


_last_nudge = float("-inf")


def _nudge_sweeper() -> None:
    """Ask for one sweep a little later: the messages of the next instants leave with it."""
    global _last_nudge
    delay = settings.OUTBOX_NUDGE_SECONDS
    if time.monotonic() - _last_nudge < delay:
        return
    _last_nudge = time.monotonic()
    from passpro.kernel.tasks import sweep_outbox_task

    try:
        sweep_outbox_task.apply_async(countdown=delay)
    except Exception as error:
        logger.warning(
            "The queue refused a nudge, the sweeper will send.", extra={"error": str(error)}
        )


def deliver(message_id: int) -> bool:
    """Send one waiting message under its row lock; True when it left. Safe to call twice."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            .filter(pk=message_id, state=OutboxMessage.State.WAITING)
            .first()
        )
        if message is None:
            return False
        message.attempts += 1
        try:
            SENDERS[message.kind](message)
        except Exception as error:
            message.last_error = f"{type(error).__name__}: {error}"[:2000]
            if message.attempts > len(RETRY_DELAYS):
                message.state, message.next_try_at = OutboxMessage.State.FAILED, None
            else:
                message.next_try_at = clock.now() + RETRY_DELAYS[message.attempts - 1]
            message.save(
                update_fields=["attempts", "last_error", "state", "next_try_at", "payload"]
            )
            logger.warning("A message could not be sent.", extra={"id": message.pk})
            return False
        message.state, message.sent_at = OutboxMessage.State.SENT, clock.now()
        message.next_try_at, message.last_error = None, ""
        message.save(
            update_fields=["attempts", "last_error", "state", "next_try_at", "sent_at", "payload"]
        )
        return True


def sweep() -> dict[str, int]:
    """Send every waiting message whose time has come, page by page."""
    sent = failed = last_id = 0
    while True:
        ids = list(
            OutboxMessage.objects.filter(
                state=OutboxMessage.State.WAITING, next_try_at__lte=clock.now(), pk__gt=last_id
            )
            .order_by("pk")
            .values_list("pk", flat=True)[:SWEEP_PAGE]
        )
        if not ids:
            return {"sent": sent, "failed": failed}
        for pk in ids:
            if deliver(pk):
                sent += 1
            else:
                failed += 1
        last_id = ids[-1]


def sweep_job(*, now: datetime) -> dict[str, int]:
    """The scheduled form of `sweep`; the clock is already at `now`."""
    return sweep()


def purge_job(*, now: datetime) -> dict[str, int]:
    """Messages sent a year ago bear names and are of no use any more (§11.2)."""
    purged = 0
    old = OutboxMessage.objects.filter(
        state=OutboxMessage.State.SENT, sent_at__lt=now - SENT_KEPT
    ).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:SWEEP_PAGE]):
        purged += OutboxMessage.objects.filter(pk__in=ids).delete()[0]
    return {"purged": purged}


def resend(message_id: int) -> None:
    """Put a sent or abandoned message back in the queue (staff action in the admin)."""
    with transaction.atomic():
        OutboxMessage.objects.filter(pk=message_id).update(
            state=OutboxMessage.State.WAITING,
            next_try_at=clock.now(),
            attempts=0,
            sent_at=None,
            last_error="",
        )
        from passpro.kernel.tasks import deliver_message_task

        transaction.on_commit(lambda: _nudge(deliver_message_task, message_id), robust=True)


def _send_email(message: OutboxMessage) -> None:
    message.payload = content = content_of(message)
    if message.event in settings.EMAILS_ONLY_LOGGED:
        logger.info("An e-mail is logged, not sent.", extra={"event": message.event})
        return
    mail = EmailMultiAlternatives(
        subject=content["subject"],
        body=content["text"],
        to=content["to"],
        reply_to=content["reply_to"] or None,
        headers={"Message-ID": f"<outbox-{message.pk}@passpro>"},
    )
    mail.attach_alternative(content["html"], "text/html")
    if content.get("qr"):
        mail.mixed_subtype = "related"  # type: ignore[attr-defined]  # absent from the stubs
        mail.attach(_qr_image(content["qr"]))
    mail.send()


def _qr_image(text: str) -> MIMEImage:
    """What `<img src="cid:qr">` shows; mailers hide images of the web and of the page itself."""
    file = io.BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="png", scale=6, border=4)
    image = MIMEImage(file.getvalue(), "png")
    image.add_header("Content-ID", "<qr>")
    image.add_header("Content-Disposition", "inline", filename="code-qr.png")
    return image


class NotYet(Exception):
    """What must leave before has not left."""


def _send_webhook(message: OutboxMessage) -> None:
    """API-251, API-252: the body is a JSON string that holds the signed JSON."""
    call = message.payload
    if (
        call["after"]
        and OutboxMessage.objects.filter(
            unique_key=call["after"], state=OutboxMessage.State.WAITING
        ).exists()
    ):
        raise NotYet(call["after"])
    text = call["text"]
    call.pop("answer", None)
    reply = fetch.exchange(
        call["url"], signing.body_of(text), signing.headers_of(text, call["signature"])
    )
    said = reply.content[:ANSWER_KEPT].decode("utf-8", "replace").replace("\x00", "")
    call["answer"] = {"status": reply.status, "text": said}
    if not 200 <= reply.status < 300:
        raise fetch.FetchRefused(f"Réponse {reply.status}.")


def _send_push(message: OutboxMessage) -> None:
    """MSG-30: there is no push service; the row is what an app would be given."""


SENDERS: dict[str, Callable[[OutboxMessage], None]] = {
    OutboxMessage.Kind.EMAIL: _send_email,
    OutboxMessage.Kind.WEBHOOK: _send_webhook,
    OutboxMessage.Kind.PUSH: _send_push,
}
