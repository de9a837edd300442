"""Pages of venues."""

from django.urls import path

from venues.views import api_keys, registration, structures, venues

app_name = "venues"
urlpatterns = [
    path("structures", structures.structures, name="structures"),
    path("structures/creation", registration.structure_create, name="structure_create"),
    path(
        "structures/creation/entreprise",
        registration.registration_company,
        name="registration_company",
    ),
    path(
        "structures/creation/deja-inscrite",
        registration.registration_known,
        name="registration_known",
    ),
    path(
        "structures/creation/demande-envoyee",
        registration.registration_requested,
        name="registration_requested",
    ),
    path(
        "structures/creation/identification",
        registration.registration_identity,
        name="registration_identity",
    ),
    path(
        "structures/creation/activite",
        registration.registration_activity,
        name="registration_activity",
    ),
    path(
        "structures/creation/validation",
        registration.registration_confirm,
        name="registration_confirm",
    ),
    path("structures/creation/abandon", registration.registration_quit, name="registration_quit"),
    path("structures/<int:pk>", structures.structure, name="structure"),
    path("structures/<int:pk>/lieux/creation", venues.venue_create, name="venue_create"),
    path("lieux/<int:pk>", venues.venue_edit, name="venue_edit"),
    path("structures/<int:pk>/cles-api", api_keys.api_key_create, name="api_key_create"),
    path(
        "structures/<int:pk>/cles-api/<int:key_pk>/suppression",
        api_keys.api_key_revoke,
        name="api_key_revoke",
    ),
]
