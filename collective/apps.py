from django.apps import AppConfig


class CollectiveConfig(AppConfig):
    name = "collective"
    verbose_name = "Offres scolaires"

    def ready(self) -> None:
        """Notices to ADAGE leave with the other messages."""
        from collective import notices
        from passpro.kernel import outbox
        from passpro.kernel.models import OutboxMessage

        outbox.SENDERS[OutboxMessage.Kind.ADAGE] = notices.send
