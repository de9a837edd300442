"""Addresses of the partner API about bookings."""

from bookings.api import dates, products, views
from bookings.api.partner import bookings, cancel_booking, keep, look_up, use
from offers.api.products import create_product, list_products
from passpro.partner_api.openapi import documented
from venues.api.door import route

# The older countermark API has its own door (bookings.urls); the document tells it too.
for _template, _method, _view in (
    ("/v2/bookings/token/{token}", "GET", views.look_up),
    ("/v2/bookings/use/token/{token}", "PATCH", views.use),
    ("/v2/bookings/keep/token/{token}", "PATCH", views.keep),
    ("/v2/bookings/cancel/token/{token}", "PATCH", views.cancel_booking),
):
    documented(_view, _template, {_method: _view})

app_name = "bookings_api"
urlpatterns = [
    route("/public/bookings/v1/token/{token}", "token", get=look_up),
    route("/public/bookings/v1/use/token/{token}", "use", patch=use),
    route("/public/bookings/v1/keep/token/{token}", "keep", patch=keep),
    route("/public/bookings/v1/cancel/token/{token}", "cancel", patch=cancel_booking),
    route("/public/bookings/v1/bookings", "bookings", get=bookings),
    # What deletes or moves a date or a stock moves its bookings with it.
    route(
        "/public/offers/v1/events/{event_id}/dates/{stock_id}",
        "date",
        patch=dates.change,
        delete=dates.delete,
    ),
    route(
        "/public/offers/v1/products",
        "products",
        get=list_products,
        post=create_product,
        patch=products.change,
    ),
]
