from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = "Réservations"

    def ready(self) -> None:
        from bookings import personal_data
        from passpro.accounts.personal_data import register

        register(personal_data.HOLDER)
