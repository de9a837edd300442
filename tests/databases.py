"""The database of the tests: migrated once for all workers, emptied only where a test wrote."""

import os
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

# One number for all workers of a run, and for all runs on a server.
_LOCK = 7_213_001


def create() -> str:
    """Create this worker's database; answers the name of the ordinary one, for `destroy_test_db`.

    Migrations take seconds of processor: the first worker of a run leaves a copy for the others.
    """
    ordinary = connection.settings_dict["NAME"]
    creation: Any = connection.creation
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    if not run:
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        return ordinary
    own, pattern = creation._get_test_db_name(), f"test_{ordinary}_migrated"
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [pattern],
        )
        is_ready = cursor.fetchone() == (run,)
        if is_ready:
            _copy(cursor, pattern, own)
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=is_ready)
        if not is_ready:
            connection.close()
            _copy(cursor, own, pattern)
            cursor.execute(f"COMMENT ON DATABASE {_quoted(pattern)} IS '{run}'")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return ordinary


def destroy(ordinary: str) -> None:
    """Drop this worker's database, even if the thread of a server still holds a session of it."""
    own = connection.settings_dict["NAME"]
    creation: Any = connection.creation
    connection.close()
    with creation._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [own]
        )
    creation.destroy_test_db(ordinary, verbosity=0)


def _copy(cursor, source: str, target: str) -> None:
    cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(target)}")
    cursor.execute(f"CREATE DATABASE {_quoted(target)} TEMPLATE {_quoted(source)}")


def quick_flush(usual: Callable[[TransactionTestCase], None]) -> Callable:
    """In place of TransactionTestCase's emptying of every table and writing its first rows anew.

    Tables that `migrate` filled stay as they are; when a test changed one of them, the usual way
    is taken.
    """
    kept: dict[str, str] = {}
    others: list[str] = []

    def after(self: TransactionTestCase) -> None:
        if not kept:  # the first of this worker: start from what `migrate` leaves
            call_command("flush", verbosity=0, interactive=False)
            tables = connection.introspection.table_names()
            kept.update(dict.fromkeys(_filled(tables), ""))
            kept.update(_fingerprints(kept))
            others.extend(name for name in tables if name not in kept)
        elif _fingerprints(kept) != kept:
            usual(self)
        else:
            _empty(others)

    return after


def _fingerprints(tables: dict[str, str]) -> dict[str, str]:
    one = "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {1} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(name, _quoted(name)) for name in tables))
        return dict(cursor.fetchall())


def _empty(tables: list[str]) -> None:
    """Rows go in any order: the foreign keys look at them at the end."""
    filled = _filled(tables)
    if filled:
        deletes = "; ".join(f"DELETE FROM {_quoted(name)}" for name in filled)  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"BEGIN; {deletes}; COMMIT")


def _filled(tables: list[str]) -> list[str]:
    one = "SELECT '{0}' WHERE EXISTS (SELECT FROM {1})"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(name, _quoted(name)) for name in tables))
        return [name for (name,) in cursor.fetchall()]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
