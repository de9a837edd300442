"""Every URL × every kind of person.

Each app lists its URLs in `tests/<app>/access.py`:

    ROWS = [
        # url name, kwargs, method, expected status of each person, data posted (optional)
        ("venues:structure", lambda cast: {"pk": cast.offerer.pk}, "get",
         pro_page(member=200, outsider=404)),
        ("bookings:token", {"token": "ABCDEF"}, "get",
         {"anonymous": 401, "api_key": 200, "outsider_api_key": 403}),
    ]

- kwargs and data: None, a dictionary, or a function of the cast (tests/cast.py), which may
  create what it needs with factories;
- people: anonymous, outsider (other structure), member (administrator of the theatre),
  beneficiary, staff, api_key, outsider_api_key. A page says what happens to the first five
  (`tests.access.pro_page` and its sisters write them), an API route to anonymous and both keys;
- one row per method that does something (at least one per URL). A refused attempt (4xx, or a
  redirection to the sign-in page) must leave the number of rows of every table unchanged.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

PEOPLE = {"anonymous", "outsider", "member", "beneficiary", "staff"}
KEYS = {"anonymous", "api_key", "outsider_api_key"}
NOT_OURS = ("admin/", "static/", "media/")
# Rows that a mere visit may write: sessions and sign-in counters.
UNCOUNTED = {"sessions", "axes", "contenttypes"}


def _rows() -> list[tuple]:
    found: list[tuple] = []
    for file in sorted(Path(__file__).parent.glob("*/access.py")):
        module = importlib.import_module(f"tests.{file.parent.name}.access")
        found += module.ROWS
    return found


def _routes(resolver: URLResolver, spaces: tuple = (), start: str = "") -> Iterator[tuple]:
    for entry in resolver.url_patterns:
        route = start + str(entry.pattern)
        if isinstance(entry, URLResolver):
            space = (entry.namespace,) if entry.namespace else ()
            yield from _routes(entry, (*spaces, *space), route)
        elif isinstance(entry, URLPattern) and not route.startswith(NOT_OURS):
            yield route, ":".join([*spaces, entry.name or ""])


ROWS = _rows()


def test_every_route_is_named_and_has_its_row() -> None:
    routes = list(_routes(get_resolver()))
    listed = {row[0] for row in ROWS}

    unnamed = [route for route, name in routes if name.endswith(":") or not name]
    missing = [name for _, name in routes if name not in listed]

    assert not unnamed, f"routes without name: {unnamed}"
    assert not missing, f"add these to tests/<app>/access.py: {sorted(set(missing))}"


def test_every_row_says_what_happens_to_everybody() -> None:
    incomplete = [row[0] for row in ROWS if not (set(row[3]) >= PEOPLE or set(row[3]) >= KEYS)]

    assert not incomplete


def _for(cast: Any, value: Any) -> Any:
    return value(cast) if callable(value) else value


def _counts() -> dict[str, int]:
    """Rows of every table, by one question."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label not in UNCOUNTED and model._meta.managed
    ]
    with connection.cursor() as cursor:
        counted = (f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables)  # noqa: S608
        cursor.execute(" UNION ALL ".join(counted))
        return dict(cursor.fetchall())


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row[2]}-{row[0]}") for row in ROWS])
def test_each_person_gets_what_the_table_says(row: tuple, cast: Any) -> None:
    expected = row[3]
    answers = {}
    for person in expected:
        with transaction.atomic():
            answers[person] = _answer(row, person, cast)
            transaction.set_rollback(True)

    assert answers == expected


def _answer(row: tuple, person: str, cast: Any) -> int:
    """The status `person` gets; a refusal has written nothing."""
    name, kwargs, method, expected, *rest = row
    url = reverse(name, kwargs=_for(cast, kwargs))
    data = _for(cast, rest[0]) if rest else None
    client = cast.client(person)
    may_refuse = expected[person] >= 300
    before = _counts() if may_refuse else {}

    response = getattr(client, method)(url, data)

    to_sign_in = response.status_code == 302 and response["Location"].startswith("/connexion")
    if may_refuse and (response.status_code >= 400 or to_sign_in):
        assert _counts() == before, person
    return response.status_code
