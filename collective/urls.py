"""Pages of offers for schools: the portal's, then those of teachers and heads of school."""

from django.conf import settings
from django.urls import path

from collective.api import bookings as adage_bookings
from collective.api import venues as adage_venues
from collective.views import adage, adage_search, detail, list, sandbox, wizard

app_name = "collective"
urlpatterns = [
    path("collectif/offres", list.offer_list, name="list"),
    path("collectif/offre/creation", wizard.create, name="create"),
    path("collectif/offre/<int:pk>", detail.detail, name="detail"),
    path("collectif/offre/<int:pk>/details", wizard.details, name="details"),
    path("collectif/offre/<int:pk>/dates", wizard.dates, name="dates"),
    path("collectif/offre/<int:pk>/etablissement", wizard.school, name="school"),
    path("collectif/offre/<int:pk>/recapitulatif", wizard.summary, name="summary"),
    path("collectif/offre/<int:pk>/publication", wizard.publish, name="publish"),
    path("collectif/offre/<int:pk>/confirmation", wizard.published, name="published"),
    path("collectif/offre/<int:pk>/date-limite", detail.deadline, name="deadline"),
    path("collectif/offre/<int:pk>/baisse", detail.lower_price, name="lower"),
    path("collectif/offre/<int:pk>/annulation", detail.cancel, name="cancel"),
    path("collectif/offre/<int:pk>/archivage", detail.archive, name="archive"),
    path("collectif/offre/<int:pk>/copie", detail.duplicate, name="duplicate"),
    path("adage/entree", adage.adage_enter, name="adage_enter"),
    path("adage/sortie", adage.adage_leave, name="adage_leave"),
    path("adage/offres", adage.adage_offers, name="adage_offers"),
    path("adage/offre/<int:pk>", adage.adage_offer, name="adage_offer"),
    path("adage/offre/<int:pk>/prereservation", adage.adage_prebook, name="adage_prebook"),
    path("adage/recherche", adage_search.adage_search, name="adage_search"),
    path("adage/favoris", adage_search.adage_favourites, name="adage_favourites"),
    path("adage/vitrine/<int:pk>", adage_search.adage_template, name="adage_template"),
    path("adage/vitrine/<int:pk>/demande", adage_search.adage_request, name="adage_request"),
    path("adage/vitrine/<int:pk>/favori", adage_search.adage_favourite, name="adage_favourite"),
    path("adage/reservations", adage.adage_bookings, name="adage_bookings"),
    path("adage/reservation/<int:pk>/confirmation", adage.adage_confirm, name="adage_confirm"),
    path("adage/reservation/<int:pk>/refus", adage.adage_refuse, name="adage_refuse"),
    # ADAGE calls these itself, with its key (§6).
    path("adage/v1/years/<str:year>/deposits", adage_bookings.deposits, name="api_deposits"),
    path(
        "adage/v1/years/<str:year>/educational_institution/<str:uai>",
        adage_bookings.institution,
        name="api_institution",
    ),
    path(
        "adage/v1/years/<str:year>/educational_institution/<str:uai>/prebookings",
        adage_bookings.school_bookings,
        name="api_school_bookings",
    ),
    path(
        "adage/v1/years/<str:year>/prebookings",
        adage_bookings.all_bookings,
        name="api_all_bookings",
    ),
    path("adage/v1/prebookings/<int:pk>/confirm", adage_bookings.confirm, name="api_confirm"),
    path("adage/v1/prebookings/<int:pk>/refuse", adage_bookings.refuse, name="api_refuse"),
    path("adage/v1/prebookings/move", adage_bookings.move_bookings, name="api_move"),
    path("adage/v1/venues", adage_venues.all_venues, name="api_venues"),
    path("adage/v1/venues/id/<int:pk>", adage_venues.by_id, name="api_venue"),
    path("adage/v1/venues/relative/id/<int:pk>", adage_venues.relatives, name="api_relatives"),
    path("adage/v1/venues/name/<path:name>", adage_venues.by_name, name="api_venues_named"),
    path("adage/v1/venues/<str:siret>", adage_venues.by_siret, name="api_venues_of_siret"),
]
if settings.ADAGE_SANDBOX:
    urlpatterns += [path("adage/essai", sandbox.sandbox, name="adage_sandbox")]
