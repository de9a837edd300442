from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = "Réservations"

    def ready(self) -> None:
        from bookings import personal_data
        from bookings.services import tickets
        from bookings.services.partner_cinema import run_cinema
        from bookings.services.refused_offers import cancel_of_refused
        from offers.services.moderate import before_refusal
        from offers.services.partner_uploads import RUNNERS
        from passpro.accounts.personal_data import register
        from passpro.kernel.outbox import SENDERS

        SENDERS[tickets.KIND] = tickets.send
        RUNNERS["CINEMA"] = run_cinema
        register(personal_data.HOLDER)
        before_refusal(cancel_of_refused)
