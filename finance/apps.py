from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "Gestion financière"

    def ready(self) -> None:
        from finance import personal_data
        from passpro.accounts.personal_data import register

        register(personal_data.HOLDER)
