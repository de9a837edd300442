from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.errors import ForbiddenTransition
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.venues.factories import AdageRequestFactory, OffererFactory, VenueFactory
from venues.adage_timeline import file_of
from venues.exceptions import (
    AdageIdMissing,
    AdageIdTaken,
    AdageRequestPending,
    AlreadyReferenced,
    NotReferenced,
    ReasonMissing,
    VenueWithoutAddress,
)
from venues.models import AdageRequest, Offerer, Venue
from venues.services.adage import (
    accept_request,
    ask_for_referencing,
    drop_request,
    examine_request,
    reference_venue,
    refuse_request,
    unreference_venue,
    withdraw_request,
)

pytestmark = pytest.mark.django_db
COMMISSION = Actor.job("commission")
FACTS = {
    "legal_status": "ASSOCIATION",
    "project": "Rencontrer, voir, faire.",
    "references": "",
    "domain_ids": [15],
    "level_ids": ["COLLEGE4"],
    "contact_name": "Alice Le Goff",
    "contact_email": "alice@theatre.example",
    "contact_phone": "+33298000000",
}


def ask(venue):
    return ask_for_referencing(venue_id=venue.pk, by=SYSTEM, **FACTS)


def states(venue) -> list[tuple[str, str]]:
    return [(step.title, step.state) for step in file_of(Venue.objects.get(pk=venue.pk)).steps]


def test_a_request_goes_from_filing_to_adage():
    venue = VenueFactory()
    request = ask(venue)
    assert (request.status, request.academy) == ("SUBMITTED", "Rennes")
    assert states(venue) == [
        ("Demande déposée", "done"),
        ("En attente d’examen", "current"),
        ("Décision de la commission", "todo"),
        ("Ajout dans ADAGE", "todo"),
    ]

    examine_request(request_id=request.pk, file_number=" 2026-12 ", by=COMMISSION)
    assert states(venue)[1] == ("En instruction", "current")
    assert "2026-12" in file_of(venue).steps[1].text
    accept_request(request_id=request.pk, by=COMMISSION)
    assert not Offerer.objects.referenced_for_schools().exists()
    assert states(venue)[2:] == [("Demande acceptée", "done"), ("Ajout dans ADAGE", "current")]
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        reference_venue(venue_id=venue.pk, adage_id="128", by=COMMISSION)

    assert states(venue)[3] == ("Ajouté dans ADAGE", "done")
    assert list(Offerer.objects.referenced_for_schools()) == [venue.offerer]
    assert Venue.objects.get(pk=venue.pk).is_referenced_for_schools
    events = OutboxMessage.objects.order_by("pk").values_list("event", flat=True)
    assert list(events) == [
        "venues/adage_submitted", "venues/adage_accepted", "venues/venue_referenced",
    ]  # fmt: skip


def test_the_right_is_the_structures_and_asks_for_both_conditions():
    offerer = OffererFactory(new=True)
    venue = VenueFactory(offerer=offerer)
    VenueFactory(offerer=offerer)
    reference_venue(venue_id=venue.pk, adage_id="128", by=COMMISSION)
    assert not offerer.is_referenced_for_schools

    Offerer.objects.filter(pk=offerer.pk).update(status="VALIDATED", validated_at=clock.now())

    assert Offerer.objects.get(pk=offerer.pk).is_referenced_for_schools
    unreference_venue(venue_id=venue.pk, by=COMMISSION)
    assert not Offerer.objects.get(pk=offerer.pk).is_referenced_for_schools
    rows = ActionLog.objects.filter(subject_id=str(venue.pk)).order_by("pk")
    assert [row.changes["identifiant ADAGE"] for row in rows] == [["–", "128"], ["128", "–"]]
    with pytest.raises(NotReferenced):
        unreference_venue(venue_id=venue.pk, by=COMMISSION)


def test_what_cannot_be_asked():
    pending = AdageRequestFactory()
    with pytest.raises(AdageRequestPending):
        ask(pending.venue)
    with pytest.raises(VenueWithoutAddress):
        ask(VenueFactory(virtual=True))
    referenced = VenueFactory()
    reference_venue(venue_id=referenced.pk, adage_id="128", by=COMMISSION)
    with pytest.raises(AlreadyReferenced):
        ask(referenced)
    assert AdageRequest.objects.count() == 1


def test_the_database_refuses_two_open_requests():
    pending = AdageRequestFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        AdageRequestFactory(venue=pending.venue, status="REVIEW")


@pytest.mark.parametrize(
    ("end", "status", "event"),
    [(refuse_request, "REFUSED", "refused"), (drop_request, "DROPPED", "dropped")],
)
def test_a_refusal_needs_a_reason_and_the_venue_may_ask_again(end, status, event):
    request = AdageRequestFactory()
    with pytest.raises(ReasonMissing):
        end(request_id=request.pk, reason=" ", by=COMMISSION)

    end(request_id=request.pk, reason="Dossier incomplet", by=COMMISSION)

    request.refresh_from_db()
    file = file_of(request.venue)
    assert request.status == status
    assert file.steps[-1].state == "bad"
    assert file.steps[-1].text == "Dossier incomplet"
    assert file.may_ask
    message = OutboxMessage.objects.get()
    assert message.event == f"venues/adage_{event}"
    assert "Dossier incomplet" in message.payload["text"]
    assert ask(request.venue).pk != request.pk
    with pytest.raises(ForbiddenTransition):
        accept_request(request_id=request.pk, by=COMMISSION)


def test_a_venue_withdraws_its_request_before_the_decision():
    request = AdageRequestFactory()

    withdraw_request(request_id=request.pk, by=SYSTEM)

    assert states(request.venue)[-1] == ("Retirée par la structure", "bad")
    assert not OutboxMessage.objects.exists()
    with pytest.raises(ForbiddenTransition):
        withdraw_request(request_id=request.pk, by=SYSTEM)


def test_adage_may_add_a_venue_that_never_asked_and_ids_are_unique():
    venue, other = VenueFactory(), AdageRequestFactory().venue
    reference_venue(venue_id=venue.pk, adage_id="128", by=COMMISSION)

    with pytest.raises(AdageIdTaken):
        reference_venue(venue_id=other.pk, adage_id="128", by=COMMISSION)
    with pytest.raises(AdageIdMissing):
        reference_venue(venue_id=other.pk, adage_id=" ", by=COMMISSION)
    with pytest.raises(AlreadyReferenced):
        reference_venue(venue_id=venue.pk, adage_id="129", by=COMMISSION)
    assert states(venue) == [("Ajouté dans ADAGE", "done")]
    reference_venue(venue_id=other.pk, adage_id="129", by=COMMISSION)
    assert AdageRequest.objects.get(venue=other).status == "ACCEPTED"
