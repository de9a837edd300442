from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passpro.kernel import money

AMOUNTS = st.integers(min_value=0, max_value=99_999_999_99)
RATES = st.decimals(min_value=0, max_value=1, places=4)


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0,00 €"),
        (5, "0,05 €"),
        (800, "8,00 €"),
        (1234567, "12\u202f345,67 €"),
        (-4800, "−48,00 €"),
    ],
)
def test_euros_are_written_in_french(cents, text):
    assert money.euros(cents) == text.replace(" €", "\u00a0€")


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("12", 1200), ("12,5", 1250), ("12.50 €", 1250), (" 1 234,56 ", 123456), ("0", 0),
     ("1\u202f000\u00a0€", 100000)],
)  # fmt: skip
def test_amounts_are_read_as_people_type_them(typed, cents):
    assert money.parse_euros(typed) == cents


@pytest.mark.parametrize("typed", ["", "douze", "1,234", "-5", "1,2,3", "1e3", "12 $", "123456789"])
def test_what_is_not_an_amount_is_refused(typed):
    with pytest.raises(money.NotAnAmount):
        money.parse_euros(typed)


@given(AMOUNTS)
def test_what_is_written_is_read_back(cents):
    assert money.parse_euros(money.euros(cents)) == cents
    assert money.parse_euros(money.decimal_comma(cents)) == cents


@given(AMOUNTS, RATES)
def test_a_rate_never_moves_an_amount_by_more_than_half_a_cent(cents, rate):
    exact = Decimal(cents) * rate

    assert abs(money.apply_rate(cents, rate) - exact) <= Decimal("0.5")


@given(AMOUNTS, RATES)
def test_a_part_and_its_complement_differ_from_the_whole_by_one_cent_at_most(cents, rate):
    parts = money.apply_rate(cents, rate) + money.apply_rate(cents, 1 - rate)

    assert abs(parts - cents) <= 1


@pytest.mark.parametrize(
    ("value", "cents"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("2.4999", 2)]
)
def test_halves_are_rounded_away_from_zero(value, cents):
    assert money.round_cents(Decimal(value)) == cents
