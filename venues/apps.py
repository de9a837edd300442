from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "venues"
    verbose_name = "Structures et lieux"

    def ready(self) -> None:
        from passpro.accounts.personal_data import register
        from venues import personal_data

        register(personal_data.HOLDER)
