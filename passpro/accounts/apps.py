from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "passpro.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from passpro.accounts import own_data, personal_data
        from passpro.accounts.sessions import open_session
        from passpro.accounts.staff_groups import sync_staff_groups

        # Once, after the last application: by then the rights of all of them are written.
        last = [app for app in apps.get_app_configs() if app.models_module is not None][-1]
        post_migrate.connect(sync_staff_groups, sender=last, dispatch_uid="accounts.staff_groups")
        # Django's own handler asks the system for the time; ours asks the product's clock.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(open_session, dispatch_uid="accounts.open_session")
        personal_data.register(own_data.HOLDER)
