"""Opening hours: seven days, two ranges each."""

from collections.abc import Iterator
from typing import Any

from django import forms

from venues.models import OpeningRange
from venues.opening import DAYS, Range

PARTS = ("opens1", "closes1", "opens2", "closes2")
WORDS = ("ouvre à", "ferme à", "ouvre de nouveau à", "ferme à la fin")


class OpeningForm(forms.Form):
    """Empty = closed; an end at 00:00 is midnight at the end of the day."""

    def __init__(self, *args: Any, ranges: list[OpeningRange], **kwargs: Any) -> None:
        kwargs["initial"] = _initial(ranges)
        super().__init__(*args, **kwargs)
        for day, name in enumerate(DAYS):
            for part, words in zip(PARTS, WORDS, strict=True):
                self.fields[f"day{day}_{part}"] = forms.TimeField(
                    label=f"{name.capitalize()} : {words}",
                    required=False,
                    input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"],
                    error_messages={"invalid": f"{name.capitalize()} : saisissez 18:30."},
                    widget=forms.TimeInput(attrs={"class": "w-time"}),
                )

    def days(self) -> Iterator[dict[str, Any]]:
        """What the template draws: name, bound fields, errors of the line."""
        for day, name in enumerate(DAYS):
            fields = [self[f"day{day}_{part}"] for part in PARTS]
            yield {
                "name": name.capitalize(),
                "fields": fields,
                "errors": [error for field in fields for error in field.errors],
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for day, name in enumerate(DAYS):
            for first in (0, 2):
                pair = [f"day{day}_{part}" for part in PARTS[first : first + 2]]
                given = [cleaned.get(one) is not None for one in pair]
                if any(given) and not all(given) and not set(pair) & set(self.errors):
                    missing = pair[given.index(False)]
                    self.add_error(
                        missing, f"{name.capitalize()} : donnez l’ouverture et la fermeture."
                    )
        return cleaned

    def ranges(self) -> list[Range]:
        """Arguments of set_opening_hours."""
        found = []
        for day in range(len(DAYS)):
            for first in (0, 2):
                opens, closes = (
                    self.cleaned_data[f"day{day}_{part}"] for part in PARTS[first : first + 2]
                )
                if opens is not None:
                    end = closes.hour * 60 + closes.minute or 1440
                    found.append(Range(day, opens.hour * 60 + opens.minute, end))
        return found


def _initial(ranges: list[OpeningRange]) -> dict[str, str]:
    initial: dict[str, str] = {}
    seen: dict[int, int] = {}
    for one in sorted(ranges, key=lambda one: (one.weekday, one.opens_minute)):
        number = seen[one.weekday] = seen.get(one.weekday, 0) + 1
        initial[f"day{one.weekday}_opens{number}"] = _clock(one.opens_minute)
        initial[f"day{one.weekday}_closes{number}"] = _clock(one.closes_minute)
    return initial


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
