"""Addresses of the partner API about bookings."""

from bookings.api import dates, products
from bookings.api.partner import bookings, cancel_booking, keep, look_up, use
from offers.api.products import create_product, list_products
from venues.api.door import route

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
