"""Django's PostgreSQL backend with a cheaper health check and a cursor that prepares statements."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
from psycopg.types.numeric import Int8Dumper


class PreparedCursor(psycopg.Cursor):
    """Values travel apart from the statement, which the server plans once a connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        # One size for all whole numbers: a statement is planned for the types of its values.
        self.adapters.register_dumper(int, Int8Dumper)

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PreparedCursor":
        return super().execute(query, params, **({"prepare": True} | options))


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> Any:
        """For logs and failing tests; the driver does not keep the text of what is prepared."""
        if isinstance(cursor, PreparedCursor):
            return str(self.compose_sql(sql, params))
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """The health check at the start of each request looks at the socket first.

    A server that stops or ends the session says so: the idle socket becomes readable. Only then,
    or after an error, is `SELECT 1` worth its round trip.
    """

    ops_class = DatabaseOperations
    _prepared: PreparedCursor | None = None

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        if not self.errors_occurred and _is_quiet(self.connection):
            return True
        return super().is_usable()

    def prepared_cursor(self) -> Any:
        """The one cursor of `passpro.kernel.db`: its rows are read before the next statement.

        Like `cursor()`: errors are Django's, statements are counted and logged.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self._prepared is None or self._prepared.connection is not self.connection:
            self._prepared = PreparedCursor(self.connection)
        return self._prepare_cursor(self._prepared)  # type: ignore[attr-defined]


def _is_quiet(connection: psycopg.Connection) -> bool:
    """Open, and the server has said nothing since the last answer."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
