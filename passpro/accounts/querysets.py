"""Named reads and locks of people and of their exports."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Coalesce, Greatest

if TYPE_CHECKING:
    from passpro.accounts.models import DataExport, User  # noqa: F401


class UserQuerySet(models.QuerySet["User"]):
    def lock_for_change(self, pk: int) -> "User":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def with_last_connection(self) -> "UserQuerySet":
        """Annotate `connected_at`: last sign of life, or the creation when there was none."""
        return self.annotate(
            connected_at=Coalesce(
                Greatest("last_seen_at", "last_login"), "last_seen_at", "last_login", "created_at"
            )
        )

    def silent_since(self, limit: datetime) -> "UserQuerySet":
        """No sign of life after this instant."""
        return self.with_last_connection().filter(connected_at__lte=limit)

    def known(self) -> "UserQuerySet":
        """People that still have a name."""
        return self.filter(anonymised_at__isnull=True)


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def of_owner(self, user: "User") -> "DataExportQuerySet":
        """Those the person asked for about themselves; the team's are in the admin."""
        return self.filter(person=user, asked_by=user)

    def waiting(self) -> "DataExportQuerySet":
        return self.filter(ready_at__isnull=True)

    def expired(self, now: datetime) -> "DataExportQuerySet":
        return self.filter(expires_at__lte=now).exclude(file="")
