"""The company register (SIRENE): legal name, head office, activity, open or ceased (SIR-02).

`settings.COMPANY_REGISTER` chooses who answers: `sandbox` (bundled companies, offline), `http`
(the real service) or `off` (SIR-05). Functions raise UnknownNumber (no such number) or
RegisterDown (the person types, staff check later: SIR-10). Numbers are given without spaces and
already checked (`venues/identifiers.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.conf import settings
from django.core.cache import cache

from passpro.registers.exceptions import RegisterDown, UnknownNumber

T = TypeVar("T")

CACHE_SECONDS = 15 * 60  # SIR-03
# Somebody who waits for a number just published does not wait a quarter of an hour.
UNKNOWN_CACHE_SECONDS = 60
# OFF-11: « administration publique générale », of local authorities.
LOCAL_AUTHORITY_CODE = "84.11Z"
# B1: secondary education; the person may be a pupil.
SCHOOL_CODES = frozenset({"85.31Z", "85.32Z"})


@dataclass(frozen=True, slots=True)
class Establishment:
    """One place of a company, by its SIRET."""

    siret: str
    name: str
    street: str
    postal_code: str
    city: str
    city_code: str
    is_open: bool
    is_head_office: bool
    activity_code: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """A legal unit, by its SIREN; `head_office` is None when it may not be shown."""

    siren: str
    name: str
    legal_category: str
    activity_code: str
    is_active: bool
    is_disclosed: bool
    head_office: Establishment | None

    @property
    def is_local_authority(self) -> bool:
        return self.activity_code == LOCAL_AUTHORITY_CODE

    @property
    def is_school(self) -> bool:
        return self.activity_code in SCHOOL_CODES


class CompanyBackend(Protocol):
    def company(self, siren: str) -> Company | None: ...

    def establishment(self, siret: str) -> Establishment | None: ...


class _Off:
    def company(self, siren: str) -> Company | None:
        raise RegisterDown(register="companies")

    def establishment(self, siret: str) -> Establishment | None:
        raise RegisterDown(register="companies")


def _backend() -> CompanyBackend:
    if settings.COMPANY_REGISTER == "http":
        from passpro.registers.companies_http import HttpCompanies

        return HttpCompanies()
    if settings.COMPANY_REGISTER == "sandbox":
        from passpro.registers.companies_sandbox import SandboxCompanies

        return SandboxCompanies()
    return _Off()


def company(siren: str) -> Company:
    """The legal unit and its head office; raises UnknownNumber, RegisterDown."""
    found = _kept(f"siren:{siren}", lambda: _backend().company(siren))
    if found is None:
        raise UnknownNumber(
            "Ce SIREN n’existe pas dans le répertoire des entreprises.", field="siren"
        )
    return found


def establishment(siret: str) -> Establishment:
    """One place of a company; raises UnknownNumber, NotDisclosed, RegisterDown."""
    found = _kept(f"siret:{siret}", lambda: _backend().establishment(siret))
    if found is None:
        raise UnknownNumber(
            "Ce SIRET n’existe pas dans le répertoire des entreprises.", field="siret"
        )
    return found


def examples() -> list[tuple[str, str]]:
    """Numbers to try and what they are; only the sandbox has some."""
    if settings.COMPANY_REGISTER != "sandbox":
        return []
    from passpro.registers.companies_sandbox import EXAMPLES

    return EXAMPLES


def _kept(question: str, ask: Callable[[], T]) -> T:
    """The answer, kept a quarter of an hour; « unknown » a minute, a failure never."""
    key = f"register:companies:{settings.COMPANY_REGISTER}:{question}"
    kept = cache.get(key)
    if kept is None:
        kept = (ask(),)
        cache.set(key, kept, UNKNOWN_CACHE_SECONDS if kept[0] is None else CACHE_SECONDS)
    answer: T = kept[0]
    return answer
