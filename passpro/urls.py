"""Wiring of the five doors; each app names its own pages."""

from django.contrib import admin
from django.urls import include, path, re_path

from passpro.kernel.views.images import image
from venues.api.door import nowhere

urlpatterns = [
    # Addresses are tried in this order: the busiest first (countermarks, then booking).
    path("", include("bookings.urls")),
    path("", include("bookings.api.urls")),
    path("", include("venues.api.urls")),
    path("", include("offers.api.urls")),
    path("", include("collective.api.urls")),
    # Before the admin, whose sign-in page is the common one.
    path("", include("passpro.accounts.urls")),
    path("admin/", include("passpro.portal.team_urls")),
    path("admin/", admin.site.urls),
    path("", include("passpro.registers.urls")),
    path("", include("venues.urls")),
    path("", include("offers.urls")),
    path("", include("collective.urls")),
    path("", include("finance.urls")),
    path("", include("passpro.portal.urls")),
    # The rest of the partner API's own ground: 404 in its words.
    re_path(r"^(?P<start>public|v2)/(?P<rest>.*)$", nowhere, name="api_nowhere"),
    re_path(r"^images/(?P<key>[0-9a-f]{32})/(?P<width>\d{2,4})\.jpg$", image, name="image"),
]

handler400 = "passpro.portal.views.errors.bad_request"
handler403 = "passpro.portal.views.errors.forbidden"
handler404 = "passpro.portal.views.errors.not_found"
handler500 = "passpro.portal.views.errors.server_error"
