"""Pages of the team beside the lists of the admin; all ask for an agent."""

from django.contrib import admin
from django.urls import path

from passpro.portal.views import team

app_name = "team"
urlpatterns = [
    path("recherche/", admin.site.admin_view(team.search), name="search"),
]
