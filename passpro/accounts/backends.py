"""Who a session belongs to, asked at every request of a signed-in person."""

from django.contrib.auth.backends import ModelBackend

from passpro.accounts.models import User
from passpro.kernel.db import Given, Read

_BY_ID = Read(lambda: User.objects.filter(pk=Given("pk")).order_by())


class PersonBackend(ModelBackend):
    """Django's own, with the person of the session read by a prepared statement."""

    def get_user(self, user_id: int) -> User | None:
        """The person as they are now, None once deactivated."""
        user = _BY_ID.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
