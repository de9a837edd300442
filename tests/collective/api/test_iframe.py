"""The JSON of ADAGE's frame, with the signed address as Bearer (collective.md §7.1 to §7.3)."""

import jwt
import pytest
from django.conf import settings as conf
from django.test import Client

from collective import entry
from collective.enums import SchoolRole
from collective.models import CollectiveBooking, CollectiveRequest, Redactor
from collective.services.book import Visitor
from passpro.kernel import clock
from tests.collective.factories import (
    NOW,
    CollectiveOfferFactory,
    CollectiveStockFactory,
    CollectiveTemplateFactory,
    InstitutionFactory,
    RedactorFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)

pytestmark = pytest.mark.django_db
EMAIL = "aicha@ac.example"


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        SchoolYearFactory()
        yield


@pytest.fixture
def school():
    return InstitutionFactory(rural_level="MIDDLE", latitude="48.39000", longitude="-4.48600")


def token(uai, role=SchoolRole.TEACHER, **facts):
    facts = {"first_name": "Aïcha", "last_name": "Benali", "may_prebook": True} | facts
    return entry.sandbox_token(Visitor(email=EMAIL, uai=uai, **facts), role)


def calling(signed):
    client = Client(headers={"Authorization": f"Bearer {signed}"})

    def call(path, method="get", body=None):
        options = {"data": body, "content_type": "application/json"} if method != "get" else {}
        answer = getattr(client, method)(f"/adage-iframe/{path}", **options)
        return answer.status_code, answer.json() if answer.content else None

    return call


def signed_by_hand(**claims):
    key, algorithm = entry._key()
    now = int(clock.now().timestamp())
    usual = {"aud": conf.ADAGE_AUDIENCE, "iat": now, "exp": now + 60, "jti": "1", "mail": EMAIL}
    kept = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


def test_each_fault_of_a_token_has_its_answer(school, settings):
    unrecognized = (403, {"Authorization": "Unrecognized token"})
    assert Client().get("/adage-iframe/authenticate").status_code == 403
    for wrong in ("", "nothing", signed_by_hand(mail=None), signed_by_hand(aud="other")):
        assert calling(wrong)("authenticate") == unrecognized
    assert calling(jwt.encode({"mail": EMAIL}, "x" * 32))("authenticate") == unrecognized
    assert calling(signed_by_hand(exp=1))("authenticate") == (422, {"msg": "Token expired"})
    assert calling(signed_by_hand(exp=None))("authenticate") == (
        422, {"msg": "No expiration date provided"},
    )  # fmt: skip
    call = calling(token(school.uai))
    assert call("authenticate", "post") == (405, {"code": "METHOD_NOT_ALLOWED"})
    settings.ADAGE_FRAME_ORIGINS = ["https://adage.example"]
    for origin, answered in (("https://adage.example", True), ("https://evil.example", False)):
        asked = Client(headers={"Origin": origin}).options("/adage-iframe/features")
        assert asked.status_code == 204
        assert (asked.get("Access-Control-Allow-Origin") == origin) is answered


def test_who_enters_and_the_lists(school):
    offer = CollectiveStockFactory(offer__institution=school).offer
    reader = calling(token("", role=SchoolRole.READER))("authenticate")[1]
    assert (reader["role"], reader["uai"], reader["offersCount"]) == ("readonly", None, 0)
    call = calling(token(school.uai, latitude=48.39, longitude=-4.486))

    status, me = call("authenticate")

    assert status == 200
    assert me == {
        "role": "redactor", "uai": school.uai, "departmentCode": "01",
        "institutionName": school.full_name, "institutionCity": "Gex", "email": EMAIL,
        "preferences": {"feedback_form_closed": False, "broadcast_help_closed": False},
        "lat": 48.39, "lon": -4.486, "favoritesCount": 0, "offersCount": 1,
        "institutionRuralLevel": "Centres urbains intermédiaires", "programs": [],
        "canPrebook": True,
    }  # fmt: skip
    for path in ("features", "offers/formats", "offers/categories", "collective/academies"):
        assert call(path)[0] == 200
    assert call("redactor/preferences", "post", {"broadcast_help_closed": True})[0] == 403
    RedactorFactory(email=EMAIL)
    assert call("redactor/preferences", "post", {"other": True})[0] == 400
    assert call("redactor/preferences", "post", {"broadcast_help_closed": True}) == (204, None)
    assert Redactor.objects.get(email=EMAIL).broadcast_help_closed
    assert call("logs/catalog-view", "post") == (204, None)
    assert call("logs/other", "post")[0] == 404
    venue = offer.venue
    assert call(f"venues/{venue.pk}?getRelative=true")[1]["relative"] == []
    assert call(f"venues/siret/{venue.siret}")[1]["adageId"] == venue.adage_id
    assert call("venues/siret/00000000000000")[0] == call("venues/999999")[0] == 404
    budget = call("collective/institution")[1]
    assert (budget["id"], budget["budget"]) == (school.pk, 0)
    nobody = calling(token(""))
    assert nobody("collective/institution") == (403, {"code": "NOT ALLOWED"})
    assert calling(token("0910620E"))("collective/institution") == (
        404, {"code": "INSTITUTION NOT FOUND"},
    )  # fmt: skip
    assert nobody("collective/offers/my_institution")[0] == 400


def test_an_offer_is_read_then_pre_booked(school):
    stock = CollectiveStockFactory(offer__institution=school)
    elsewhere = CollectiveStockFactory()
    hidden = CollectiveOfferFactory(draft=True)
    call = calling(token(school.uai))
    assert call(f"collective/offers/{hidden.pk}") == (404, {"code": "COLLECTIVE_OFFER_NOT_FOUND"})
    assert call(f"collective/offers/{elsewhere.offer_id}")[0] == 200  # read by link, not booked
    shown = call("collective/offers/my_institution")[1]["collectiveOffers"]
    assert [one["id"] for one in shown] == [stock.offer_id]
    read = call(f"collective/offers/{stock.offer_id}")[1]
    assert read == shown[0]
    assert read["stock"]["price"] == 200_00  # cents, in the frame alone
    assert (read["stock"]["isBookable"], read["isExpired"], read["isSoldOut"]) == (
        True, False, False,
    )  # fmt: skip

    def book(stock_id, signed=None):
        return calling(signed or token(school.uai))(
            "collective/bookings", "post", {"stockId": stock_id}
        )

    assert book(stock.pk, token(school.uai, may_prebook=False))[0] == 403
    assert "authorization" in book(stock.pk, token(school.uai, first_name=""))[1]
    assert book(stock.pk, token("0910620E"))[0] in {400, 403}
    assert "stock" in book(999_999)[1]
    assert book("x")[0] == 400
    assert book(elsewhere.pk) == (403, {"code": "WRONG_UAI_CODE"})
    status, made = book(stock.pk)
    assert (status, made["bookingId"]) == (200, CollectiveBooking.objects.get().pk)
    status, refused = book(stock.pk)
    assert (status, list(refused)) == (400, ["stock"])
    assert call("collective/offers/my_institution")[1] == {"collectiveOffers": []}
    assert call(f"collective/offers/{stock.offer_id}")[1]["isSoldOut"] is True


def test_templates_are_found_kept_and_asked_for(school):
    near = ReferencedVenueFactory(latitude="48.40000", longitude="-4.49000", city="Brest")
    far = ReferencedVenueFactory(latitude="45.76000", longitude="4.83500")
    one = CollectiveTemplateFactory(venue=near)
    CollectiveTemplateFactory(venue=far)
    draft = CollectiveTemplateFactory(venue=near, draft=True)
    call = calling(token(school.uai))
    assert call(f"collective/offers-template/{draft.pk}")[0] == 404
    assert call(f"collective/offers-template/{one.pk}")[1]["isTemplate"] is True
    several = call(f"collective/offers-template/?ids={one.pk}&ids={draft.pk}")[1]
    assert [found["id"] for found in several["collectiveOffers"]] == [one.pk]
    assert call("collective/offers-template/?ids=x")[0] == 400
    # A person whom nobody knows yet keeps nothing.
    assert call(f"collective/templates/{one.pk}/favorites", "post")[0] == 403
    assert call("playlists/classroom")[0] == call("collective/favorites")[0] == 403
    wish = {"comment": "Venez en mai.", "requestedDate": "2026-05-12", "totalStudents": 24}
    path = f"collective/offers-template/{one.pk}/request"
    assert call(path, "post", {**wish, "comment": " "})[0] == 400
    assert call(f"collective/offers-template/{draft.pk}/request", "post", wish)[0] == 404
    status, made = call(path, "post", wish)
    assert (status, made["id"]) == (200, CollectiveRequest.objects.get().pk)

    assert call(f"collective/templates/{one.pk}/favorites", "post") == (204, None)
    kept = call("collective/favorites")[1]
    assert kept["favoritesOffer"] == []
    assert [found["isFavorite"] for found in kept["favoritesTemplate"]] == [True]
    assert call(f"collective/template/{one.pk}/favorites", "delete") == (204, None)
    assert call(f"collective/template/{one.pk}/favorites", "delete") == (204, None)
    assert call("collective/favorites")[1]["favoritesTemplate"] == []
    for path, key in (
        ("playlists/classroom", "collectiveOffers"),
        ("playlists/new_template_offers", "collectiveOffers"),
        ("playlists/local-offerers", "venues"),
        ("playlists/new_offerers", "venues"),
    ):
        status, found = call(path)
        assert (status, len(found[key])) == (200, 1), path
        assert calling(token(""))(path)[0] == 403
    assert found["venues"][0]["distance"] == 1.2
