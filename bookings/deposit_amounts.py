"""Amounts of the credit, as data: by age, with versions and the day each starts (CRD-02 to CRD-10).

A granted deposit keeps its own numbers, so an older version goes on living in the database.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from bookings.enums import DepositType


@dataclass(frozen=True, slots=True)
class DepositAmount:
    """What a person of `age` receives. Money in cents; None = no ceiling.

    `months`: validity of the credit; None = until the 18th birthday.
    """

    type: str
    version: int
    age: int
    amount_cents: int
    digital_ceiling_cents: int | None = None
    physical_ceiling_cents: int | None = None
    months: int | None = None


# CRD-02, CRD-03.
FIRST = (
    DepositAmount(DepositType.GRANT_15_17, 1, 15, 20_00),
    DepositAmount(DepositType.GRANT_15_17, 1, 16, 30_00),
    DepositAmount(DepositType.GRANT_15_17, 1, 17, 30_00),
    DepositAmount(DepositType.GRANT_18, 2, 18, 300_00, digital_ceiling_cents=100_00, months=24),
)
# CRD-10: from settings.DEPOSIT_VERSIONS_SWITCH_AT on.
SECOND = (
    DepositAmount(DepositType.GRANT_15_17, 2, 17, 50_00),
    DepositAmount(DepositType.GRANT_18, 3, 18, 150_00, digital_ceiling_cents=50_00, months=24),
)

# CRD-05: digital ceiling of the credit of 18, by département of the person; None = no ceiling.
DIGITAL_CEILING_BY_DEPARTMENT: dict[str, int | None] = {
    "976": 150_00,
    "975": 200_00,
    "986": None,
}


def amounts_on(day: date) -> tuple[DepositAmount, ...]:
    """The version in force that day; the switch is an ISO day in the settings, empty = never."""
    switch = settings.DEPOSIT_VERSIONS_SWITCH_AT
    return SECOND if switch and day >= date.fromisoformat(switch) else FIRST


def amount_for(age: int, day: date) -> DepositAmount | None:
    """What a person of that age receives that day, or None."""
    return next((amount for amount in amounts_on(day) if amount.age == age), None)


def digital_ceiling_for(amount: DepositAmount, department_code: str) -> int | None:
    """CRD-05."""
    if amount.type != DepositType.GRANT_18:
        return amount.digital_ceiling_cents
    return DIGITAL_CEILING_BY_DEPARTMENT.get(department_code, amount.digital_ceiling_cents)
