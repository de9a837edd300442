from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "Gestion financière"

    def ready(self) -> None:
        from finance import personal_data
        from finance.services.custom_rules import is_amount_agreed
        from offers.services.held_prices import price_held_when
        from passpro.accounts.personal_data import register

        register(personal_data.HOLDER)
        price_held_when(is_amount_agreed)
