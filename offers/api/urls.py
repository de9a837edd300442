"""Addresses of the partner API about offers; those that touch bookings are in bookings."""

from offers.api import attributes, cinema, events, images, older, prices, products, providers
from venues.api.door import route

_OFFERS = "/public/offers/v1"

app_name = "offers_api"
urlpatterns = [
    route(f"{_OFFERS}/events/categories", "event_categories", get=attributes.event_categories),
    route(
        f"{_OFFERS}/products/categories", "product_categories", get=attributes.product_categories
    ),
    route(f"{_OFFERS}/music_types", "older_music_types", get=attributes.older_music_types),
    route(f"{_OFFERS}/music_types/all", "music_types", get=attributes.all_music_types),
    route(f"{_OFFERS}/music_types/event", "event_music_types", get=attributes.event_music_types),
    route(f"{_OFFERS}/show_types", "show_types", get=attributes.list_show_types),
    route(f"{_OFFERS}/events", "events", get=events.list_events, post=events.create_event),
    route(f"{_OFFERS}/events/cinema_sessions", "cinema_sessions", put=cinema.put_sessions),
    route(
        f"{_OFFERS}/events/{{event_id}}",
        "event",
        get=events.read_event,
        patch=events.change_event,
    ),
    route(
        f"{_OFFERS}/events/{{event_id}}/price_categories",
        "prices",
        get=prices.list_prices,
        post=prices.create_prices,
    ),
    route(
        f"{_OFFERS}/events/{{event_id}}/price_categories/{{price_category_id}}",
        "price",
        patch=prices.change_price_category,
    ),
    route(
        f"{_OFFERS}/events/{{event_id}}/dates",
        "dates",
        get=prices.list_dates,
        post=prices.create_dates,
    ),
    route(
        f"{_OFFERS}/products/ean",
        "eans",
        get=products.read_by_ean,
        post=products.upload,
    ),
    route(
        f"{_OFFERS}/products/ean/check_availability",
        "ean_availability",
        get=products.check_availability,
    ),
    route(f"{_OFFERS}/products/{{product_id}}", "product", get=products.read_product),
    route(
        "/public/providers/v1/provider",
        "provider",
        get=providers.read_provider,
        patch=providers.change_provider,
    ),
    route("/public/providers/v1/venues/{venue_id}", "provider_venue", patch=providers.change_venue),
    route("/v2/venue/{venue_id}/stocks", "older_stocks", post=older.upload_stocks),
    route(f"{_OFFERS}/{{offer_id}}/image", "image", post=images.upload_image),
]
