"""Dates by a rule, and the filters of the page that lists them (§3.4, §3.5)."""

from datetime import time
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from offers.constants import MAX_HOURS, MAX_LIMIT_DAYS, MAX_QUANTITY
from offers.dates import minutes_between
from offers.enums import MonthDay, Rhythm
from offers.forms.fields import DayField, HourField, PlacesField
from offers.forms.stocks import PriceChoice
from offers.models import Offer, PriceCategory
from offers.recurrence import BadSeries, Quota, Series

WEEKDAYS = [
    (0, "lundi"),
    (1, "mardi"),
    (2, "mercredi"),
    (3, "jeudi"),
    (4, "vendredi"),
    (5, "samedi"),
    (6, "dimanche"),
]


class SeriesForm(forms.Form):
    """One date or many: a rhythm, hours, and places for each tariff, in the venue's own time."""

    rhythm = forms.ChoiceField(
        label="Quand l’événement a-t-il lieu ?",
        choices=Rhythm,
        widget=forms.RadioSelect,
        initial=Rhythm.ONCE,
        required=False,
    )
    date = DayField(label="Date", help_text="Le premier jour, si l’événement se répète.")
    last = DayField(label="Jusqu’au", required=False, help_text="Ce jour compris.")
    weekdays = forms.TypedMultipleChoiceField(
        label="Jours",
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    month_day = forms.ChoiceField(
        label="Quel jour de chaque mois ?",
        choices=MonthDay,
        widget=forms.RadioSelect,
        initial=MonthDay.SAME_DAY,
        required=False,
    )
    hours = forms.IntegerField(required=False, widget=forms.HiddenInput)
    end_hour = HourField(
        label="Heure de fin", required=False, help_text="Remplit la durée de l’offre."
    )
    limit_days = forms.IntegerField(
        label="Nombre de jours avant l’événement",
        required=False,
        min_value=0,
        max_value=MAX_LIMIT_DAYS,
        help_text="Vide : on peut réserver jusqu’au début de l’événement.",
        error_messages={
            "invalid": "Saisissez un nombre entier de jours, ou laissez vide.",
            "min_value": "Le nombre de jours ne peut pas être négatif.",
            "max_value": f"Le nombre de jours ne peut pas dépasser {MAX_LIMIT_DAYS}.",
        },
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prices: list[PriceCategory] = list(
            offer.price_categories.order_by("price_cents", "label")
        )
        self.hours_shown = _bounded(self.data.get("hours") or self.initial.get("hours"))
        self.initial["hours"] = self.hours_shown
        for number in range(1, self.hours_shown + 1):
            self.fields[f"hour_{number}"] = HourField(
                label="Heure de début" if self.hours_shown == 1 else f"Horaire {number}",
                required=number == 1,
            )
        for price in self.prices:
            self._add_price(price)

    def _add_price(self, price: PriceCategory) -> None:
        is_single = len(self.prices) == 1
        if not is_single:
            self.fields[f"tariff_{price.pk}"] = forms.BooleanField(
                label=PriceChoice.label_from_instance(self, price),  # type: ignore[arg-type]
                required=False,
                initial=True,
            )
        self.fields[f"places_{price.pk}"] = PlacesField(
            label="Nombre de places" if is_single else f"Places, {price.label}",
            min_value=1,
            max_value=MAX_QUANTITY,
            help_text="Vide : pas de limite." if is_single else "",
        )

    def hour_fields(self) -> list[forms.BoundField]:
        return [self[f"hour_{number}"] for number in range(1, self.hours_shown + 1)]

    def price_fields(self) -> list[tuple[forms.BoundField | None, forms.BoundField]]:
        """The box and the places of each tariff; no box for a single one."""
        return [
            (
                self[f"tariff_{price.pk}"] if len(self.prices) > 1 else None,
                self[f"places_{price.pk}"],
            )
            for price in self.prices
        ]

    def day_boxes(self) -> list[tuple[SafeString, str]]:
        """Input and name of each weekday."""
        return [(box.tag(), str(box.choice_label)) for box in self["weekdays"].subwidgets]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        quotas = tuple(
            Quota(price.pk, data.get(f"places_{price.pk}"))
            for price in self.prices
            if len(self.prices) == 1 or data.get(f"tariff_{price.pk}")
        )
        try:
            data["series"] = Series(
                rhythm=Rhythm(data.get("rhythm") or Rhythm.ONCE),
                first=data["date"],
                last=data.get("last"),
                weekdays=tuple(sorted(data.get("weekdays") or ())),
                month_day=MonthDay(data.get("month_day") or MonthDay.SAME_DAY),
                hours=tuple(self._hours(data)),
                quotas=quotas,
                limit_days=data.get("limit_days") or 0,
            )
        except BadSeries as error:
            self.add_error(self.name_of(error.field), error.message)
        return data

    def _hours(self, data: dict[str, Any]) -> list[time]:
        typed = (data.get(f"hour_{number}") for number in range(1, self.hours_shown + 1))
        return [hour for hour in typed if hour is not None]

    def name_of(self, field: str) -> str:
        """The field of this form that a refusal speaks of."""
        places = next((name for name in self.fields if name.startswith("places_")), "date")
        boxes = next((name for name in self.fields if name.startswith("tariff_")), places)
        return {"hours": f"hour_{self.hours_shown}", "quotas": boxes}.get(field, field)

    @property
    def is_rule(self) -> bool:
        """True when every field was understood: what is refused then is the rule itself."""
        return "series" in self.cleaned_data

    def series(self) -> Series:
        series: Series = self.cleaned_data["series"]
        return series

    def duration_minutes(self) -> int | None:
        """From the first hour to the end hour typed; None when it was left empty (seed 003)."""
        start, end = self.cleaned_data["hour_1"], self.cleaned_data.get("end_hour")
        return minutes_between(start, end) if end else None

    def with_hours(self, typed: dict[str, Any], *, remove: str = "") -> dict[str, Any]:
        """What was typed with one hour more, or without the hour of that number."""
        values = [typed.get(f"hour_{number}") for number in range(1, self.hours_shown + 1)]
        if remove.isdigit() and 0 < int(remove) <= len(values) > 1:
            del values[int(remove) - 1]
        elif not remove:
            values.append("")
        kept = {name: value for name, value in typed.items() if not name.startswith("hour_")}
        kept["hours"] = _bounded(len(values))
        return kept | {f"hour_{number}": value for number, value in enumerate(values, start=1)}


def _bounded(number: Any) -> int:
    """How many hours the form shows."""
    text = str(number or 1)
    return min(max(int(text), 1), MAX_HOURS) if text.isdigit() and len(text) < 4 else 1


class DateFilter(forms.Form):
    """One day, one hour, one tariff (STK-40); wrong values are simply not applied."""

    jour = DayField(label="Jour", required=False)
    heure = HourField(label="Heure", required=False)
    tarif = PriceChoice(
        label="Tarif",
        queryset=PriceCategory.objects.none(),
        required=False,
        empty_label="Tous les tarifs",
    )

    def __init__(self, data: Any, *, offer: Offer) -> None:
        super().__init__(data)
        self.fields["tarif"].queryset = offer.price_categories.order_by("price_cents", "label")
        self.is_valid()

    @property
    def is_used(self) -> bool:
        return any(value is not None for value in self.cleaned_data.values())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The filters as typed, for the form that acts on all that they find."""
        return [(name, self.data[name]) for name, value in self.cleaned_data.items() if value]
