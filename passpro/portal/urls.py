"""Pages of portal."""

from django.conf import settings
from django.urls import path

from passpro.portal.views import gallery, help, home, partner_api, root, sandbox, statistics

app_name = "portal"
urlpatterns = [
    path("", root.root, name="root"),
    path("accueil", home.home, name="home"),
    path("aide", help.page, name="help"),
    path("statistiques", statistics.show, name="statistics"),
    path("statistiques/<str:code>.csv", statistics.export, name="statistics_export"),
    path("sante", root.health, name="health"),
    path("api/documentation", partner_api.guide, name="partner_api"),
    path("api/openapi.json", partner_api.schema, name="partner_api_schema"),
]
if settings.COMPONENT_GALLERY:
    urlpatterns += [path("composants/", gallery.gallery, name="gallery")]
if settings.ADAGE_SANDBOX:
    urlpatterns += [
        path("bac-a-sable", sandbox.page, name="sandbox"),
        path("bac-a-sable/horloge", sandbox.move_clock, name="sandbox_clock"),
        path("bac-a-sable/reservation/<int:pk>", sandbox.book, name="sandbox_book"),
        path("bac-a-sable/offre/<int:pk>/prereservation", sandbox.prebook, name="sandbox_prebook"),
        path(
            "bac-a-sable/scolaire/<int:pk>/<slug:verb>", sandbox.move_booking, name="sandbox_move"
        ),
    ]
