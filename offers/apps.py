from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "offers"
    verbose_name = "Offres"

    def ready(self) -> None:
        from offers import personal_data
        from passpro.accounts.personal_data import register

        register(personal_data.HOLDER)
