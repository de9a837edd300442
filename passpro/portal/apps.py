from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "passpro.portal"
    label = "portal"
    verbose_name = "Portail"
