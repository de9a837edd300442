"""Addresses of the partner API about schools."""

from collective.api import adage_mock, lists, partner, writing
from venues.api.door import route

_SCHOOLS = "/v2/collective"

app_name = "collective_api"
urlpatterns = [
    route(f"{_SCHOOLS}/offers/", "offers", get=partner.list_offers, post=writing.create),
    route(
        f"{_SCHOOLS}/offers/{{offer_id}}",
        "offer",
        get=partner.read_offer,
        patch=writing.edit,
    ),
    route(f"{_SCHOOLS}/offers/archive", "archive", post=partner.archive),
    route(f"{_SCHOOLS}/bookings/{{booking_id}}", "booking", patch=partner.cancel),
    # The sandbox only (§5.11).
    route(f"{_SCHOOLS}/adage_mock/offer/{{offer_id}}/book", "mock_book", post=adage_mock.book),
    *[
        route(f"{_SCHOOLS}/adage_mock/bookings/{{booking_id}}/{name}", f"mock_{name}", post=view)
        for name, view in {
            "confirm": adage_mock.confirm,
            "cancel": adage_mock.cancel,
            "pending": adage_mock.pending,
            "reimburse": adage_mock.reimburse,
        }.items()
    ],
    route(f"{_SCHOOLS}/bookings/{{booking_id}}/use", "mock_use", post=adage_mock.use),
    route(f"{_SCHOOLS}/offers/formats", "formats", get=lists.formats),
    route(f"{_SCHOOLS}/educational-domains", "domains", get=lists.domains),
    route(f"{_SCHOOLS}/educational-institutions/", "institutions", get=lists.institutions),
    route(f"{_SCHOOLS}/national-programs/", "national_programs", get=lists.national_programs),
    route(f"{_SCHOOLS}/student-levels", "student_levels", get=lists.student_levels),
    route(
        f"{_SCHOOLS}/additional-fee-types",
        "additional_fee_types",
        get=lists.additional_fee_types,
    ),
    route(f"{_SCHOOLS}/categories", "older_categories", get=lists.older_categories),
    route(f"{_SCHOOLS}/subcategories", "older_subcategories", get=lists.older_subcategories),
]
