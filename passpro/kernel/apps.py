from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "passpro.kernel"
    label = "kernel"
    verbose_name = "Messages et technique"

    def ready(self) -> None:
        # Tasks declared with @shared_task belong to the application that is loaded first.
        import passpro.celery  # noqa: F401
        from passpro.kernel.features import sync_switches
        from passpro.kernel.labels import name_links

        name_links()
        post_migrate.connect(sync_switches, sender=self, dispatch_uid="kernel.features")
