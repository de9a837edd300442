"""Pages of venues."""

from django.urls import path

from venues.views import api_keys, structures, venues

app_name = "venues"
urlpatterns = [
    path("structures", structures.structures, name="structures"),
    path("structures/creation", structures.structure_create, name="structure_create"),
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
