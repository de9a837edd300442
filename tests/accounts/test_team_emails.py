"""What agents receive about their own accounts, word for word."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from passpro.accounts import emails
from passpro.kernel import clock, outbox
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory


@pytest.mark.django_db
def test_a_second_factor_was_reset(snapshot):
    farid = UserFactory(staff=True, email="farid@passpro.example")

    with clock.at(datetime(2026, 12, 1, 9, 30, tzinfo=UTC)), transaction.atomic():
        emails.queue_second_factor_reset(farid, 12)

    message = OutboxMessage.objects.get()
    content = outbox.content_of(message)
    assert "Second facteur réinitialisé" in content["html"]
    assert "\n".join([message.recipient, content["subject"], content["text"]]) == snapshot
