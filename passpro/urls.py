"""Wiring of the five doors; each app names its own pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("passpro.accounts.urls")),
    path("", include("venues.urls")),
    path("", include("offers.urls")),
    path("", include("bookings.urls")),
    path("", include("finance.urls")),
    path("", include("passpro.portal.urls")),
]
