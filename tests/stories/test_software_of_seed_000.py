"""Seed 000 as its software lives it: nothing but calls of the partner API, from SIRET to payment.

The clock and the night's jobs are the only things moved from outside.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from collective.services import jobs
from passpro.kernel import clock
from tests.bookings.factories import DepositFactory
from tests.collective.factories import (
    BudgetFactory,
    InstitutionFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)
from tests.offers.factories import StockFactory
from tests.partner_api.client import software_of

pytestmark = pytest.mark.django_db

OFFERS, OFFER = "/v2/collective/offers/", "/v2/collective/offers/{offer_id}"
MOCK = "/v2/collective/adage_mock"
START = datetime(2026, 5, 4, 8, 10, 44, tzinfo=UTC)
EVENT = datetime(2026, 5, 28, 12, 30, tzinfo=UTC)


@pytest.fixture
def harmonie():
    with clock.at(START):
        venue = ReferencedVenueFactory(name="Legilog - Harmonie", department_code="71")
        year = SchoolYearFactory()
        school = InstitutionFactory(kind="LYCEE", name="DE LA VERSOIE", city="Thonon-les-Bains")
        BudgetFactory(institution=school, year=year, amount_cents=1_000_00)
        software, _ = software_of(venue)
        yield software, venue, school


def quote(venue_id: int, uai: str, **more):
    return {
        "venueId": venue_id,
        "name": "Devis n°D-00013",
        "description": "LE LAC DES CYGNES 28/05/2026 14:30\nSpectacle produit par XXXX.",
        "formats": ["Représentation"],
        "bookingEmails": ["monemaildenotification@legilog.example"],
        "contactEmail": "monemaildecontact@legilog.example",
        "contactPhone": "03 85 90 07 70",
        "domains": [15],
        "students": ["GENERAL2", "GENERAL1"],
        "location": {"type": "ADDRESS", "isVenueAddress": True},
        "startDatetime": EVENT.isoformat(),
        "bookingLimitDatetime": "2026-05-15T00:00:00+02:00",
        "totalPrice": 200,
        "numberOfTickets": 27,
        "durationMinutes": 75,
        "educationalPriceDetail": "SCOLAIRE SECONDAIRE à 8,00 € x 25",
        "educationalInstitution": uai,
        **more,
    }


def test_from_the_siret_to_the_date_of_payment(harmonie):
    software, venue, school = harmonie
    now = START

    def status(pk):
        found = software.get(OFFER, offer_id=pk)
        listed = {one["id"]: one["offerStatus"] for one in software.get(OFFERS)}
        assert listed[pk] == found["offerStatus"]
        return found["offerStatus"]

    with clock.at(now):
        # « Synchroniser » finds the id of the venue from its SIREN and NIC.
        (found,) = software.get("/v2/collective/offerer_venues", query={"siren": venue.siret[:9]})
        (pk,) = [one["id"] for one in found["venues"] if one["siret"] == venue.siret]
        (listed,) = software.get(
            "/v2/collective/educational-institutions/", query={"uai": school.uai}
        )
        offer = software.post(OFFERS, quote(pk, listed["uai"]))
        assert offer["offerStatus"] == "PUBLISHED"
        assert (offer["totalPrice"], offer["numberOfTickets"]) == (200, 27)
        assert offer["startDatetime"] == "2026-05-28T12:30:00"
        assert offer["bookingLimitDatetime"] == "2026-05-14T22:00:00"
        assert offer["educationalInstitutionId"] == listed["id"]
        assert offer["location"] == {"type": "ADDRESS", "isVenueAddress": True}
    one = offer["id"]

    now += timedelta(days=1)
    with clock.at(now):
        # « Changer la date limite »
        changed = software.patch(OFFER, {"bookingLimitDatetime": "2026-05-20"}, offer_id=one)
        assert changed["bookingLimitDatetime"] == "2026-05-20T00:00:00"
        booked = software.post(f"{MOCK}/offer/{{offer_id}}/book", offer_id=one)
        assert booked["bookingStatus"] == "PENDING"
        assert status(one) == "PREBOOKED"
    now += timedelta(days=1)
    with clock.at(now):
        software.post(f"{MOCK}/bookings/{{booking_id}}/confirm", booking_id=booked["bookingId"])
        assert status(one) == "BOOKED"
        # « Baisser le prix »: fewer pupils come; never up again, and dates are fixed.
        lowered = software.patch(OFFER, {"totalPrice": 144, "numberOfTickets": 18}, offer_id=one)
        assert (lowered["price"], lowered["numberOfTickets"]) == (144, 18)
        refused = software.patch(OFFER, {"totalPrice": 150}, offer_id=one, status=400)
        assert set(refused) == {"totalPrice"}
        refused = software.patch(
            OFFER, {"startDatetime": "2026-05-29T12:30:00"}, offer_id=one, status=400
        )
        assert refused == {
            "global": "Cette action n'est pas autorisée car le statut de l'offre est BOOKED"
        }

        # « Annuler »: another quote is called off; it is archived then.
        other = software.post(OFFERS, quote(pk, school.uai, name="Devis n°D-00011"))["id"]
        given_up = software.post(f"{MOCK}/offer/{{offer_id}}/book", offer_id=other)
        software.patch("/v2/collective/bookings/{booking_id}", booking_id=given_up["bookingId"])
        assert status(other) == "CANCELLED"
        software.post("/v2/collective/offers/archive", {"ids": [other]})
        assert status(other) == "ARCHIVED"
        # Nobody answers the last one.
        late = software.post(
            OFFERS,
            quote(pk, school.uai, bookingLimitDatetime=(now + timedelta(days=3)).isoformat()),
        )["id"]

    now += timedelta(days=4)
    with clock.at(now):
        jobs.expire(now=now)
        assert status(late) == "EXPIRED"

    with clock.at(EVENT + timedelta(hours=3)):
        assert status(one) == "ENDED"
    with clock.at(EVENT + timedelta(hours=49)):
        assert jobs.use(now=clock.now()) == {"used": 1}
        assert status(one) == "ENDED"
        software.post(f"{MOCK}/bookings/{{booking_id}}/reimburse", booking_id=booked["bookingId"])
        # « Date de remboursement »
        (booking,) = software.get(OFFER, offer_id=one)["bookings"]
        assert status(one) == "REIMBURSED"
    assert booking == {
        "id": booked["bookingId"],
        "status": "REIMBURSED",
        "dateCreated": "2026-05-05T08:10:44",
        "confirmationDate": "2026-05-06T08:10:44",
        "cancellationLimitDate": booking["cancellationLimitDate"],
        "reimbursementDate": "2026-05-30T13:30:00",
        "dateUsed": "2026-05-30T13:30:00",
    }


def test_a_maker_plays_everybody_from_one_page(harmonie, settings):
    """The sandbox: a teacher, a head of school, a young person, the calls that leave."""
    software, venue, school = harmonie
    page = Client()

    def play(name, *args):
        answer = page.post(reverse(f"portal:sandbox_{name}", args=args), follow=True)
        return answer.content.decode()

    with clock.at(START):
        offer = software.post(OFFERS, quote(venue.pk, school.uai))
        assert school.uai in page.get(reverse("portal:sandbox")).content.decode()
        assert "C’est fait" in play("prebook", offer["id"])
        assert "EDUCATIONAL_STOCK_NOT_BOOKABLE" in play("prebook", offer["id"])
        (booking,) = software.get(OFFER, offer_id=offer["id"])["bookings"]
        for verb, status in (
            ("confirmer", "BOOKED"), ("effectuer", "ENDED"), ("payer", "REIMBURSED"),
        ):  # fmt: skip
            play("move", booking["id"], verb)
            assert software.get(OFFER, offer_id=offer["id"])["offerStatus"] == status

        provider = venue.provider_links.get().provider
        provider.notification_url = "https://harmonie.example/avis"
        provider.save()
        stock = StockFactory(offer__venue=venue, offer__provider=provider)
        assert "n’a de crédit" in play("book", stock.pk)
        DepositFactory()
        told = play("book", stock.pk)
        assert "contremarque" in told
        assert "partners/book" in told
        assert "harmonie.example/avis" in told
