from django.apps import AppConfig


class CollectiveConfig(AppConfig):
    name = "collective"
    verbose_name = "Offres scolaires"

    def ready(self) -> None:
        """Notices to ADAGE leave with the other messages; structures that end tell schools."""
        from collective import notices
        from collective.services.structures import refuse_suspension
        from collective.tasks import cancel_after_closing
        from passpro.kernel import outbox
        from passpro.kernel.models import OutboxMessage
        from venues.services.lifecycle import after_closing, before_suspension

        outbox.SENDERS[OutboxMessage.Kind.ADAGE] = notices.send
        before_suspension(refuse_suspension)
        after_closing(cancel_after_closing)
