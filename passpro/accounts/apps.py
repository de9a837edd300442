from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "passpro.accounts"
    label = "accounts"
    verbose_name = "Comptes"
