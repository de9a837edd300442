"""Where the offer takes place (portal.md 7.1, « Localisation »)."""

from typing import Any

from django import forms

from offers.models import Offer
from offers.services.place import OwnAddress
from passpro.kernel.forms import ShortTextInput
from venues.forms.common import postal_code_of

AT_VENUE, ELSEWHERE = "venue", "elsewhere"


class PlaceForm(forms.Form):
    """The venue's address, or another one with suggestions; the latter's fields count only then."""

    where = forms.ChoiceField(
        label="Où se passe l’offre ?",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites où se passe l’offre."},
    )
    label = forms.CharField(
        label="Nom de l’endroit",
        required=False,
        max_length=200,
        help_text="Par exemple « Cour du château ». Les jeunes le lisent.",
        widget=ShortTextInput,
    )
    street = forms.CharField(
        label="Numéro et voie",
        required=False,
        max_length=200,
        widget=ShortTextInput(attrs={"autocomplete": "off"}),
    )
    postal_code = forms.CharField(
        label="Code postal",
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    city = forms.CharField(
        label="Ville", required=False, max_length=50, widget=ShortTextInput({"autocomplete": "off"})
    )
    latitude = forms.DecimalField(
        required=False, min_value=-90, max_value=90, widget=forms.HiddenInput
    )
    longitude = forms.DecimalField(
        required=False, min_value=-180, max_value=180, widget=forms.HiddenInput
    )
    ban_id = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        own = {name: getattr(offer, name) for name in _COLUMNS} if offer.is_elsewhere else {}
        own["label"] = offer.address_label
        own["where"] = ELSEWHERE if offer.is_elsewhere else AT_VENUE
        super().__init__(*args, initial=own, **kwargs)
        venue = offer.venue
        self.fields["where"].choices = [
            (AT_VENUE, f"{venue.shown_name} – {venue.one_line_address}"),
            (ELSEWHERE, "À une autre adresse"),
        ]

    def clean_postal_code(self) -> str:
        if self.cleaned_data.get("where") != ELSEWHERE:
            return ""
        return postal_code_of(self.cleaned_data["postal_code"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("where") == ELSEWHERE:
            for name, words in _NEEDED.items():
                if name not in self.errors and not data.get(name):
                    self.add_error(name, words)
        return data

    def address(self) -> OwnAddress | None:
        """What `put_at` takes: None for the venue's."""
        data = self.cleaned_data
        if data["where"] == AT_VENUE:
            return None
        return OwnAddress(label=data["label"], **{name: data[name] for name in _COLUMNS})


_COLUMNS = ("street", "postal_code", "city", "latitude", "longitude", "ban_id")
_NEEDED = {
    "label": "Donnez un nom à cet endroit.",
    "postal_code": "Renseignez le code postal.",
    "city": "Renseignez la ville.",
}
