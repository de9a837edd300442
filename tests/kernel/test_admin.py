import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import transaction

from bookings.models import Booking
from passpro.kernel import clock, outbox
from passpro.kernel.models import JobRun, OutboxMessage
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/admin/kernel/outboxmessage/"


@pytest.fixture
def message():
    with transaction.atomic():
        return outbox.queue(
            kind="EMAIL",
            event="test/essai",
            unique_key="essai:1",
            recipient="alice@example.org",
            payload={
                "to": ["alice@example.org"],
                "reply_to": [],
                "subject": "Votre été",
                "text": "Bonjour <Alice>",
                "html": '<p class="x">Bonjour</p><script>alert(1)</script>',
            },
        )


def agent(client, group):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)


def test_messages_are_filtered_by_state_and_read_in_a_frame_that_runs_nothing(client, message):
    agent(client, "Support pro")

    waiting = client.get(f"{URL}?state__exact=WAITING").text
    failed = client.get(f"{URL}?state__exact=FAILED").text
    page = client.get(f"{URL}{message.pk}/change/").text

    assert "Votre été" in waiting
    assert "Votre été" not in failed
    assert "<iframe sandbox srcdoc=" in page
    assert "<script>alert(1)</script>" not in page
    assert "Bonjour &lt;Alice&gt;" in page


def test_an_email_still_to_be_rendered_can_be_read(client):
    facts = {"user": {"get_short_name": "Zoé"}, "url": "https://exemple.fr"}
    outbox.queue_emails([outbox.Email("accounts/verify_email", "x", "zoe@example.org", facts)])
    agent(client, "Support jeunes")

    page = client.get(f"{URL}{OutboxMessage.objects.get().pk}/change/").text

    assert "Bonjour Zoé" in page


def test_an_agent_sends_a_message_again(client, message, django_capture_on_commit_callbacks):
    outbox.deliver(message.pk)
    agent(client, "Support pro")

    assert "repart vers" in client.get(f"{URL}{message.pk}/renvoyer/").text
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(f"{URL}{message.pk}/renvoyer/", follow=True)

    assert "remis dans la file" in done.text
    assert len(mail.outbox) == 2


def test_who_only_reads_cannot_resend(client, message):
    agent(client, "Lecture seule")

    assert client.get(f"{URL}{message.pk}/change/").status_code == 200
    assert client.post(f"{URL}{message.pk}/renvoyer/").status_code == 403
    assert client.get(f"{URL}add/").status_code == 403


def test_job_runs_are_listed(client):
    JobRun.objects.create(name="sweep_outbox", last_run_at=clock.now(), outcome={"sent": 3})
    agent(client, "Administration")

    assert "sweep_outbox" in client.get("/admin/kernel/jobrun/").text


def test_links_are_named_in_french_and_migrations_do_not_see_it():
    named = {name: Booking._meta.get_field(name) for name in ("offer", "venue", "beneficiary")}

    assert [str(field.verbose_name) for field in named.values()] == ["offre", "lieu", "personne"]
    assert all("verbose_name" not in field.deconstruct()[3] for field in named.values())
