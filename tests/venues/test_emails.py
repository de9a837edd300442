"""The words of e-mails about partners and schools, as they are sent."""

import pytest

from passpro.kernel import outbox
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.venues.factories import AdageRequestFactory, ProviderFactory, VenueFactory
from venues.models import VenueProvider
from venues.services import adage, synchronisations

pytestmark = pytest.mark.django_db
ALICE = Actor("SYSTEM", "Alice Le Goff")


@pytest.fixture
def venue():
    return VenueFactory(
        pk=921, name="Grande salle & « studio »", siret="78000000600012",
        offerer__pk=31, offerer__siren="780000006",
    )  # fmt: skip


def sent() -> list[dict]:
    messages = OutboxMessage.objects.order_by("pk")
    return [{"event": one.event} | outbox.content_of(one) for one in messages]


def texts() -> list[str]:
    return [f"{one['event']}\n{one['to']}\n{one['subject']}\n\n{one['text']}" for one in sent()]


def test_partners(venue, snapshot):
    provider = ProviderFactory(name="Harmonie")
    synchronisations.authorise_provider(
        venue_id=venue.pk,
        provider_id=provider.pk,
        phone="+33298000000",
        contact_email="billetterie@theatre.example",
        by=ALICE,
    )
    link = VenueProvider.objects.get()
    synchronisations.pause_link(link_id=link.pk, by=ALICE)
    synchronisations.revoke_link(link_id=link.pk, by=ALICE)

    assert texts() == snapshot
    assert "Grande salle &amp; « studio »" in sent()[0]["html"]


def test_adage(venue, snapshot):
    facts = {"venue": venue, "contact_email": "alice@theatre.example"}
    adage.drop_request(
        request_id=AdageRequestFactory(**facts).pk, reason="Pièce manquante", by=ALICE
    )
    adage.refuse_request(
        request_id=AdageRequestFactory(**facts).pk, reason="Hors du champ", by=ALICE
    )
    adage.accept_request(request_id=AdageRequestFactory(**facts).pk, by=ALICE)
    adage.ask_for_referencing(
        venue_id=venue.pk, legal_status="ASSOCIATION", project="Voir", references="",
        domain_ids=[15], level_ids=["CAP1"], contact_name="Alice", by=ALICE,
        contact_email="alice@theatre.example", contact_phone="",
    )  # fmt: skip
    adage.reference_venue(venue_id=venue.pk, adage_id="128", by=ALICE)

    assert texts() == snapshot
