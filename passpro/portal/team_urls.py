"""Pages of the team beside the lists of the admin; all ask for an agent."""

from django.contrib import admin
from django.urls import path

from passpro.portal.views import suspensions, team

app_name = "team"
urlpatterns = [
    path("suspensions/", admin.site.admin_view(suspensions.suspensions), name="suspensions"),
    path("recherche/", admin.site.admin_view(team.search), name="search"),
]
