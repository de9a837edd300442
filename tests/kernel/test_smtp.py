"""Delivery to a real SMTP server on loopback."""

import email
import email.policy
import socket

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from passpro.kernel import outbox
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory


class Mailbox:
    """Keeps what arrives; refuses the addresses of `closed.example`."""

    def __init__(self):
        self.received = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@closed.example"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(
            email.message_from_bytes(envelope.content, policy=email.policy.default)
        )
        return "250 OK"


@pytest.fixture
def mailbox(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


def queue(to):
    user = UserFactory(email=to, first_name="Héloïse")
    with transaction.atomic():
        return outbox.queue_email(
            event="venues/offerer_rejected",
            unique_key=f"smtp:{to}",
            to=to,
            reply_to="support@passpro.example",
            context={
                "user": user,
                "offerer": {"name": "L’Œuvre à l’été", "siren": "300000015"},
                "reason": "Pièce manquante : l’extrait « Kbis »",
                "support_email": "support@passpro.example",
            },
        )


@pytest.mark.django_db
def test_text_and_html_arrive_with_their_accents(mailbox):
    message = queue("heloise@example.org")

    assert outbox.deliver(message.pk) is True

    (received,) = mailbox.received
    assert received["Subject"].strip() == "L’Œuvre à l’été : votre demande n’est pas acceptée"
    assert received["To"] == "heloise@example.org"
    assert received["Reply-To"] == "support@passpro.example"
    assert received["Message-ID"] == f"<outbox-{message.pk}@passpro>"
    text = received.get_body(("plain",)).get_content()
    html = received.get_body(("html",)).get_content()
    assert "Bonjour Héloïse," in text
    assert "l’extrait « Kbis »" in text
    assert "&" not in text
    assert "<strong>L’Œuvre à l’été</strong>" in html
    assert '<html lang="fr">' in html


@pytest.mark.django_db
def test_a_refused_mailbox_is_tried_again_later(mailbox):
    message = queue("personne@closed.example")

    assert outbox.deliver(message.pk) is False

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("WAITING", 1)
    assert "550" in message.last_error
    assert mailbox.received == []


@pytest.mark.django_db
def test_a_server_that_is_down_loses_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    message = queue("heloise@example.org")

    assert outbox.deliver(message.pk) is False
    assert OutboxMessage.objects.get().state == "WAITING"
