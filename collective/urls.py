"""Pages of offers for schools: the portal's, then those of teachers and heads of school."""

from django.conf import settings
from django.urls import path

from collective.api import bookings as adage_bookings
from collective.api import iframe
from collective.api import venues as adage_venues
from collective.views import (
    adage,
    adage_search,
    bookings,
    detail,
    exports,
    list,
    operations,
    pictures,
    requests,
    sandbox,
    templates,
    wizard,
)

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
    path("collectif/offre/<int:pk>/suppression-date", detail.delete_date, name="remove_date"),
    path("collectif/offre/<int:pk>/apercu", detail.preview, name="preview"),
    path("collectif/offres/archivage", list.archive_many, name="archive_many"),
    path("collectif/<str:kind>/<int:pk>/image", pictures.image, name="image"),
    path(
        "collectif/<str:kind>/<int:pk>/image/entiere",
        pictures.image_original,
        name="image_original",
    ),
    path(
        "collectif/<str:kind>/<int:pk>/image/suppression",
        pictures.image_remove,
        name="image_remove",
    ),
    path("collectif/vitrines", templates.template_list, name="templates"),
    path("collectif/vitrines/actions", templates.template_actions, name="template_actions"),
    path("collectif/vitrine/creation", templates.template_create, name="template_create"),
    path("collectif/vitrine/<int:pk>", templates.template, name="template"),
    path("collectif/vitrine/<int:pk>/details", templates.template_edit, name="template_edit"),
    path(
        "collectif/vitrine/<int:pk>/publication",
        templates.template_publish,
        name="template_publish",
    ),
    path("collectif/vitrine/<int:pk>/offre", templates.template_offer, name="template_offer"),
    path("collectif/vitrine/<int:pk>/apercu", templates.template_preview, name="template_preview"),
    path("collectif/demandes", requests.request_list, name="requests"),
    path("collectif/demande/<int:pk>", requests.request_detail, name="request"),
    path("collectif/demande/<int:pk>/offre", requests.request_offer, name="request_offer"),
    path("collectif/reservations", bookings.booking_list, name="bookings"),
    path("collectif/reservation/<int:pk>", bookings.booking, name="booking"),
    path("collectif/historique", operations.operations, name="operations"),
    path("collectif/export", exports.export, name="export"),
    path("collectif/exports", exports.exports, name="exports"),
    path("collectif/exports/<int:pk>", exports.export_file, name="export_file"),
    path("adage/entree", adage.adage_enter, name="adage_enter"),
    path("adage/sortie", adage.adage_leave, name="adage_leave"),
    path("adage/offres", adage.adage_offers, name="adage_offers"),
    path("adage/offre/<int:pk>", adage.adage_offer, name="adage_offer"),
    path("adage/offre/<int:pk>/prereservation", adage.adage_prebook, name="adage_prebook"),
    path("adage/decouverte", adage_search.adage_discover, name="adage_discover"),
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
# JSON of ADAGE's frame, with the signed address as Bearer (§7.2).
urlpatterns += [
    path(f"adage-iframe/{address}", view, name=f"iframe_{name}")
    for name, (address, view) in iframe.VIEWS.items()
]
if settings.ADAGE_SANDBOX:
    urlpatterns += [path("adage/essai", sandbox.sandbox, name="adage_sandbox")]
