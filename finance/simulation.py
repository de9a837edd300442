"""What one booking would bring: the rules of rates.py on facts instead of rows (§5, §6, §7.2).

Pure: no database, no clock. The pricing job says the same in SQL (services/price_events.py); a
test compares both on thousands of cases.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from finance.rates import (
    COLLECTIVE_FAMILY,
    CUSTOM_CODE,
    reimbursed_cents,
    standard_rule,
)
from passpro.reference.categories import subcategory

# §7.2: the first scope that has a matching rule wins.
SCOPES = ("offer", "venue", "structure")


@dataclass(frozen=True, slots=True)
class CustomTerms:
    """A rate or a fixed amount per unit, in [from_at, until_at[; no subcategory = all of them."""

    scope: str
    rate: Decimal | None = None
    amount_cents: int | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    subcategories: frozenset[str] = frozenset()

    def fits(self, *, subcategory_id: str, used_at: datetime) -> bool:
        """Start included, end excluded; the list of an offer rule is ignored (§7.1-4)."""
        return (
            (self.from_at is None or self.from_at <= used_at)
            and (self.until_at is None or used_at < self.until_at)
            and (
                self.scope == "offer"
                or not self.subcategories
                or subcategory_id in self.subcategories
            )
        )

    def reimbursed(self, *, unit_cents: int, quantity: int) -> int:
        if self.amount_cents is not None:
            return self.amount_cents * quantity
        return reimbursed_cents(unit_cents * quantity, self.rate or Decimal(0))


@dataclass(frozen=True, slots=True)
class Case:
    """One booking and the revenue of its pricing point in the year, before it."""

    subcategory_id: str
    unit_cents: int
    used_at: datetime
    quantity: int = 1
    is_collective: bool = False
    revenue_before_cents: int = 0
    custom: tuple[CustomTerms, ...] = ()

    @property
    def total_cents(self) -> int:
        return self.unit_cents * self.quantity


@dataclass(frozen=True, slots=True)
class Outcome:
    """`contribution_cents` is what the venue gives up; negative when a fixed amount exceeds the
    price. `rate` is None for a fixed amount."""

    rule_code: str
    total_cents: int
    reimbursed_cents: int
    revenue_after_cents: int
    rate: Decimal | None

    @property
    def contribution_cents(self) -> int:
        return self.total_cents - self.reimbursed_cents


def custom_terms(
    terms: Iterable[CustomTerms], *, subcategory_id: str, used_at: datetime
) -> CustomTerms | None:
    """§7.2: offer, then pricing point, then structure; in a scope the first listed."""
    fitting = [t for t in terms if t.fits(subcategory_id=subcategory_id, used_at=used_at)]
    return min(fitting, key=lambda t: SCOPES.index(t.scope), default=None)


def simulate(case: Case) -> Outcome:
    """§6.3: collective, else a custom rule, else the standard rule that pays least."""
    revenue = case.revenue_before_cents + (0 if case.is_collective else case.total_cents)
    custom = None
    if not case.is_collective:
        custom = custom_terms(case.custom, subcategory_id=case.subcategory_id, used_at=case.used_at)
    if custom is not None:
        return Outcome(
            CUSTOM_CODE,
            case.total_cents,
            custom.reimbursed(unit_cents=case.unit_cents, quantity=case.quantity),
            revenue,
            custom.rate,
        )
    rule = standard_rule(
        family=(
            COLLECTIVE_FAMILY
            if case.is_collective
            else subcategory(case.subcategory_id).reimbursement_family
        ),
        revenue_cents=revenue,
        used_at=case.used_at,
        total_cents=case.total_cents,
    )
    paid = reimbursed_cents(case.total_cents, rule.rate)
    return Outcome(rule.code, case.total_cents, paid, revenue, rule.rate)
