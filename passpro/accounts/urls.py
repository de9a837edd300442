"""Pages of accounts."""

from django.urls import path

from passpro.accounts.views import (
    passwords,
    personal_data,
    profile,
    second_factor,
    seeing_as,
    sign_in,
    sign_up,
)

app_name = "accounts"
urlpatterns = [
    path("connexion", sign_in.sign_in, name="sign_in"),
    path("connexion/code", second_factor.second_factor, name="second_factor"),
    path("deconnexion", sign_in.sign_out, name="sign_out"),
    path("voir-comme/fin", seeing_as.stop, name="stop_seeing_as"),
    path("profil/second-facteur", second_factor.second_factor_setup, name="second_factor_setup"),
    path("profil/codes-de-secours", second_factor.recovery_codes, name="recovery_codes"),
    path("admin/login/", sign_in.admin_sign_in, name="admin_sign_in"),
    path("inscription", sign_up.sign_up, name="sign_up"),
    path("inscription/confirmation", sign_up.sign_up_done, name="sign_up_done"),
    path("inscription/nouveau-lien", sign_up.resend_verification, name="resend_verification"),
    path("inscription/validation/<str:token>", sign_up.verify_email, name="verify_email"),
    path("demande-mot-de-passe", passwords.password_forgotten, name="password_forgotten"),
    path(
        "mot-de-passe-perdu/<str:uidb64>/<str:token>",
        passwords.password_reset,
        name="password_reset",
    ),
    path("profil", profile.profile, name="profile"),
    path("email_validation/<str:token>", profile.email_change, name="email_change"),
    path("profil/mes-donnees", personal_data.ask_export, name="ask_export"),
    path("profil/mes-donnees/<uuid:reference>", personal_data.data_export, name="data_export"),
    path("profil/suppression", personal_data.leave, name="leave"),
    path("retour/<str:token>", personal_data.come_back, name="come_back"),
]
