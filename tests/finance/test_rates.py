"""Scales: every example of finance.md §6.5, the tie rule, and what always holds."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from finance import rates
from finance.rates import NEW_SCALE_AT, RULES_BY_CODE, reimbursed_cents, standard_rule
from passpro.reference.categories import SUBCATEGORIES, subcategory

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
FAMILIES = ["STANDARD", "BOOK", "NOT_REIMBURSED", "COLLECTIVE", "GESTURE"]


def chosen(family: str, before: int, total: int, at: datetime = NOW) -> tuple[str, int, int]:
    rule = standard_rule(family=family, revenue_cents=before + total, used_at=at, total_cents=total)
    paid = reimbursed_cents(total, rule.rate)
    return rule.code, paid, total - paid


@pytest.mark.parametrize(
    ("code", "before", "total", "rule", "paid", "contribution"),
    [
        ("SEANCE_CINE", 19_950_00, 60_00, "STANDARD_95", 57_00, 3_00),
        ("SPECTACLE_REPRESENTATION", 39_990_00, 15_00, "STANDARD_92", 13_80, 1_20),
        ("VISITE", 150_000_00, 24_90, "STANDARD_90", 22_41, 2_49),
        ("LIVRE_PAPIER", 20_000_00, 18_55, "BOOK_95", 17_62, 93),
        ("CONCERT", 25_000_00, 81_50, "STANDARD_95", 77_43, 4_07),
        ("VOD", 0, 12_00, "NOT_REIMBURSED", 0, 12_00),
    ],
)
def test_examples_of_the_rule_book(
    code: str, before: int, total: int, rule: str, paid: int, contribution: int
) -> None:
    family = subcategory(code).reimbursement_family

    assert chosen(family, before, total) == (rule, paid, contribution)


def test_collective_bookings_are_paid_in_full_at_any_revenue() -> None:
    rule = standard_rule(
        family="COLLECTIVE", revenue_cents=180_000_00, used_at=NOW, total_cents=1_250_00
    )

    assert (rule.code, reimbursed_cents(1_250_00, rule.rate)) == ("COLLECTIVE_100", 1_250_00)


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [
        (20_000_00, "STANDARD_100"),
        (20_000_01, "STANDARD_95"),
        (40_000_00, "STANDARD_95"),
        (40_000_01, "STANDARD_92"),
        (150_000_00, "STANDARD_92"),
        (150_000_01, "STANDARD_90"),
    ],
)
def test_upper_bounds_are_included(revenue: int, expected: str) -> None:
    assert chosen("STANDARD", revenue - 1_000, 1_000)[0] == expected


@pytest.mark.parametrize(
    ("revenue", "total", "expected"),
    [
        (30_000_00, 0, "STANDARD_100"),
        (30_000_00, 10, "STANDARD_100"),
        (30_000_00, 11, "STANDARD_95"),
        (50_000_00, 6, "STANDARD_100"),
        (50_000_00, 7, "STANDARD_92"),
        (200_000_00, 5, "STANDARD_100"),
        (200_000_00, 6, "STANDARD_90"),
    ],
)
def test_a_tie_goes_to_the_first_rule(revenue: int, total: int, expected: str) -> None:
    rule = standard_rule(family="STANDARD", revenue_cents=revenue, used_at=NOW, total_cents=total)

    assert rule.code == expected


def test_a_free_book_above_the_bound_keeps_the_rule_of_its_bracket() -> None:
    rule = standard_rule(family="BOOK", revenue_cents=20_000_01, used_at=NOW, total_cents=0)

    assert rule.code == "BOOK_95"


def test_the_scale_changed_on_the_first_of_september_2021_in_paris() -> None:
    assert NEW_SCALE_AT == datetime(2021, 8, 31, 22, 0, tzinfo=UTC)
    last = NEW_SCALE_AT - timedelta(microseconds=1)

    assert chosen("STANDARD", 50_000_00, 100_00, NEW_SCALE_AT)[0] == "STANDARD_92"
    assert chosen("STANDARD", 50_000_00, 100_00, last)[0] == "STANDARD_85_BEFORE_2021_09"
    assert chosen("STANDARD", 200_000_00, 100_00, last)[0] == "STANDARD_70_BEFORE_2021_09"


def test_families_of_the_catalogue_have_the_sizes_of_the_rule_book() -> None:
    sizes: dict[str, int] = {}
    for item in SUBCATEGORIES:
        sizes[item.reimbursement_family] = sizes.get(item.reimbursement_family, 0) + 1

    assert sizes == {"BOOK": 3, "NOT_REIMBURSED": 20, "STANDARD": 50}


def test_there_is_no_rule_at_eighty_percent_and_group_five_is_free() -> None:
    assert Decimal("0.8") not in {rule.rate for rule in rates.STANDARD_RULES}
    assert 5 not in {rule.group.position for rule in rates.STANDARD_RULES}
    assert len(RULES_BY_CODE) == len(rates.STANDARD_RULES)


@settings(deadline=None)
@given(
    family=st.sampled_from(FAMILIES),
    total=st.integers(0, 600_00),
    before=st.integers(0, 400_000_00),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_one_rule_always_fits_and_never_pays_more_than_the_price(
    family: str, total: int, before: int, at: datetime
) -> None:
    code, paid, contribution = chosen(family, before, total, at)

    assert 0 <= paid <= total
    assert paid + contribution == total
    assert RULES_BY_CODE[code].family == family
    # Half a cent at most is lost by rounding.
    assert abs(paid - total * RULES_BY_CODE[code].rate) <= Decimal("0.5")


@pytest.mark.django_db
def test_sql_and_python_choose_the_same_rule_and_amount() -> None:
    rules, params = rates.rules_as_sql()
    cases = [
        (family, total, revenue, at)
        for family in FAMILIES
        for total in (0, 5, 6, 7, 10, 11, 50, 1_855, 8_150, 30_000, 59_999)
        for revenue in (total, 20_000_00, 20_000_01, 40_000_00, 40_000_01, 150_000_00, 150_000_01)
        for at in (NOW, NEW_SCALE_AT, NEW_SCALE_AT - timedelta(microseconds=1))
        if revenue >= total
    ]
    values = ", ".join(["(%s, %s::bigint, %s::bigint, %s::timestamptz)"] * len(cases))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH rule (code, family, rate_bp, above, up_to, from_at, before_at, position)
                AS ({rules}),
            sample (family, total, revenue, at) AS (VALUES {values})
            SELECT s.family, s.total, s.revenue, s.at, best.code, best.reimbursed FROM sample s
            JOIN LATERAL (
                SELECT rule.code, (s.total * rule.rate_bp + 5000) / 10000 AS reimbursed FROM rule
                WHERE rule.family = s.family AND s.revenue > rule.above
                  AND (rule.up_to IS NULL OR s.revenue <= rule.up_to)
                  AND s.at >= rule.from_at AND s.at < rule.before_at
                ORDER BY 2, rule.position LIMIT 1) best ON true
            """,  # noqa: S608
            [*params, *[value for case in cases for value in case]],
        )
        rows = cursor.fetchall()

    assert len(rows) == len(cases)
    for family, total, revenue, at, code, paid in rows:
        rule = standard_rule(family=family, revenue_cents=revenue, used_at=at, total_cents=total)
        assert (rule.code, reimbursed_cents(total, rule.rate)) == (code, paid)
