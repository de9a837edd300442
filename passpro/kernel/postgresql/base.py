"""Django's PostgreSQL backend with a health check that costs no statement on a quiet connection."""

import select

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """The check at the start of each request looks at the socket first.

    A server that stops or ends the session says so: the idle socket becomes readable. Only then,
    or after an error, is `SELECT 1` worth its round trip.
    """

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        if not self.errors_occurred and _is_quiet(self.connection):
            return True
        return super().is_usable()


def _is_quiet(connection: psycopg.Connection) -> bool:
    """Open, and the server has said nothing since the last answer."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
