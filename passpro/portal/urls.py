"""Pages of portal."""

from django.conf import settings
from django.urls import path

from passpro.portal.views import gallery, home, partner_api, root, statistics

app_name = "portal"
urlpatterns = [
    path("", root.root, name="root"),
    path("accueil", home.home, name="home"),
    path("statistiques", statistics.show, name="statistics"),
    path("statistiques/<str:code>.csv", statistics.export, name="statistics_export"),
    path("sante", root.health, name="health"),
    path("api/documentation", partner_api.guide, name="partner_api"),
    path("api/openapi.json", partner_api.schema, name="partner_api_schema"),
]
if settings.COMPONENT_GALLERY:
    urlpatterns += [path("composants/", gallery.gallery, name="gallery")]
