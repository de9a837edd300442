"""When a repeated event takes place: days by rule, hours by day, in the venue's time (§3.4).

Pure arithmetic: nothing is read or written here. Each local day and hour becomes an instant of its
own, so that a show at half past eight stays at half past eight when the clocks change (STK-36).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from offers.dates import NoSuchHour, local_instant
from offers.enums import MonthDay, Rhythm

_LAST_DAYS = 7
_YEARS = (2000, 2200)  # beyond, a slip of the keyboard


class BadSeries(ValueError):
    """A rule that makes no sense; `field` is the name of what must be mended."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.message, self.field = message, field


@dataclass(frozen=True, slots=True)
class Quota:
    """Places for one price category at each date; None is unlimited (STK-34)."""

    price_category_id: int
    places: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What the form of dates asks for; weekdays are 0 (Monday) to 6, `last` is included."""

    rhythm: Rhythm
    first: date
    hours: tuple[time, ...]
    quotas: tuple[Quota, ...]
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    month_day: MonthDay = MonthDay.SAME_DAY
    limit_days: int = 0

    def __post_init__(self) -> None:
        """Raise BadSeries (STK-31 to STK-35)."""
        for name, day in (("date", self.first), ("last", self.last or self.first)):
            if not _YEARS[0] <= day.year <= _YEARS[1]:
                raise BadSeries("Vérifiez l’année.", name)
        if self.rhythm != Rhythm.ONCE and (self.last is None or self.last <= self.first):
            raise BadSeries("La fin doit suivre le premier jour.", "last")
        if self.rhythm == Rhythm.WEEKLY and not self.weekdays:
            raise BadSeries("Choisissez au moins un jour de la semaine.", "weekdays")
        if (
            self.rhythm == Rhythm.MONTHLY
            and self.month_day == MonthDay.LAST
            and not ends_its_month(self.first)
        ):
            raise BadSeries("Ce jour n’est pas le dernier de son mois.", "month_day")
        if not self.hours:
            raise BadSeries("Donnez au moins un horaire.", "hours")
        if len(set(self.hours)) < len(self.hours):
            raise BadSeries("Deux horaires sont identiques.", "hours")
        tariffs = [quota.price_category_id for quota in self.quotas]
        if not tariffs:
            raise BadSeries("Choisissez au moins un tarif.", "quotas")
        if len(set(tariffs)) < len(tariffs):
            raise BadSeries("Un tarif apparaît deux fois.", "quotas")
        if self.limit_days < 0:
            raise BadSeries("Le nombre de jours ne peut pas être négatif.", "limit_days")

    def days(self) -> Iterator[date]:
        """The days of the rule, in order; months without such a day are left out (STK-32)."""
        if self.rhythm == Rhythm.ONCE or self.last is None:
            yield self.first
            return
        facts: dict[str, Any] = {
            "dtstart": datetime.combine(self.first, time()),
            "until": datetime.combine(self.last, time()),
        }
        if self.rhythm == Rhythm.DAILY:
            rule = rrule.rrule(rrule.DAILY, **facts)
        elif self.rhythm == Rhythm.WEEKLY:
            rule = rrule.rrule(rrule.WEEKLY, byweekday=self.weekdays, **facts)
        elif self.month_day == MonthDay.SAME_DAY:
            rule = rrule.rrule(rrule.MONTHLY, bymonthday=self.first.day, **facts)
        else:
            day = rrule.weekday(self.first.weekday())
            rank = -1 if self.month_day == MonthDay.LAST else rank_in_month(self.first)
            rule = rrule.rrule(rrule.MONTHLY, byweekday=day(rank), **facts)
        for moment in rule:
            yield moment.date()

    def as_json(self) -> dict[str, Any]:
        """What a background job keeps; `from_json` reads it back."""
        return {
            "rhythm": self.rhythm.value,
            "first": self.first.isoformat(),
            "last": self.last.isoformat() if self.last else None,
            "hours": [hour.isoformat() for hour in self.hours],
            "quotas": [[quota.price_category_id, quota.places] for quota in self.quotas],
            "weekdays": list(self.weekdays),
            "month_day": self.month_day.value,
            "limit_days": self.limit_days,
        }

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> "Series":
        """The series written by `as_json`."""
        return cls(
            rhythm=Rhythm(facts["rhythm"]),
            first=date.fromisoformat(facts["first"]),
            last=date.fromisoformat(facts["last"]) if facts["last"] else None,
            hours=tuple(time.fromisoformat(hour) for hour in facts["hours"]),
            quotas=tuple(Quota(tariff, places) for tariff, places in facts["quotas"]),
            weekdays=tuple(facts["weekdays"]),
            month_day=MonthDay(facts["month_day"]),
            limit_days=facts["limit_days"],
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """One beginning and the last instant to book it (STK-35), in UTC."""

    beginning_at: datetime
    limit_at: datetime


@dataclass(frozen=True, slots=True)
class Moments:
    """The beginnings of a series, and the local hours that the change to summer time skips."""

    found: list[Moment]
    skipped: list[tuple[date, time]]
    is_cut: bool


def moments(series: Series, zone: str, *, at_most: int) -> Moments:
    """Beginnings in order; `is_cut` when there are more than `at_most` days."""
    days = list(islice(series.days(), at_most + 1))
    found: list[Moment] = []
    skipped: list[tuple[date, time]] = []
    for day in days[:at_most]:
        for hour in sorted(series.hours):
            try:
                beginning = local_instant(day, hour, zone)
            except NoSuchHour:
                skipped.append((day, hour))
            else:
                found.append(Moment(beginning, _limit(beginning, series.limit_days, zone)))
    return Moments(found, skipped, is_cut=len(days) > at_most)


def _limit(beginning: datetime, days: int, zone: str) -> datetime:
    """The same hour on the clock, `days` days before; an hour skipped then is the next one."""
    if not days:
        return beginning
    local = beginning.astimezone(ZoneInfo(zone)) - timedelta(days=days)
    return local.astimezone(UTC)


def rank_in_month(day: date) -> int:
    """1 for the first such weekday of its month, up to 5."""
    return (day.day - 1) // 7 + 1


def ends_its_month(day: date) -> bool:
    """True when no such weekday follows in the month."""
    return (day + timedelta(days=_LAST_DAYS)).month != day.month
