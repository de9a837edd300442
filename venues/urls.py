"""Pages of venues."""

from django.urls import path

from venues.views import (
    adage,
    api_keys,
    images,
    preparation,
    previews,
    registration,
    structures,
    synchronisations,
    teachers,
    team,
    venues,
)

app_name = "venues"
urlpatterns = [
    path("inscription/preparation", preparation.number, name="preparation"),
    path("inscription/preparation/activite", preparation.activity, name="preparation_activity"),
    path("inscription/preparation/publics", preparation.audience, name="preparation_audience"),
    path("inscription/preparation/resultats", preparation.result, name="preparation_result"),
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
    path("lieux/<int:pk>/numerique", previews.venue_digital, name="venue_digital"),
    path("lieux/<int:pk>/apercu", previews.venue_preview, name="venue_preview"),
    path("lieux/<int:pk>/cree", venues.venue_created, name="venue_created"),
    path("lieux/<int:pk>/accueil", venues.venue_welcome, name="venue_welcome"),
    path("lieux/<int:pk>/notifications", venues.venue_notifications, name="venue_notifications"),
    path("lieux/<int:pk>/image", images.venue_image, name="venue_image"),
    path("lieux/<int:pk>/image/entiere", images.venue_image_original, name="venue_image_original"),
    path("lieux/<int:pk>/image/suppression", images.venue_image_remove, name="venue_image_remove"),
    path("structures/<int:pk>/cles-api", api_keys.api_key_create, name="api_key_create"),
    path("lieux/<int:pk>/enseignants", teachers.venue_teachers, name="venue_teachers"),
    path(
        "lieux/<int:pk>/synchronisations",
        synchronisations.synchronisations,
        name="synchronisations",
    ),
    path(
        "lieux/<int:pk>/synchronisations/<int:provider_pk>",
        synchronisations.authorise,
        name="synchronisation_authorise",
    ),
    path("structures/<int:pk>/adage", adage.adage, name="adage"),
    path("structures/<int:pk>/adage/demande", adage.adage_ask, name="adage_ask"),
    path(
        "structures/<int:pk>/adage/<int:request_pk>/retrait",
        adage.adage_withdraw,
        name="adage_withdraw",
    ),
    path(
        "structures/<int:pk>/cles-api/<int:key_pk>/suppression",
        api_keys.api_key_revoke,
        name="api_key_revoke",
    ),
    path("structures/<int:pk>/equipe", team.team, name="team"),
    path("structures/<int:pk>/equipe/depart", team.team_leave, name="team_leave"),
    path(
        "structures/<int:pk>/equipe/invitations/<int:invitation_pk>/renvoi",
        team.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "structures/<int:pk>/equipe/invitations/<int:invitation_pk>/annulation",
        team.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(
        "structures/<int:pk>/equipe/<int:membership_pk>/retrait",
        team.member_remove,
        name="member_remove",
    ),
    path(
        "structures/<int:pk>/equipe/<int:membership_pk>/administration",
        team.administration_hand_over,
        name="administration_hand_over",
    ),
    path("invitations/<int:pk>", team.invitation, name="invitation"),
]
