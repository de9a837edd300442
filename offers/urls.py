"""Pages of offers: portal first, then the beneficiary pages."""

from django.urls import path

from offers.views import (
    app_offer,
    bulk,
    catalogue,
    dates,
    detail,
    kept,
    list,
    place,
    stocks,
    synchronised,
    verbs,
    wizard,
)

app_name = "offers"
urlpatterns = [
    path("offres", list.offer_list, name="list"),
    path("offres/actions", bulk.bulk, name="bulk"),
    path("offres/actions/<int:pk>", bulk.bulk_action, name="bulk_action"),
    path("offre/creation", wizard.create, name="create"),
    path("offre/<int:pk>", detail.detail, name="detail"),
    path("offre/<int:pk>/details", wizard.details, name="details"),
    path("offre/<int:pk>/adresse", place.address, name="address"),
    path("offre/<int:pk>/image", place.image, name="image"),
    path("offre/<int:pk>/image/entiere", place.image_original, name="image_original"),
    path("offre/<int:pk>/image/suppression", place.image_remove, name="image_remove"),
    path("offre/<int:pk>/tarifs", wizard.prices, name="prices"),
    path("offre/<int:pk>/dates", dates.stocks, name="stocks"),
    path("offre/<int:pk>/dates/serie", dates.series, name="series"),
    path("offre/<int:pk>/dates/<int:stock_pk>", stocks.stock_edit, name="stock_edit"),
    path(
        "offre/<int:pk>/dates/<int:stock_pk>/suppression",
        stocks.stock_delete,
        name="stock_delete",
    ),
    path("offre/<int:pk>/dates/<int:stock_pk>/cloture", stocks.stock_close, name="stock_close"),
    path("offre/<int:pk>/stock", stocks.stock, name="stock"),
    path("offre/<int:pk>/recapitulatif", wizard.summary, name="summary"),
    path("offre/<int:pk>/publication", wizard.publish, name="publish"),
    path("offre/<int:pk>/confirmation", wizard.published, name="published"),
    path("offre/<int:pk>/pause", detail.pause, name="pause"),
    path("offre/<int:pk>/reprise", detail.resume, name="resume"),
    path("offre/<int:pk>/cloture", verbs.close, name="close"),
    path("offre/<int:pk>/copie", verbs.duplicate, name="duplicate"),
    path("offre/<int:pk>/suppression", detail.delete_draft, name="delete_draft"),
    path(
        "lieux/<int:pk>/synchronisations/<int:provider_pk>/<slug:verb>",
        synchronised.change,
        name="synchronisation_change",
    ),
    path("app/", catalogue.home, name="app_home"),
    path("app/selection/<int:pk>", catalogue.selection, name="app_selection"),
    path("app/recherche", catalogue.search, name="app_search"),
    path("app/offre/<int:pk>", app_offer.offer, name="app_offer"),
    path("app/offre/<int:pk>/favori", kept.favorite, name="favorite"),
    path("app/offre/<int:pk>/signalement", kept.report, name="report"),
    path("app/favoris", kept.favorites, name="favorites"),
    path("app/lieu/<int:pk>", app_offer.venue, name="app_venue"),
]
