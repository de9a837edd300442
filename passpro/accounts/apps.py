from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "passpro.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from passpro.accounts.staff_groups import sync_staff_groups

        # Without sender: rights of the other apps appear one migration after the other.
        post_migrate.connect(sync_staff_groups, dispatch_uid="accounts.staff_groups")
