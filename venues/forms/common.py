"""Fields that forms of structures and venues share."""

from typing import Any

from django import forms

from passpro.accounts.validators import clean_phone
from passpro.kernel.forms import ShortTextInput
from passpro.reference.departments import department_of


def postal_code_of(text: str) -> str:
    text = "".join(text.split())
    if text and not department_of(text):
        raise forms.ValidationError("Saisissez un code postal français de 5 chiffres.")
    return text


def digits_field(label: str, help_text: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class AddressMixin(forms.Form):
    street = forms.CharField(
        label="Numéro et voie",
        max_length=200,
        widget=ShortTextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = forms.CharField(
        label="Code postal",
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label="Ville",
        max_length=50,
        widget=ShortTextInput(attrs={"autocomplete": "address-level2"}),
    )

    def clean_postal_code(self) -> str:
        return postal_code_of(self.cleaned_data["postal_code"])


class PhoneField(forms.CharField):
    """A phone number as people type it, cleaned to the international form."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "tel"}
        super().__init__(max_length=25, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value).strip()
        return clean_phone(text) if text else ""
