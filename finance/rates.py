"""Reimbursement scales: frozen records with validity, pure functions, and the same rules in SQL.

Origin: finance.md §6.2 (terms of the pass Culture). A code used by a stored pricing never changes
meaning: a new scale is a new record. Revenue R is always *including* the booking (§5.1).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from passpro.kernel import clock, money
from passpro.reference.categories import (
    BOOK_FAMILY,
    NOT_REIMBURSED_FAMILY,
    STANDARD_FAMILY,
    SUBCATEGORIES,
)

COLLECTIVE_FAMILY, GESTURE_FAMILY = "COLLECTIVE", "GESTURE"
# Of a booking under a custom rule (§7): the rule itself is the row's custom_rule.
CUSTOM_CODE = "CUSTOM"
# Basis points: 10 000 = 100 %. Integers, so that Python and SQL round the same way.
FULL = 10_000
NEW_SCALE_AT = clock.paris_midnight(date(2021, 9, 1))


@dataclass(frozen=True, slots=True)
class Group:
    """Heading of the lines of a justificatif; position 5 stays free for a dead rule (§6.2)."""

    position: int
    label: str


GENERAL = Group(1, "Barème général")
BOOKS = Group(2, "Barème livres")
NOT_REIMBURSED = Group(3, "Barème non remboursé")
CUSTOM = Group(4, "Barème dérogatoire")


@dataclass(frozen=True, slots=True)
class StandardRule:
    """`above_cents` < R ≤ `up_to_cents`, use date in [from_at, before_at[."""

    code: str
    family: str
    rate_bp: int
    group: Group
    above_cents: int = -1
    up_to_cents: int | None = None
    from_at: datetime | None = None
    before_at: datetime | None = None

    @property
    def rate(self) -> Decimal:
        return Decimal(self.rate_bp) / FULL

    def fits(self, *, family: str, revenue_cents: int, used_at: datetime) -> bool:
        return (
            self.family == family
            and self.above_cents < revenue_cents
            and (self.up_to_cents is None or revenue_cents <= self.up_to_cents)
            and (self.from_at is None or self.from_at <= used_at)
            and (self.before_at is None or used_at < self.before_at)
        )


# The order is the tie rule of §6.3-3: first comes, first wins. STANDARD_100 fits at every
# revenue; the dearer brackets win because the rule that pays least is taken.
STANDARD_RULES: tuple[StandardRule, ...] = (
    StandardRule("NOT_REIMBURSED", NOT_REIMBURSED_FAMILY, 0, NOT_REIMBURSED),
    StandardRule("COLLECTIVE_100", COLLECTIVE_FAMILY, FULL, GENERAL),
    StandardRule("STANDARD_100", STANDARD_FAMILY, FULL, GENERAL),
    StandardRule(
        "STANDARD_95_BEFORE_2021_09",
        STANDARD_FAMILY,
        9_500,
        GENERAL,
        above_cents=20_000_00,
        up_to_cents=40_000_00,
        before_at=NEW_SCALE_AT,
    ),
    StandardRule(
        "STANDARD_85_BEFORE_2021_09",
        STANDARD_FAMILY,
        8_500,
        GENERAL,
        above_cents=40_000_00,
        up_to_cents=150_000_00,
        before_at=NEW_SCALE_AT,
    ),
    StandardRule(
        "STANDARD_70_BEFORE_2021_09",
        STANDARD_FAMILY,
        7_000,
        GENERAL,
        above_cents=150_000_00,
        before_at=NEW_SCALE_AT,
    ),
    StandardRule(
        "STANDARD_95",
        STANDARD_FAMILY,
        9_500,
        GENERAL,
        above_cents=20_000_00,
        up_to_cents=40_000_00,
        from_at=NEW_SCALE_AT,
    ),
    StandardRule(
        "STANDARD_92",
        STANDARD_FAMILY,
        9_200,
        GENERAL,
        above_cents=40_000_00,
        up_to_cents=150_000_00,
        from_at=NEW_SCALE_AT,
    ),
    StandardRule(
        "STANDARD_90",
        STANDARD_FAMILY,
        9_000,
        GENERAL,
        above_cents=150_000_00,
        from_at=NEW_SCALE_AT,
    ),
    StandardRule("BOOK_100", BOOK_FAMILY, FULL, BOOKS, up_to_cents=20_000_00),
    StandardRule("BOOK_95", BOOK_FAMILY, 9_500, BOOKS, above_cents=20_000_00),
    StandardRule("GESTURE_100", GESTURE_FAMILY, FULL, GENERAL),
)
RULES_BY_CODE: dict[str, StandardRule] = {rule.code: rule for rule in STANDARD_RULES}


def reimbursed_cents(total_cents: int, rate: Decimal) -> int:
    """§6.4: half away from zero to the cent, once, on the total of the booking."""
    return money.apply_rate(total_cents, rate)


def standard_rule(
    *, family: str, revenue_cents: int, used_at: datetime, total_cents: int
) -> StandardRule:
    """§6.3-3: among the rules that fit, the one that pays least; on a tie the first listed."""
    fitting = [
        rule
        for rule in STANDARD_RULES
        if rule.fits(family=family, revenue_cents=revenue_cents, used_at=used_at)
    ]
    return min(fitting, key=lambda rule: reimbursed_cents(total_cents, rule.rate))


def rules_as_sql() -> tuple[str, list[Any]]:
    """`VALUES` rows (code, family, rate_bp, above, up_to, from_at, before_at, position)."""
    row = "(%s, %s, %s::bigint, %s::bigint, %s::bigint, %s::timestamptz, %s::timestamptz, %s::int)"
    params: list[Any] = []
    for position, rule in enumerate(STANDARD_RULES):
        params += [
            rule.code,
            rule.family,
            rule.rate_bp,
            rule.above_cents,
            rule.up_to_cents,
            rule.from_at or datetime.min.replace(tzinfo=UTC),
            rule.before_at or datetime.max.replace(tzinfo=UTC),
            position,
        ]
    return "VALUES " + ", ".join([row] * len(STANDARD_RULES)), params


def families_as_sql() -> tuple[str, list[Any]]:
    """`VALUES` rows (subcategory_id, family) of the whole catalogue (§6.1)."""
    params: list[Any] = []
    for item in SUBCATEGORIES:
        params += [item.id, item.reimbursement_family]
    return "VALUES " + ", ".join(["(%s, %s)"] * len(SUBCATEGORIES)), params


def percent(rate: Decimal) -> str:
    """Decimal("0.925") → « 92,5 % » with a no-break space (§12.5, §19-20)."""
    text = f"{(rate * 100).normalize():f}".replace(".", ",")
    return f"{text}{money.NBSP}%"
