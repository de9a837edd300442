"""Products of a partner, one by one and by their EAN (API-200 to API-204)."""

import pytest

from bookings.models import Booking
from offers.models import (
    CatalogueItem,
    ModerationCondition,
    ModerationRule,
    Offer,
    PartnerUpload,
    Stock,
)
from offers.services.partner_uploads import run_uploads
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.partner_api.client import software_of
from tests.partner_api.test_events import in_days
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db

PRODUCTS = "/public/offers/v1/products"
PRODUCT = "/public/offers/v1/products/{product_id}"
EANS = "/public/offers/v1/products/ean"
AVAILABLE = "/public/offers/v1/products/ean/check_availability"
OPEN = dict.fromkeys(
    (
        "audioDisabilityCompliant", "mentalDisabilityCompliant",
        "motorDisabilityCompliant", "visualDisabilityCompliant",
    ),
    True,
)  # fmt: skip


def card(venue, **more):
    return {
        "accessibility": OPEN,
        "categoryRelatedFields": {"category": "CARTE_MUSEE"},
        "location": {"type": "physical", "venueId": venue.pk},
        "name": "Carte du musée",
        **more,
    }


def ean(number):
    return f"978200000{number:04d}"


@pytest.fixture
def catalogue(db):
    for number in range(5):
        CatalogueItem.objects.create(
            ean=ean(number), title=f"Le Passeur de brume {number}", subcategory_id="LIVRE_PAPIER"
        )
    CatalogueItem.objects.create(ean=ean(10), title="Jeu", subcategory_id="SUPPORT_PHYSIQUE_FILM")
    CatalogueItem.objects.create(
        ean=ean(11), title="Refusé", subcategory_id="LIVRE_PAPIER", is_refused=True
    )


def test_a_product_is_created_changed_and_emptied(cast):
    software, _ = software_of(cast.venue)
    made = software.post(
        PRODUCTS, card(cast.venue, stock={"price": 1500, "quantity": 5}, idAtProvider="C-1")
    )
    offer_id = made["id"]

    assert (made["status"], made["stock"]["quantity"]) == ("ACTIVE", 5)
    assert software.get(PRODUCTS, query={"idsAtProvider": "C-1"}) == {"products": [made]}
    assert software.get(PRODUCT, product_id=offer_id) == made
    assert software.get(PRODUCT, product_id=cast.offer.pk, status=404)
    booking = BookingFactory(stock=Stock.objects.get(offer_id=offer_id), deposit=cast.deposit)

    def change(status=None, **sent):
        return software.patch(PRODUCTS, {"offerId": offer_id, **sent}, status=status)

    assert change(stock={"quantity": 0})["stock"]["quantity"] == 1
    assert change(stock={"quantity": "unlimited", "price": 900})["stock"] == {
        "price": 900, "quantity": "unlimited", "bookedQuantity": 1, "bookingLimitDatetime": None,
    }  # fmt: skip
    assert change(stock={"bookingLimitDatetime": in_days(3)})["stock"]["price"] == 900
    assert change(name="Carte de l’année")["name"] == "Carte de l’année"
    assert change(400, categoryRelatedFields={"category": "CARTE_JEUNES"}) == {
        "categoryRelatedFields.category": ["The category cannot be changed"]
    }
    emptied = change(stock=None)
    assert (emptied["stock"], emptied["status"]) == (None, "SOLD_OUT")
    assert Booking.objects.get(pk=booking.pk).status == "CANCELLED"
    assert change(400, stock={"quantity": 3}) == {"stock.price": ["Required"]}
    assert software.patch(PRODUCTS, {"offerId": 0}, status=404) == {
        "offerId": ["The product offer could not be found"]
    }


def test_what_a_product_cannot_be(cast):
    software, _ = software_of(cast.venue)

    def refused(**more):
        return software.post(PRODUCTS, card(cast.venue, **more), status=400)

    book = refused(categoryRelatedFields={"category": "LIVRE_PAPIER", "ean": "12"})
    assert list(book) == ["categoryRelatedFields.category"]
    assert len(book["categoryRelatedFields.category"]) > 10
    assert list(refused(stock={"price": 30001, "quantity": 0})) == [
        "stock.price",
        "stock.quantity",
    ]
    assert list(refused(stock={"price": "100"})) == ["stock.price"]
    assert list(
        refused(
            publicationDatetime=in_days(3), stock={"price": 1, "bookingLimitDatetime": in_days(2)}
        )
    ) == ["__root__"]
    assert not Offer.objects.filter(title="Carte du musée").exists()


def test_a_digital_product_goes_to_the_digital_venue_and_stays_visible(cast):
    software, _ = software_of(cast.venue)

    made = software.post(
        PRODUCTS,
        card(
            cast.venue,
            categoryRelatedFields={"category": "ABO_PLATEFORME_VIDEO"},
            location={
                "type": "digital", "venueId": cast.venue.pk, "url": "https://films.example/x"
            },
        ),
    )  # fmt: skip

    assert made["location"]["type"] == "digital"
    assert software.get(PRODUCT, product_id=made["id"]) == made


def test_goods_are_uploaded_by_ean(cast, catalogue):
    software, provider = software_of(cast.venue)
    known = OfferFactory(book=True, venue=cast.venue, extra_data={"ean": ean(0)}, is_active=False)
    stock = StockFactory(undated=True, offer=known, quantity=9)
    BookingFactory(stock=stock, deposit=cast.deposit)
    held = OfferFactory(
        book=True, venue=cast.venue, extra_data={"ean": ean(1)},
        validation="REJECTED", is_active=False,
    )  # fmt: skip

    def row(number, **stock):
        return {"ean": ean(number), "stock": {"price": 2000, "quantity": 3, **stock}}

    rows = [row(0), row(1), row(2), row(3, quantity="unlimited"), row(10), row(11), row(12)]
    software.post(
        EANS,
        {
            "location": {"type": "physical", "venueId": cast.venue.pk},
            "products": [*rows, row(2, price=1800, quantity=0)],
        },
        status=204,
    )

    assert run_uploads(now=clock.now()) == {"run": 1, "purged": 0}
    # What was left out without a word is told in the journal.
    told = PartnerUpload.objects.get().report
    assert (told["created"], told["updated"], told["notFound"]) == (2, 1, [ean(12)])

    query = {"venueId": cast.venue.pk, "eans": ",".join(ean(n) for n in range(5))}
    found = software.get(EANS, query=query)["products"]
    by_ean = {one["categoryRelatedFields"]["ean"]: one for one in found}
    assert sorted(by_ean) == [ean(0), ean(1), ean(2), ean(3)]
    assert by_ean[ean(0)]["stock"] == {
        "price": 2000, "quantity": 4, "bookedQuantity": 1, "bookingLimitDatetime": None,
    }  # fmt: skip
    assert by_ean[ean(0)]["status"] == "ACTIVE"
    assert by_ean[ean(2)]["stock"]["price"] == 1800
    assert by_ean[ean(2)]["status"] == "SOLD_OUT"
    assert by_ean[ean(3)]["stock"]["quantity"] == "unlimited"
    known.refresh_from_db()
    assert known.provider == provider
    held.refresh_from_db()
    assert held.provider is None
    assert known.transitions.get().actor_kind == "API_KEY"
    assert software.get(AVAILABLE, query={"eans": f"{ean(4)},{ean(10)},{ean(11)},{ean(12)}"}) == {
        "available": [ean(4)],
        "rejected": {
            "notFound": [ean(12)],
            "subcategoryNotAllowed": [ean(10)],
            "notCompliantWithCgu": [ean(11)],
        },
    }


def test_an_upload_takes_as_many_statements_for_many_eans_as_for_few(
    cast, django_assert_max_num_queries
):
    software, _ = software_of(cast.venue)
    CatalogueItem.objects.bulk_create(
        CatalogueItem(ean=ean(n), title=f"Livre {n}", subcategory_id="LIVRE_PAPIER")
        for n in range(200)
    )
    rule = ModerationRule.objects.create(name="Sept", is_on=True)
    ModerationCondition.objects.create(rule=rule, field="TITLE", operator="WORD", value="livre 7")
    body = {
        "location": {"type": "physical", "venueId": cast.venue.pk},
        "products": [{"ean": ean(n), "stock": {"price": 100}} for n in range(200)],
    }

    with django_assert_max_num_queries(45):
        software.post(EANS, body, status=204)
        run_uploads(now=clock.now())
    with django_assert_max_num_queries(45):
        software.post(EANS, body, status=204)
        run_uploads(now=clock.now())
    assert Offer.objects.filter(venue=cast.venue, subcategory_id="LIVRE_PAPIER").count() == 200
    assert Offer.objects.get(title="Livre 7").validation == "PENDING"
    assert Stock.objects.filter(offer__subcategory_id="LIVRE_PAPIER").count() == 200


def test_wrong_eans_and_places_are_told(cast):
    software, _ = software_of(cast.venue)
    digital = VenueFactory(virtual=True, offerer=cast.offerer)

    assert software.get(AVAILABLE, query={"eans": "12"}, status=400) == {
        "eans": ["Only 13 characters EAN are accepted"]
    }
    assert software.get(AVAILABLE, query={"eans": "abc"}, status=400) == {
        "eans": ["EAN must be an integer"]
    }
    assert software.get(AVAILABLE, query={"eans": ",".join([ean(1)] * 101)}, status=400) == {
        "eans": ["Too many EANs"]
    }
    venue = {"eans": ean(1), "venueId": cast.other_venue.pk}
    assert list(software.get(EANS, query=venue, status=404)) == ["venue_id"]
    upload = {"location": {"type": "physical", "venueId": digital.pk}, "products": []}
    assert list(software.post(EANS, upload, status=400)) == ["location"]
    rows = [{"ean": ean(1), "stock": {"price": 1}}] * 501
    upload = {"location": {"type": "physical", "venueId": cast.venue.pk}, "products": rows}
    assert software.post(EANS, upload, status=400) == {
        "products": ["ensure this value has at most 500 items"]
    }
