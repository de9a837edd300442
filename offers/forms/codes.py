"""A file of activation codes and the day they end (§3.8)."""

from typing import Any

from django import forms

from offers.constants import CODES_FILE_BYTES
from offers.dates import end_of_local_day
from offers.forms.fields import DayField
from offers.models import Offer


class CodesForm(forms.Form):
    file = forms.FileField(
        label="Fichier des codes",
        help_text="CSV ou texte, un code par ligne, 1 Mo au plus.",
        error_messages={"required": "Choisissez un fichier."},
    )
    expires_on = DayField(
        label="Les codes expirent le",
        required=False,
        help_text="Au moins 7 jours après la date limite de réservation. Vide : jamais.",
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = offer.time_zone

    def facts(self) -> dict[str, Any]:
        """The bytes, and what set_activation_codes takes."""
        day = self.cleaned_data["expires_on"]
        return {
            "raw": self.cleaned_data["file"].read(CODES_FILE_BYTES + 1),
            "expires_at": end_of_local_day(day, self.zone) if day else None,
        }
