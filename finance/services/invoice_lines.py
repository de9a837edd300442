"""Lines of a justificatif or debit note: by group, rate and kind of money (§12.3)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from finance.enums import INCIDENT_MOTIVES, EventMotive
from finance.models import CustomRule, InvoiceLine
from finance.rates import CUSTOM, RULES_BY_CODE, Group

BOOKINGS, GESTURES, INCIDENTS = "Réservations", "Gestes commerciaux", "Incidents"
_ORDER = (BOOKINGS, GESTURES, INCIDENTS)

_SUMS = """
    SELECT link.cashflow_id, p.rule_code, p.custom_rule_id,
           CASE WHEN e.incident_item_id IS NOT NULL THEN e.motive ELSE '' END,
           COALESCE(SUM(l.amount_cents)
               FILTER (WHERE l.category = 'OFFERER_CONTRIBUTION'), 0)::bigint,
           SUM(l.amount_cents)::bigint
    FROM finance_cashflowpricing link
    JOIN finance_pricing p ON p.id = link.pricing_id
    JOIN finance_financeevent e ON e.id = p.event_id
    JOIN finance_pricingline l ON l.pricing_id = p.id
    WHERE link.cashflow_id = ANY(%s) GROUP BY 1, 2, 3, 4
"""
_Key = tuple[int, Decimal, int, int]


def lines_of(cashflow_ids: list[int]) -> dict[int, list[InvoiceLine]]:
    """By cashflow: rules that share group and rate share a line, a custom rule has its own; each
    with up to three lines, bookings, gestures, incidents."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [cashflow_ids])
        sums = cursor.fetchall()
    custom = CustomRule.objects.in_bulk({row[2] for row in sums if row[2]})
    found: dict[int, dict[_Key, _Sums]] = {pk: {} for pk in cashflow_ids}
    for cashflow_id, code, rule_id, motive, contribution, reimbursed in sums:
        rule = custom[rule_id] if rule_id else None
        group = CUSTOM if rule else RULES_BY_CODE[code].group
        rate = rule.rate if rule else RULES_BY_CODE[code].rate
        label = _label(motive)
        key = (group.position, -(rate or Decimal(0)), rule_id or 0, _ORDER.index(label))
        line = found[cashflow_id].setdefault(key, _Sums(group, label, rate, rule_id))
        line.contribution_cents += contribution
        line.reimbursed_cents += reimbursed
    return {pk: _merged([lines[key] for key in sorted(lines)]) for pk, lines in found.items()}


@dataclass
class _Sums:
    group: Group
    label: str
    rate: Decimal | None
    rule_id: int | None
    contribution_cents: int = 0
    reimbursed_cents: int = 0

    @property
    def shown_rate(self) -> Decimal:
        """§12.3-4: the rule's; of incidents and fixed amounts, reimbursed ÷ revenue, or 0."""
        if self.rate is not None and self.label != INCIDENTS:
            return self.rate
        revenue = self.contribution_cents - self.reimbursed_cents
        if not revenue:
            return Decimal(0)
        return abs(Decimal(-self.reimbursed_cents) / revenue).quantize(Decimal("0.0001"))


def _label(motive: str) -> str:
    if motive == EventMotive.INCIDENT_GESTURE:
        return GESTURES
    return INCIDENTS if motive in INCIDENT_MOTIVES else BOOKINGS


def _merged(sums: list[_Sums]) -> list[InvoiceLine]:
    """With their shown rates; two lines that then read the same become one."""
    found: dict[tuple, InvoiceLine] = {}
    for one in sums:
        key = (one.group.position, one.label, one.rule_id, one.shown_rate)
        line = found.setdefault(
            key,
            InvoiceLine(
                group_label=one.group.label,
                group_position=one.group.position,
                label=one.label,
                custom_rule_id=one.rule_id,
                rate=one.shown_rate,
                contribution_cents=0,
                reimbursed_cents=0,
            ),
        )
        line.contribution_cents += one.contribution_cents
        line.reimbursed_cents += one.reimbursed_cents
    return list(found.values())
