"""Notices to ADAGE (§8.1): written with the change, sent by HTTP, tried again, in order."""

from dataclasses import fields
from datetime import timedelta

import pytest

from collective import adage_client
from collective.exceptions import InvalidIncident
from collective.models import CollectiveOffer
from collective.services import book, cancel, dates, details, incidents, jobs, publish
from passpro.kernel import clock, outbox
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from passpro.registers.exceptions import RegisterDown
from tests.collective.factories import (
    NOW,
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveStockFactory,
    SchoolYearFactory,
)
from tests.collective.test_school_services import visitor
from tests.registers.server import serve

pytestmark = pytest.mark.django_db
BY = Actor("USER", "Camille Le Goff")
HEAD = Actor.school("Mme la principale")


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        yield SchoolYearFactory()


@pytest.fixture
def adage(settings):
    """ADAGE itself, on this machine."""
    with serve() as server:
        settings.ADAGE_BACKEND, settings.ADAGE_URL = "http", server.url
        settings.ADAGE_KEY = "secret-of-passpro"
        yield server


def notices():
    return OutboxMessage.objects.filter(kind="ADAGE").order_by("pk")


def events():
    return [one.event.removeprefix("adage/") for one in notices()]


def test_each_step_of_ours_is_told_and_none_of_the_schools(march):
    waiting = {"offer__validation": "PENDING", "offer__is_active": False,
               "offer__validated_at": None}  # fmt: skip
    stock = CollectiveStockFactory(**waiting)
    BudgetFactory(institution=stock.offer.institution, year=march)
    assert events() == []  # under review: nothing

    publish.approve_offer(offer_id=stock.offer_id, by=BY)
    booking = book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer))
    dates.lower(
        offer_id=stock.offer_id, price_cents=190_00, participants=25, price_detail="x", by=BY
    )
    offer = CollectiveOffer.objects.get(pk=stock.offer_id)
    facts = {one.name: getattr(offer, one.name) for one in fields(details.Details)}
    details.update_details(
        offer_id=offer.pk,
        venue=offer.venue,
        details=details.Details(**{**facts, "title": "Le Lac des cygnes"}),
        by=BY,
    )
    book.confirm(booking_id=booking.pk, by=HEAD)
    cancel.cancel_booking(offer_id=offer.pk, by=BY)
    publish.archive_offer(offer_id=offer.pk, by=BY)

    assert events() == [
        "offre-assoc", "prereservation", "prereservation-edit", "prereservation-edit",
        "prereservation-annule",
    ]  # fmt: skip
    told = [one.payload["body"] for one in notices()]
    assert (told[0]["id"], told[0]["UAICode"]) == (offer.pk, offer.institution.uai)
    assert (told[1]["status"], told[1]["redactor"]["redactorLastName"]) == ("PENDING", "Vidal")
    assert told[2]["updatedFields"] == ["educationalPriceDetail", "numberOfTickets", "price"]
    assert (told[2]["price"], told[2]["numberOfTickets"]) == (190.0, 25)
    assert (told[3]["updatedFields"], told[3]["name"]) == (["name"], "Le Lac des cygnes")
    assert (told[4]["status"], told[4]["cancellationReason"]) == ("CANCELLED", "OFFERER")


def test_refusals_of_the_school_and_expiry_tell_nothing():
    one, two = CollectiveBookingFactory.create_batch(2)

    book.refuse(booking_id=one.pk, by=HEAD)
    with clock.at(two.confirmation_limit_at):
        jobs.expire(now=clock.now())

    assert events() == []


def test_money_taken_back_is_told_with_its_reason():
    booking = CollectiveBookingFactory(confirmed=True)
    take = {"booking_id": booking.pk, "reason": "NO_EVENT", "details": "Grève", "by": BY}
    with pytest.raises(InvalidIncident):
        incidents.tell_incident(cents=10_00, **take)  # not over yet
    booking.status, booking.used_at = "USED", NOW
    booking.save()
    for cents in (0, 200_01):
        with pytest.raises(InvalidIncident):
            incidents.tell_incident(cents=cents, **take)

    incidents.tell_incident(cents=200_00, **take)

    body = notices().get().payload["body"]
    assert (body["reimbursementReason"], body["reimbursedValue"]) == ("NO_EVENT", 200.0)
    assert (body["reimbursementDetails"], body["status"]) == ("Grève", "USED")


def test_nothing_is_written_when_adage_is_off(settings):
    settings.ADAGE_BACKEND = "off"
    stock = CollectiveStockFactory()

    book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer))

    assert events() == []
    with pytest.raises(RegisterDown):
        adage_client.staff("0290001X")  # a school nobody else asks for: answers are kept


def test_a_notice_goes_by_http_with_our_key(adage):
    stock = CollectiveStockFactory()
    adage.answers["/v1/prereservation"] = (201, {})
    booking = book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer))

    assert outbox.deliver(notices().get().pk)

    (path, body, headers), *_ = adage.calls
    assert (path, headers["X-omogen-api-key"]) == ("/v1/prereservation", "secret-of-passpro")
    assert (body["id"], body["UAICode"]) == (booking.pk, booking.institution.uai)
    assert notices().get().state == "SENT"


def test_a_failure_keeps_the_prebooking_and_is_tried_again_in_order(adage):
    stock = CollectiveStockFactory()
    booking = book.prebook(offer_id=stock.offer_id, visitor=visitor(stock.offer))
    cancel.cancel_booking(offer_id=stock.offer_id, by=BY)
    first, second = notices()
    adage.answers["/v1/prereservation-annule"] = (201, {})
    adage.answers["/v1/prereservation"] = (500, {"detail": "oups"})

    assert outbox.sweep() == {"sent": 2, "failed": 2}  # two e-mails left

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.last_error) == ("WAITING", "NoticeRefused: 500 oups")
    assert second.last_error.startswith("NotYet")  # it never overtakes the first
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"
    adage.answers["/v1/prereservation"] = (201, {})
    with clock.at(NOW + timedelta(hours=1)):
        assert outbox.sweep() == {"sent": 2, "failed": 0}
    assert [call[0] for call in adage.calls] == [
        "/v1/prereservation", "/v1/prereservation", "/v1/prereservation-annule",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "answer", "is_taken"),
    [
        ("prereservation", (404, {"detail": "EMAIL_ADDRESS_DOES_NOT_EXIST"}), True),
        ("prereservation", (404, {"detail": "UNKNOWN"}), False),
        ("prereservation", (200, {}), False),
        ("prereservation", (302, {}), False),
        ("prereservation-edit", (404, {"detail": "EMAIL_ADDRESS_DOES_NOT_EXIST"}), False),
    ],
)
def test_what_adage_may_answer(adage, event, answer, is_taken):
    adage.answers[f"/v1/{event}"] = answer
    booking = CollectiveBookingFactory()
    message = OutboxMessage.objects.create(
        kind="ADAGE", event=f"adage/{event}", unique_key=event, recipient=f"adage:{booking.pk}",
        payload={"subject": "", "path": f"/v1/{event}", "body": {}}, next_try_at=NOW,
    )  # fmt: skip

    assert outbox.deliver(message.pk) is is_taken


@pytest.mark.parametrize("mood", ["cut", "slow"])
def test_a_silent_adage_is_a_failure(adage, monkeypatch, mood):
    monkeypatch.setattr(adage_client, "READ_SECONDS", 0.2)
    adage.moods = [mood]

    with pytest.raises(adage_client.NoticeRefused):
        adage_client.post("/v1/prereservation", {}, tolerates_no_address=True)


def test_lists_are_read_page_by_page_and_staff_is_kept_an_hour(adage):
    pages = [[{"uai": "0910620E", "sigle": "CLG", "libelle": "CHARPAK", "communeLibelle": "Gex",
               "courriel": None, "telephone": "", "codePostal": "01170"}], []]  # fmt: skip
    adage.answers["/v1/etablissement-scolaire"] = lambda asked: (200, pages[int(asked["page"]) - 1])
    adage.answers["/v1/redacteurs-projets/0910620E"] = (
        200, [{"civilite": "Mme", "nom": "Vidal", "prenom": "Claire", "mail": "CV@ac.example"}],
    )  # fmt: skip

    (school,) = adage_client.schools("11")
    assert (school.uai, school.kind, school.city) == ("0910620E", "COLLEGE", "Gex")
    assert [one.email for one in adage_client.staff("0910620E")] == ["cv@ac.example"]
    assert adage_client.staff("0910620E")  # from the cache
    assert adage_client.staff("0290001A") is None
    adage.answers["/v1/etablissement-scolaire"] = (503, {})
    with pytest.raises(RegisterDown):
        adage_client.schools("11")
    assert [call[0] for call in adage.calls].count("/v1/redacteurs-projets/0910620E") == 1
