"""Pages of offers: portal first, then the beneficiary pages."""

from django.urls import path

from offers.views import detail

app_name = "offers"
urlpatterns = [
    path("offre/<int:pk>", detail.detail, name="detail"),
]
