"""Fields of the offer forms: durations, EAN, grouped choices of the catalogue."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from passpro.reference.artistic_types import Kind
from passpro.reference.categories import CATEGORIES, ONLINE, SUBCATEGORIES, Subcategory

Choices = list[tuple[str, Any]]

_DURATION = re.compile(r"^(\d{1,3})\s*[:hH]\s*(\d{2})?$")

# What a person wants to propose → (dated, online); §2.2 OFF-31.
NATURES: dict[str, tuple[bool, bool]] = {
    "evenement": (True, False),
    "bien": (False, False),
    "evenement-numerique": (True, True),
    "bien-numerique": (False, True),
}


def nature_of(kind: Subcategory) -> str:
    """The nature whose list holds this subcategory."""
    pair = (kind.is_event, kind.where == ONLINE)
    return next(name for name, facts in NATURES.items() if facts == pair)


def subcategory_choices(nature: str) -> Choices:
    """Selectable subcategories of a nature, grouped by category, by French label (CAT-13)."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in sorted(SUBCATEGORIES, key=lambda item: item.label):
        if kind.is_selectable and nature_of(kind) == nature:
            groups.setdefault(CATEGORIES[kind.category_id].label, []).append((kind.id, kind.label))
    return [("", "Choisissez"), *sorted(groups.items())]


def type_choices(tree: tuple[Kind, ...], *, with_children: bool) -> Choices:
    """Music or show types: one list, sub-types under their type, « type:sub-type »."""
    if not with_children:
        return [("", "Choisissez"), *((str(kind.code), kind.label) for kind in tree)]
    return [
        ("", "Choisissez"),
        *(
            (kind.label, [(f"{kind.code}:{code}", label) for code, label in kind.children])
            for kind in tree
        ),
    ]


class DurationField(forms.CharField):
    """« 1:45 », « 1h45 » or « 2 h » cleaned to minutes (§1.5)."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        found = _DURATION.match(text)
        if not found or int(found[2] or 0) > 59:
            raise forms.ValidationError(
                "Saisissez la durée en heures et minutes, par exemple 1:45.", code="duration"
            )
        return int(found[1]) * 60 + int(found[2] or 0)


class EanField(forms.CharField):
    """Thirteen digits, typed with or without spaces and hyphens (CAT-22)."""

    def clean(self, value: Any) -> str:
        text = re.sub(r"[\s\u00a0-]", "", super().clean(value))
        if text and not re.fullmatch(r"\d{13}", text):
            raise forms.ValidationError(
                "L’EAN est composé de 13 chiffres ; vérifiez celui que vous avez saisi.",
                code="ean",
            )
        return text


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "error_messages": {
                    "required": "Renseignez la date.",
                    "invalid": "Saisissez une date, par exemple 28/05/2026.",
                },
                **kwargs,
            }
        )


class HourField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "error_messages": {
                    "required": "Renseignez l’heure.",
                    "invalid": "Saisissez une heure, par exemple 20:30.",
                },
                **kwargs,
            }
        )


class PlacesField(forms.IntegerField):
    """A number of places; empty means unlimited."""

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        least = (
            "Saisissez au moins 1 place, ou laissez vide s’il n’y a pas de limite."
            if min_value
            else "Le nombre de places ne peut pas être négatif."
        )
        super().__init__(
            min_value=min_value,
            max_value=max_value,
            required=False,
            error_messages={
                "invalid": "Saisissez un nombre entier de places, ou laissez vide.",
                "min_value": least,
                "max_value": "Le nombre de places ne peut pas dépasser 1 000 000.",
            },
            **kwargs,
        )


def quarter_hours() -> list[tuple[str, str]]:
    """Hours of a day by quarters, for a select (OFF-120)."""
    start = datetime.combine(date(2000, 1, 1), time())
    moments = [start + timedelta(minutes=15 * n) for n in range(96)]
    return [(f"{m:%H:%M}", f"{m.hour} h {m.minute:02d}") for m in moments]
