"""Whatever is sent, the partner API answers what its contract lists, and never 5xx (API-23).

Schemathesis draws calls from the document; `make fuzz` asks for 10 000 and more.
"""

import json
import os
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode

from passpro.portal.views.partner_api import document
from tests.collective.factories import CollectiveBookingFactory, InstitutionFactory
from tests.partner_api.client import Software, check_answer, software_of

pytestmark = pytest.mark.django_db

# Calls an address; the nightly run asks for more.
CASES = int(os.environ.get("PARTNER_API_FUZZ_CASES", "1"))
# What breaks on purpose, and has its answer.
EXPECTED_5XX = {"BAN API is unavailable"}


class RolledBack(Exception):
    """Each call starts from the same rows."""


def _operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))
    return [found.ok() for found in schema.get_all_operations()]


def _call(client: Client, case: Case, ids: dict[str, Any]) -> None:
    names = dict(case.path_parameters or {})
    if ids:
        names |= {name: ids[name] for name in names if name in ids}
    path = case.operation.path
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", _segment(value))
    is_form = case.media_type == "multipart/form-data"
    sent = case.body if isinstance(case.body, dict | list | str | int | float | None) else None
    body = json.dumps(sent).encode() if not is_form and case.media_type else b""
    query = {name: _text(value) for name, value in dict(case.query or {}).items()}
    answer = client.generic(
        case.operation.method.upper(),
        path,
        data=body,
        content_type="application/json",
        query_params=query,
    )
    told = json.loads(answer.content) if answer.content else None
    where = (case.operation.label, path, query, sent, told)
    expected = answer.status_code == 500 and told["global"][0] in EXPECTED_5XX
    assert answer.status_code < 500 or expected, where
    if answer.status_code != 404 or told:
        check_answer(case.operation.method.upper(), case.operation.path, answer.status_code, told)


def _segment(value: Any) -> str:
    """What stays one piece of the path."""
    return quote(_text(value), safe="") or "x"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture
def ids(cast) -> dict[str, Any]:
    """Objects that exist, for half of the calls."""
    booking = CollectiveBookingFactory(stock__offer__venue=cast.venue)
    InstitutionFactory()
    return {
        "event_id": cast.offer.pk,
        "offer_id": booking.stock.offer_id,
        "booking_id": booking.pk,
        "stock_id": cast.stock.pk,
        "price_category_id": cast.stock.price_category_id,
        "venue_id": cast.venue.pk,
        "siret": cast.venue.siret,
        "token": cast.booking.countermark,
    }


@pytest.mark.parametrize("has_key", [True, False])
def test_no_call_breaks_the_contract(cast, ids, has_key, settings: Any):
    settings.PARTNER_API_CALLS_PER_MINUTE = 1_000_000
    software, provider = software_of(cast.venue) if has_key else (Software(None), None)
    if provider is not None:
        cast.offer.provider = provider
        cast.offer.save(update_fields=["provider"])
    for operation in _operations():
        _fuzz(operation, software.client, ids, CASES if has_key else max(1, CASES // 10))


def _fuzz(operation: Any, client: Client, ids: dict[str, Any], cases: int) -> None:
    count = 0

    @seed(2026)
    @settings(
        max_examples=cases,
        derandomize=False,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def run(case: Case) -> None:
        nonlocal count
        count += 1
        try:
            with transaction.atomic():
                _call(client, case, ids if count % 2 else {})
                raise RolledBack
        except RolledBack:
            pass

    run()
