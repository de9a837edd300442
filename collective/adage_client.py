"""Our calls to ADAGE (§8): notices that we post, lists that we read.

`settings.ADAGE_BACKEND` chooses who answers: `http` (ADAGE itself), `sandbox` (this installation
plays ADAGE: notices are received at once, lists are bundled) or `off` (no notice is written, lists
are down). Slow: never call it inside a transaction that people wait for.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from django.core.cache import cache

from passpro.reference.institution_types import long_name
from passpro.registers.exceptions import RegisterDown

logger = logging.getLogger(__name__)

HTTP, SANDBOX, OFF = "http", "sandbox", "off"
KEY_HEADER = "X-omogen-api-key"
CONNECT_SECONDS, READ_SECONDS, DEADLINE_SECONDS = 3.0, 8.0, 15.0
MAX_ANSWER_BYTES = 20_000_000
STAFF_KEPT_SECONDS = 3600
MOST_PAGES = 200
# ADAGE has no address to write to: nothing to do about it (§8.1).
NO_ADDRESS = "EMAIL_ADDRESS_DOES_NOT_EXIST"


class NoticeRefused(Exception):
    """ADAGE did not take the notice: status and detail, or what broke."""


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school of ADAGE's list of a year."""

    uai: str
    kind: str
    name: str
    city: str
    postal_code: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A teacher of a school."""

    email: str
    first_name: str
    last_name: str
    civility: str = ""


def post(path: str, body: Mapping[str, Any], *, tolerates_no_address: bool) -> None:
    """Give one notice; done when ADAGE answers 201. Raises NoticeRefused, to be tried again."""
    if settings.ADAGE_BACKEND == SANDBOX:
        return
    try:
        status, answer = _call("POST", path, body=body)
    except (requests.RequestException, ValueError) as error:
        raise NoticeRefused(f"{type(error).__name__}: {error}"[:300]) from None
    if status == 201:
        return
    detail = answer.get("detail", "") if isinstance(answer, dict) else ""
    if status == 404 and detail == NO_ADDRESS and tolerates_no_address:
        logger.info("ADAGE has no address for this school or teacher.", extra={"path": path})
        return
    raise NoticeRefused(f"{status} {detail}".strip()[:300])


def schools(year_code: str) -> list[SchoolRow]:
    """Every school of a year, page after page; raises RegisterDown."""
    if settings.ADAGE_BACKEND == SANDBOX:
        from collective.adage_sandbox import schools_of_the_year

        return schools_of_the_year()
    rows: list[SchoolRow] = []
    for page in range(1, MOST_PAGES + 1):
        status, found = _read("/v1/etablissement-scolaire", {"ansco": year_code, "page": str(page)})
        if status != 200 or not isinstance(found, list):
            raise RegisterDown(register="adage")
        if not found:
            break
        rows += [_school(one) for one in found]
    return rows


def staff(uai: str) -> list[StaffRow] | None:
    """Teachers of a school, kept an hour; None when ADAGE does not know it. Raises RegisterDown."""
    if settings.ADAGE_BACKEND == SANDBOX:
        from collective.adage_sandbox import staff_of

        return staff_of(uai)
    key = f"adage:staff:{uai}"
    kept = cache.get(key)
    if kept is None:
        status, found = _read(f"/v1/redacteurs-projets/{uai}", {})
        if status not in {200, 404} or (status == 200 and not isinstance(found, list)):
            raise RegisterDown(register="adage")
        kept = (None if status == 404 else [_person(one) for one in found],)
        cache.set(key, kept, STAFF_KEPT_SECONDS)
    people: list[StaffRow] | None = kept[0]
    return people


def _school(row: Any) -> SchoolRow:
    return SchoolRow(
        uai=_text(row, "uai"),
        kind=long_name(_text(row, "sigle")),
        name=_text(row, "libelle"),
        city=_text(row, "communeLibelle"),
        postal_code=_text(row, "codePostal"),
        email=_text(row, "courriel"),
        phone=_text(row, "telephone"),
    )


def _person(row: Any) -> StaffRow:
    return StaffRow(
        email=_text(row, "mail").lower(),
        first_name=_text(row, "prenom"),
        last_name=_text(row, "nom"),
        civility=_text(row, "civilite"),
    )


def _text(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    return str(value).strip() if value is not None else ""


def _read(path: str, params: Mapping[str, str]) -> tuple[int, Any]:
    if settings.ADAGE_BACKEND != HTTP:
        raise RegisterDown(register="adage")
    try:
        return _call("GET", path, params=params)
    except (requests.RequestException, ValueError) as error:
        logger.warning("ADAGE failed.", extra={"path": path, "reason": str(error)[:300]})
        raise RegisterDown(register="adage") from None


def _call(
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None = None,
    params: Mapping[str, str] | None = None,
) -> tuple[int, Any]:
    """One exchange within its deadline: status and JSON, None when the body is none."""
    if not settings.ADAGE_URL:
        raise ValueError("ADAGE_URL is not set")
    until = time.monotonic() + DEADLINE_SECONDS
    with requests.request(
        method,
        settings.ADAGE_URL.rstrip("/") + path,
        params=params,
        json=body,
        headers={"Accept": "application/json", KEY_HEADER: settings.ADAGE_KEY},
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        allow_redirects=False,
        stream=True,
    ) as response:
        raw = b""
        for chunk in response.iter_content(65_536):
            raw += chunk
            if len(raw) > MAX_ANSWER_BYTES or time.monotonic() > until:
                raise ValueError("the answer is too long or too slow")
        try:
            return response.status_code, json.loads(raw)
        except ValueError:
            return response.status_code, None
