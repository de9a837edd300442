from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VenuesConfig(AppConfig):
    name = "venues"
    verbose_name = "Structures et lieux"

    def ready(self) -> None:
        from passpro.accounts.personal_data import register
        from venues import personal_data
        from venues.services.tags import write_declared_tags

        post_migrate.connect(write_declared_tags, sender=self, dispatch_uid="venues.tags")
        register(personal_data.HOLDER)
