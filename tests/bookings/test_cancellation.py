"""Who may cancel until when: the test vectors of §5.6, and the delays of goods (§5.8)."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.cancellation import cancellation_limit, expiry_date, limit_after_date_change
from passpro.reference.categories import subcategory


def june(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("beginning", "limit"),
    [
        (june(11, 20), june(3, 10)),
        (june(4, 20), june(2, 20)),
        (june(3, 10), june(1, 10)),
        (june(2, 20), june(1, 10)),
        (june(5, 10), june(3, 10)),  # exactly 96 h away
        (None, None),
    ],
)
def test_a_booking_of_june_first_at_ten_may_be_cancelled_until(beginning, limit):
    assert cancellation_limit(june(1, 10), beginning) == limit


@pytest.mark.parametrize(
    ("beginning", "limit"), [(june(20, 20), june(7, 9)), (june(6, 20), june(6, 20))]
)
def test_a_date_moved_on_june_fifth_at_nine_gives_until(beginning, limit):
    assert limit_after_date_change(june(5, 9), beginning) == limit


def test_both_delays_are_settings(settings):
    settings.BENEFICIARY_CANCELLATION_AFTER_BOOKING = timedelta(hours=24)
    assert cancellation_limit(june(1, 10), june(11, 20)) == june(2, 10)

    settings.BENEFICIARY_CANCELLATION_BEFORE_EVENT = timedelta(hours=72)
    assert cancellation_limit(june(1, 10), june(4, 20)) == june(1, 20)


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("LIVRE_PAPIER", 7),
        ("SUPPORT_PHYSIQUE_MUSIQUE_CD", 30),
        ("LIVRE_NUMERIQUE", None),
        ("SPECTACLE_REPRESENTATION", None),
        # A dated trial session is an event first: it never expires (CAT-30).
        ("SEANCE_ESSAI_PRATIQUE_ART", None),
    ],
)
def test_a_good_is_kept_for(code, days):
    expected = None if days is None else june(1, 10) + timedelta(days=days)

    assert expiry_date(june(1, 10), subcategory(code)) == expected
