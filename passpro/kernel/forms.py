"""Form fields shared by the apps."""

from typing import Any

from django import forms

from passpro.kernel import money


class ShortTextInput(forms.TextInput):
    """A name or an address: its limit is far, so no counter is drawn."""

    template_name = "django/forms/widgets/text.html"


class EurosField(forms.CharField):
    """An amount typed in euros, cleaned to integer cents between `min_cents` and `max_cents`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, min_cents: int = 0, max_cents: int | None = None, **kwargs: Any) -> None:
        self.min_cents, self.max_cents = min_cents, max_cents
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return money.decimal_comma(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            cents = money.parse_euros(text)
        except money.NotAnAmount:
            raise forms.ValidationError(
                "Saisissez un montant en euros avec des chiffres, par exemple 12,50.",
                code="not_an_amount",
            ) from None
        if cents < self.min_cents:
            raise forms.ValidationError(
                f"Le montant doit être d’au moins {money.euros(self.min_cents)}.", code="too_low"
            )
        if self.max_cents is not None and cents > self.max_cents:
            raise forms.ValidationError(
                f"Le montant ne peut pas dépasser {money.euros(self.max_cents)}.", code="too_high"
            )
        return cents
