"""The journal of a venue's software: what was sent, answered, sent again (API-250, API-262)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import notices
from offers.models import PartnerUpload
from passpro.kernel import clock, fetch, outbox
from passpro.kernel.models import OutboxMessage
from tests.partner_api.client import software_of

pytestmark = pytest.mark.django_db


def test_an_owner_sees_calls_and_answers_and_sends_one_again(cast, monkeypatch):
    _, provider = software_of(cast.venue)
    owner, journal = cast.client("member"), reverse("offers:journal", args=[cast.venue.pk])
    assert "Aucun appel pour le moment" in owner.get(journal).content.decode()
    form = reverse("offers:venue_addresses", args=[cast.venue.pk])
    half = {"booking_url": "https://harmonie.example/vente"}
    assert "ou aucune" in owner.post(form, half).content.decode()
    assert owner.post(form, {"notification_url": "harmonie.example/avis"}).status_code == 302
    cast.offer.provider = provider
    cast.offer.save(update_fields=["provider"])
    replies = [fetch.Reply(503, b"plus tard"), fetch.Reply(200, b'{"ok": true}')]
    monkeypatch.setattr(fetch, "exchange", lambda *_, **__: replies.pop(0))

    notices.queue_booked(cast.booking)
    call = OutboxMessage.objects.get(kind="WEBHOOK")
    assert not outbox.deliver(call.pk)
    PartnerUpload.objects.create(
        provider=provider, venue=cast.venue, kind="CINEMA", actor_label="x", sent=[], state="DONE",
        report={"added": 3, "unknownFilms": ["visa:9"]}, finished_at=clock.now(),
    )  # fmt: skip
    page = owner.get(journal).content.decode()
    for words in (
        "https://harmonie.example/avis", "<strong>503</strong>", "plus tard", "Nouvel essai",
        cast.offer.title, "&quot;user_email&quot;", "3 séances ajoutées",
        "1 films inconnus (visa:9)",
    ):  # fmt: skip
        assert words in page, words

    resend = reverse("offers:journal_resend", args=[cast.venue.pk, call.pk])
    assert "Envoyer à nouveau" not in page  # it leaves by itself
    with clock.at(clock.now() + timedelta(minutes=2)):
        outbox.sweep()
    assert "{&quot;ok&quot;: true}" in owner.get(journal).content.decode()
    assert owner.post(resend).status_code == 302
    call.refresh_from_db()
    assert (call.state, call.attempts) == ("WAITING", 0)
