from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CollectiveConfig(AppConfig):
    name = "collective"
    verbose_name = "Offres scolaires"

    def ready(self) -> None:
        """Notices to ADAGE leave with the other messages; structures that end tell schools."""
        from collective import notices
        from collective.models.programmes import sync_programmes
        from collective.services.structures import refuse_suspension
        from collective.tasks import cancel_after_closing
        from passpro.kernel import outbox
        from passpro.kernel.models import OutboxMessage
        from venues.services.lifecycle import after_closing, before_suspension

        post_migrate.connect(sync_programmes, sender=self, dispatch_uid="collective.programmes")
        outbox.SENDERS[OutboxMessage.Kind.ADAGE] = notices.send
        before_suspension(refuse_suspension)
        after_closing(cancel_after_closing)
