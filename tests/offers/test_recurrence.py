"""Days and hours of a repeated event, in the venue's time (STK-31 to STK-36)."""

from datetime import date, time

import pytest

from offers.enums import MonthDay, Rhythm
from offers.recurrence import BadSeries, Quota, Series, moments

FESTIVAL = {
    "rhythm": Rhythm.DAILY,
    "first": date(2026, 7, 1),
    "last": date(2026, 7, 10),
    "hours": (time(14, 30), time(20, 30)),
    "quotas": (Quota(1, 40), Quota(2, None)),
}


def rule(**changes):
    return Series(**(FESTIVAL | changes))


def days_of(**changes):
    return [f"{day:%d/%m}" for day in rule(**changes).days()]


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"rhythm": Rhythm.ONCE, "last": None}, ["01/07"]),
        ({"last": date(2026, 7, 3)}, ["01/07", "02/07", "03/07"]),
        (
            {"rhythm": Rhythm.WEEKLY, "weekdays": (1, 3), "last": date(2026, 7, 9)},
            ["02/07", "07/07", "09/07"],
        ),
        # Months too short are left out.
        (
            {"rhythm": Rhythm.MONTHLY, "first": date(2026, 8, 31), "last": date(2026, 12, 31)},
            ["31/08", "31/10", "31/12"],
        ),
        # The second Tuesday; then the fifth Thursday, which few months have; then the last one.
        (
            {
                "rhythm": Rhythm.MONTHLY,
                "first": date(2026, 7, 14),
                "last": date(2026, 9, 30),
                "month_day": MonthDay.SAME_RANK,
            },
            ["14/07", "11/08", "08/09"],
        ),
        (
            {
                "rhythm": Rhythm.MONTHLY,
                "first": date(2026, 7, 30),
                "last": date(2026, 12, 31),
                "month_day": MonthDay.SAME_RANK,
            },
            ["30/07", "29/10", "31/12"],
        ),
        (
            {
                "rhythm": Rhythm.MONTHLY,
                "first": date(2026, 7, 28),
                "last": date(2026, 9, 30),
                "month_day": MonthDay.LAST,
            },
            ["28/07", "25/08", "29/09"],
        ),
    ],
)
def test_the_days_of_a_rule(changes, days):
    assert days_of(**changes) == days


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last": date(2026, 7, 1)}, "last"),
        ({"last": None}, "last"),
        ({"first": date(1926, 7, 1)}, "date"),
        ({"rhythm": Rhythm.WEEKLY}, "weekdays"),
        (
            {"rhythm": Rhythm.MONTHLY, "last": date(2026, 9, 1), "month_day": MonthDay.LAST},
            "month_day",
        ),
        ({"hours": ()}, "hours"),
        ({"hours": (time(20, 30), time(20, 30))}, "hours"),
        ({"quotas": ()}, "quotas"),
        ({"quotas": (Quota(1), Quota(1))}, "quotas"),
        ({"limit_days": -1}, "limit_days"),
    ],
)
def test_a_rule_that_makes_no_sense_names_what_to_mend(changes, field):
    with pytest.raises(BadSeries) as refusal:
        rule(**changes)

    assert refusal.value.field == field


def instants(zone, **changes):
    reading = moments(rule(**changes), zone, at_most=100)
    shown = [f"{one.beginning_at:%d %H:%M}/{one.limit_at:%d %H:%M}" for one in reading.found]
    return shown, [f"{day:%d} {hour:%H:%M}" for day, hour in reading.skipped]


def test_the_hour_on_the_clock_stays_when_clocks_change():
    march = {"first": date(2027, 3, 27), "last": date(2027, 3, 29), "limit_days": 1}
    october = {"first": date(2026, 10, 24), "last": date(2026, 10, 26), "hours": (time(20, 30),)}

    # On 28 March the clock goes from 2 to 3 o'clock: half past two does not exist that day.
    assert instants("Europe/Paris", **march, hours=(time(2, 30), time(20, 30))) == (
        [
            "27 01:30/26 01:30",
            "27 19:30/26 19:30",
            "28 18:30/27 19:30",
            "29 00:30/28 01:30",
            "29 18:30/28 18:30",
        ],
        ["28 02:30"],
    )
    assert instants("Europe/Paris", **october)[0] == [
        "24 18:30/24 18:30",
        "25 19:30/25 19:30",
        "26 19:30/26 19:30",
    ]
    # On 25 October half past two comes twice: the first one is meant.
    twice = {"first": date(2026, 10, 25), "last": date(2026, 10, 26), "hours": (time(2, 30),)}
    assert instants("Europe/Paris", **twice)[0][0] == "25 00:30/25 00:30"
    # No change in Martinique.
    assert instants("America/Martinique", **october)[0][:2] == [
        "25 00:30/25 00:30",
        "26 00:30/26 00:30",
    ]


def test_a_rule_is_kept_whole_for_a_worker_and_cut_when_it_never_ends():
    kept = rule(rhythm=Rhythm.WEEKLY, weekdays=(0, 6), limit_days=2)

    assert Series.from_json(kept.as_json()) == kept
    assert moments(rule(last=date(2199, 1, 1)), "Europe/Paris", at_most=5).is_cut
