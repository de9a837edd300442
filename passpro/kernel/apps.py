from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "passpro.kernel"
    label = "kernel"
    verbose_name = "Messages et technique"

    def ready(self) -> None:
        # Tasks declared with @shared_task belong to the application that is loaded first.
        import passpro.celery  # noqa: F401
