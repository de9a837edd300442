from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "passpro.kernel"
    label = "kernel"
    verbose_name = "Messages et technique"
