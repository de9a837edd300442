"""Addresses of the partner API about venues."""

from venues.api.addresses import create_address, read_address, search_addresses
from venues.api.door import route
from venues.api.venues import all_venues, offerer_venues, venue_by_siret

app_name = "venues_api"
urlpatterns = [
    route("/public/offers/v1/offerer_venues", "offerer_venues", get=offerer_venues),
    route("/public/offers/v1/venues/{siret}", "venue", get=venue_by_siret),
    route("/public/offers/v1/addresses", "addresses", post=create_address),
    route("/public/offers/v1/addresses/search", "address_search", get=search_addresses),
    route("/public/offers/v1/addresses/{address_id}", "address", get=read_address),
    # API-04: lists of 2024, kept for older clients.
    route("/v2/collective/offerer_venues", "collective_offerer_venues", get=offerer_venues),
    route("/v2/collective/venues", "collective_venues", get=all_venues),
]
