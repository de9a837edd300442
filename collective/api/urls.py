"""Addresses of the partner API about schools."""

from collective.api import lists
from venues.api.door import route

_SCHOOLS = "/v2/collective"

app_name = "collective_api"
urlpatterns = [
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
