from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "passpro.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from passpro.accounts.staff_groups import sync_staff_groups

        # Once, after the last application: by then the rights of all of them are written.
        last = [app for app in apps.get_app_configs() if app.models_module is not None][-1]
        post_migrate.connect(sync_staff_groups, sender=last, dispatch_uid="accounts.staff_groups")
