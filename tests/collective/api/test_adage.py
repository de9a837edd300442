"""The HTTP API that ADAGE calls: each route, each refusal (collective.md §6)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from collective import transitions
from collective.models import (
    AdditionalFee,
    CollectiveStock,
    Institution,
    OfferChange,
)
from passpro.kernel import clock
from tests.collective.factories import (
    NOW,
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveStockFactory,
    InstitutionFactory,
    RedactorFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db
API = "/adage/v1"


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        yield SchoolYearFactory()  # 2025-2026, number 11


@pytest.fixture
def adage(settings):
    client = Client(headers={"Authorization": f"Bearer {settings.ADAGE_API_KEY}"})

    def call(path, method="get", **options):
        answer = getattr(client, method)(API + path, **options)
        return answer.status_code, answer.json() if answer.content else None

    return call


def test_only_the_key_opens_and_each_route_has_its_method(settings, adage):
    wrong = [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": settings.ADAGE_API_KEY},
        {"Authorization": "Bearer clé"},
    ]
    for headers in wrong:
        answer = Client(headers=headers).get(f"{API}/venues")
        assert (answer.status_code, answer.json()) == (403, {"Authorization": ["Wrong api key"]})
    assert adage("/venues", "post") == (405, {"code": "METHOD_NOT_ALLOWED"})
    settings.ADAGE_API_KEY = ""
    assert Client(headers={"Authorization": "Bearer "}).get(f"{API}/venues").status_code == 403


def test_budgets_of_a_year(adage, march):
    assert adage("/years/11/deposits") == (404, {"code": "EDUCATIONAL_DEPOSIT_NOT_FOUND"})
    school = InstitutionFactory(uai="0910620E")
    BudgetFactory(
        institution=school, year=march, period="SPRING", amount_cents=1_234_50,
        carried_over_cents=34_50,
    )  # fmt: skip
    BudgetFactory(institution=school, year=march, period="AUTUMN", is_final=False)
    BudgetFactory(institution=school, year=SchoolYearFactory(start_year=2024))

    status, body = adage("/years/11/deposits")

    assert status == 200
    assert body["deposits"] == [
        {
            "uai": "0910620E", "deposit": 1234.5, "isFinal": True,
            "period": {"start": "2025-12-31T23:00:00Z", "end": "2026-08-31T21:59:59Z"},
            "lastPeriodRemainingDeposit": 34.5,
        },
        {
            "uai": "0910620E", "deposit": 1000.0, "isFinal": False,
            "period": {"start": "2025-08-31T22:00:00Z", "end": "2025-12-31T22:59:59Z"},
            "lastPeriodRemainingDeposit": None,
        },
    ]  # fmt: skip


def test_a_school_with_its_budgets_and_bookings(adage, march):
    assert adage("/years/11/educational_institution/0010034R") == (
        404, {"code": "EDUCATIONAL_INSTITUTION_NOT_FOUND"},
    )  # fmt: skip
    path = f"/years/11/educational_institution/{InstitutionFactory().uai}"
    assert adage(path) == (200, {"deposits": [], "prebookings": []})
    stock = CollectiveStockFactory(
        service_price_cents=185_00, teachers=2, offer__additional_details="Entrée des artistes.",
        offer__title="Devis n°D-00003", offer__motor_accessible=True, offer__duration_minutes=75,
        offer__venue=ReferencedVenueFactory(name="Legilog - Harmonie"),
    )  # fmt: skip
    AdditionalFee.objects.create(stock=stock, kind="TRAVEL", amount_cents=10_00)
    AdditionalFee.objects.create(stock=stock, kind="OTHER", label="Péage", amount_cents=5_00)
    school = stock.offer.institution
    booking = CollectiveBookingFactory(stock=stock, year=march, confirmed=True)
    CollectiveBookingFactory(stock__offer__institution=school, year=march)
    CollectiveBookingFactory(
        stock__offer__institution=school, year=SchoolYearFactory(start_year=2024)
    )

    status, body = adage(f"/years/11/educational_institution/{school.uai}")

    assert status == 200
    assert body["deposits"] == [
        {
            "credit": 1000.0, "isFinal": True, "lastPeriodRemainingCredit": None,
            "period": {"start": "2025-08-31T22:00:00Z", "end": "2026-08-31T21:59:59Z"},
        }
    ]  # fmt: skip
    assert len(body["prebookings"]) == 2
    first = body["prebookings"][0]
    venue = booking.venue
    assert first == {
        "id": booking.pk,
        "status": "CONFIRMED",
        "cancellationReason": None,
        "UAICode": school.uai,
        "yearId": 11,
        "redactor": {
            "email": booking.redactor.email, "redactorFirstName": "Claire",
            "redactorLastName": "Vidal", "redactorCivility": "Mme",
        },
        "creationDate": "2026-03-02T09:00:00Z",
        "confirmationDate": "2026-03-02T09:00:00Z",
        "confirmationLimitDate": "2026-03-22T09:00:00Z",
        "cancellationDate": None,
        "cancellationLimitDate": "2026-03-12T09:00:00Z",
        "expirationDate": None,
        "venueId": venue.pk,
        "offererName": venue.offerer.name,
        "accessibility": "Moteur",
        "domainIds": [15],
        "domainLabels": ["Théâtre, expression dramatique, marionnettes"],
        "interventionArea": ["001"],
        "formats": ["Représentation"],
        "imageUrl": None,
        "imageCredit": None,
        "url": f"http://localhost:8000/adage/offre/{stock.offer_id}",
        "name": "Devis n°D-00003",
        "description": "Spectacle suivi d’une rencontre.",
        "durationMinutes": 75,
        "beginningDatetime": "2026-04-11T09:00:00Z",
        "startDatetime": "2026-04-11T09:00:00Z",
        "endDatetime": "2026-04-11T09:00:00Z",
        "price": 200.0,
        "totalAmount": 200.0,
        "quantity": 1,
        "numberOfTickets": 27,
        "priceDetail": "SCOLAIRE SECONDAIRE à 8,00 € x 25",
        "participants": ["Collège - 4e", "Collège - 3e"],
        "address": "En établissement scolaire",
        "city": venue.city,
        "postalCode": venue.postal_code,
        "coordinates": {
            "latitude": float(venue.latitude) if venue.latitude else None,
            "longitude": float(venue.longitude) if venue.longitude else None,
        },
        "venueTimezone": "Europe/Paris",
        "venueName": "Legilog - Harmonie",
        "contact": {"email": "scolaires@example.org", "phone": None},
        "subcategoryLabel": "",
        "isDigital": False,
        "withdrawalDetails": None,
        "servicePrice": 185.0,
        "additionalFees": [
            {"type": "TRAVEL", "amount": 10.0, "label": None},
            {"type": "OTHER", "amount": 5.0, "label": "Péage"},
        ],
        "numberOfTeachers": 2,
        "additionalDetails": "Entrée des artistes.",
    }  # fmt: skip


def test_bookings_of_a_school_or_of_one_of_its_teachers(adage, march):
    school, teacher = InstitutionFactory(), RedactorFactory(email="aicha@ac.example")
    path = f"/years/11/educational_institution/{school.uai}/prebookings"
    assert adage(path) == (200, {"prebookings": []})
    hers = CollectiveBookingFactory(stock__offer__institution=school, redactor=teacher, year=march)
    refused = CollectiveBookingFactory(
        stock__offer__institution=school, year=march, status="CANCELLED", cancelled_at=NOW,
        cancellation_reason="REFUSED_BY_INSTITUTE",
    )  # fmt: skip

    both, one = adage(path)[1], adage(f"{path}?redactorEmail=Aicha@ac.example")[1]

    assert [(row["id"], row["status"]) for row in both["prebookings"]] == [
        (hers.pk, "PENDING"), (refused.pk, "REFUSED"),
    ]  # fmt: skip
    assert [row["id"] for row in one["prebookings"]] == [hers.pk]


def test_the_light_list_goes_page_by_page(adage, march, django_assert_num_queries):
    bookings = CollectiveBookingFactory.create_batch(3, year=march)
    path = "/years/11/prebookings"

    with django_assert_num_queries(2):
        status, body = adage(path)
    assert status == 200
    assert [row["id"] for row in body["bookings"]] == [one.pk for one in bookings]
    assert set(body["bookings"][0]) == {
        "id", "UAICode", "status", "cancellationReason", "confirmationLimitDate", "totalAmount",
        "startDatetime", "endDatetime", "venueTimezone", "venueId", "venueName", "offererName",
        "name", "redactorEmail", "domainIds", "domainLabels", "formats", "price", "servicePrice",
        "additionalFees", "numberOfTickets", "numberOfTeachers", "confirmationDate",
        "additionalDetails", "beginningDatetime",
    }  # fmt: skip
    second = adage(f"{path}?page=2&per_page=2")[1]["bookings"]
    assert [row["id"] for row in second] == [bookings[2].pk]
    assert adage(f"{path}?page=9")[1] == {"bookings": []}
    assert adage(f"{path}?page=0&per_page=x")[0] == 400
    assert set(adage(f"{path}?page=0&per_page=x")[1]) == {"page", "per_page"}
    assert adage("/years/%00/prebookings")[0] == 400


def test_the_head_confirms_through_adage(adage, march):
    assert adage("/prebookings/99/confirm", "post") == (
        404, {"code": "EDUCATIONAL_BOOKING_NOT_FOUND"},
    )  # fmt: skip
    booking = CollectiveBookingFactory(year=march)
    path = f"/prebookings/{booking.pk}/confirm"
    assert adage(path, "post") == (404, {"code": "DEPOSIT_NOT_FOUND"})
    budget = BudgetFactory(institution=booking.institution, year=march, amount_cents=249_99,
                           is_final=False)  # fmt: skip
    assert adage(path, "post") == (422, {"code": "INSUFFICIENT_FUND_DEPOSIT_NOT_FINAL"})
    budget.is_final, budget.amount_cents = True, 199_99
    budget.save()
    assert adage(path, "post") == (422, {"code": "INSUFFICIENT_FUND"})
    budget.amount_cents = 200_00
    budget.save()
    with clock.at(booking.confirmation_limit_at):
        assert adage(path, "post") == (422, {"code": "CONFIRMATION_LIMIT_DATE_HAS_PASSED"})

    status, body = adage(path, "post")

    assert (status, body["status"], body["confirmationDate"]) == (
        200, "CONFIRMED", "2026-03-02T09:00:00Z",
    )  # fmt: skip
    assert OfferChange.objects.latest("pk").actor_label == "Chef d’établissement, dans ADAGE"
    assert adage(path, "post")[0] == 200  # again: nothing changes
    with clock.at(booking.cancellation_limit_at):
        assert adage(f"/prebookings/{booking.pk}/refuse", "post") == (
            422, {"code": "EDUCATIONAL_BOOKING_NOT_REFUSABLE"},
        )  # fmt: skip


def test_a_ministry_spends_a_third_in_autumn_where_the_rule_is_on(adage, settings):
    year = SchoolYearFactory(start_year=2026)
    autumn = datetime(2026, 10, 6, 12, tzinfo=UTC)
    BudgetFactory(year=year, amount_cents=150_00, ministry="MMe")
    BudgetFactory(year=year)  # of another ministry
    CollectiveBookingFactory(
        stock__starts_at=autumn, stock__price_cents=60_00, year=year, confirmed=True,
        budget__amount_cents=100_00, budget__ministry="MMe",
    )  # fmt: skip
    booking = CollectiveBookingFactory(stock__starts_at=autumn, stock__price_cents=40_01, year=year)
    BudgetFactory(institution=booking.institution, year=year, amount_cents=50_00, ministry="MMe")
    path = f"/prebookings/{booking.pk}/confirm"
    settings.SCHOOL_MINISTRY_CEILING = True

    assert adage(path, "post") == (422, {"code": "INSUFFICIENT_MINISTRY_FUND"})
    CollectiveStock.objects.filter(pk=booking.stock_id).update(price_cents=40_00)

    assert adage(path, "post")[1]["status"] == "CONFIRMED"


def test_the_head_refuses_through_adage(adage, march, monkeypatch):
    assert adage("/prebookings/99/refuse", "post") == (
        404, {"code": "EDUCATIONAL_BOOKING_NOT_FOUND"},
    )  # fmt: skip
    booking = CollectiveBookingFactory(year=march)
    with monkeypatch.context() as patch:
        patch.setitem(transitions.BOOKING_MOVES, "PENDING", frozenset())  # another writer was first
        assert adage(f"/prebookings/{booking.pk}/refuse", "post") == (
            422, {"code": "EDUCATIONAL_BOOKING_ALREADY_CANCELLED"},
        )  # fmt: skip

    status, body = adage(f"/prebookings/{booking.pk}/refuse", "post")

    assert (status, body["status"], body["cancellationReason"]) == (
        200, "REFUSED", "REFUSED_BY_INSTITUTE",
    )  # fmt: skip
    assert adage(f"/prebookings/{booking.pk}/refuse", "post")[0] == 200
    assert adage(f"/prebookings/{booking.pk}/confirm", "post") == (
        422, {"code": "EDUCATIONAL_BOOKING_IS_CANCELLED"},
    )  # fmt: skip


def test_schools_merge(adage, march):
    source = InstitutionFactory()
    booked = CollectiveBookingFactory(stock__offer__institution=source, year=march, confirmed=True)
    waiting = CollectiveBookingFactory(stock__offer__institution=source, year=march)
    other = CollectiveBookingFactory(year=march)

    def move(source_uai, destination_uai, ids):
        return adage(
            "/prebookings/move", "post", content_type="application/json",
            data={"source_uai": source_uai, "destination_uai": destination_uai,
                  "bookings_ids": ids},
        )  # fmt: skip

    ids = [booked.pk, waiting.pk, other.pk]
    assert move("0910620E", source.uai, ids) == (404, {"code": "Source institution not found"})
    assert move(source.uai, "0910620E", ids) == (404, {"destination_uai": "not found"})
    # In ADAGE's list of the year, not ours yet; it has no budget for what is confirmed.
    assert move(source.uai, "0290347V", ids) == (404, {"code": "DEPOSIT_NOT_FOUND"})
    assert not Institution.objects.filter(uai="0290347V").exists()
    assert move(source.uai, "0290347V", [waiting.pk])[0] == 204
    destination = Institution.objects.get(uai="0290347V")
    budget = BudgetFactory(institution=destination, year=march)
    assert move(source.uai, destination.uai, ids) == (204, None)
    assert move(source.uai, destination.uai, ids) == (204, None)

    for one in (booked, waiting, other):
        one.refresh_from_db()
    assert (booked.institution, booked.budget) == (destination, budget)
    assert booked.stock.offer.__class__.objects.get(pk=booked.stock.offer_id).institution == (
        destination
    )
    assert (waiting.institution, other.institution != destination) == (destination, True)
    assert OfferChange.objects.filter(kind="SCHOOL", actor_label="ADAGE").count() == 2


def test_a_malformed_move_is_said_field_by_field(adage):
    def move(data):
        return adage("/prebookings/move", "post", data=data, content_type="application/json")

    assert move("{")[0] == 400
    assert move("[]")[0] == 400
    status, body = move({"source_uai": 3, "bookings_ids": ["x"], "more": 1})
    assert status == 400
    assert set(body) == {"source_uai", "destination_uai", "bookings_ids", "more"}


def test_venues_by_siret_name_number_and_family(adage):
    venue = ReferencedVenueFactory(name="Théâtre de l’Été", public_name="Le Grand-Large")
    sister = VenueFactory(offerer=venue.offerer, name="Annexe")
    VenueFactory(offerer=venue.offerer, siret=None, comment="", is_virtual=True, name="Numérique")
    other = VenueFactory(name="Autre salle")

    def ids(path):
        status, body = adage(path)
        assert status == 200
        return [one["id"] for one in body["venues"]]

    assert ids(f"/venues/{venue.siret}") == [venue.pk]
    assert ids(f"/venues/{venue.siret}?getRelative=true") == [venue.pk, sister.pk]
    for name in ("theatre de l ete", "GRAND LARGE", "grand-large"):
        assert ids(f"/venues/name/{name}") == [venue.pk]
    assert ids(f"/venues/relative/id/{sister.pk}") == [venue.pk, sister.pk]
    assert ids("/venues") == [venue.pk, sister.pk, other.pk]
    assert ids("/venues?per_page=1&page=3") == [other.pk]
    assert ids("/venues?page=9") == []
    assert adage(f"/venues/{venue.siret}?getRelative=peut-être")[0] == 400
    for path in ("/venues/00000000000000", "/venues/name/nulle part", "/venues/name/%20"):
        assert adage(path) == (404, {"code": "VENUES_NOT_FOUND"})
    for path in ("/venues/id/999999", "/venues/relative/id/999999"):
        assert adage(path) == (404, {"code": "VENUE_NOT_FOUND"})
    status, body = adage(f"/venues/id/{venue.pk}")
    assert (status, body["publicName"], body["adageId"]) == (200, "Le Grand-Large", venue.adage_id)
    assert body["offerer"] == {"id": venue.offerer_id, "name": venue.offerer.name}


def test_what_is_paid_is_used_for_adage(adage, march):
    """Paid is USED for ADAGE (§6.4)."""
    booking = CollectiveBookingFactory(
        year=march, confirmed=True, status="REIMBURSED", used_at=NOW,
        reimbursed_at=NOW + timedelta(days=3),
    )  # fmt: skip

    body = adage("/years/11/prebookings")[1]["bookings"]

    assert [(row["id"], row["status"]) for row in body] == [(booking.pk, "USED")]
    assert adage(f"/prebookings/{booking.pk}/confirm", "post")[0] == 200
