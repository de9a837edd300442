"""Forms of structures and venues: shape only, services decide."""

from typing import Any

from django import forms

from passpro.kernel.errors import DomainError
from passpro.kernel.forms import ShortTextInput
from passpro.reference.departments import department_of
from venues.activities import ACTIVITIES
from venues.identifiers import clean_siret
from venues.models import Offerer, Venue

ACCESSIBILITY = [
    ("visual", "Visuel"),
    ("mental", "Psychique ou cognitif"),
    ("motor", "Moteur"),
    ("audio", "Auditif"),
    ("none", "Non accessible"),
]


def _postal_code(text: str) -> str:
    text = "".join(text.split())
    if text and not department_of(text):
        raise forms.ValidationError("Saisissez un code postal français de 5 chiffres.")
    return text


def _digits_field(label: str, help_text: str, *, required: bool = True) -> forms.CharField:
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
        return _postal_code(self.cleaned_data["postal_code"])


class VenueForm(AddressMixin):
    """A physical venue; `venue` is the one being changed, whose SIRET is final (VEN-02)."""

    siret = _digits_field(
        "SIRET du lieu",
        "Quatorze chiffres ; les neuf premiers sont le SIREN de la structure. "
        "Il ne pourra plus être changé.",
        required=False,
    )
    comment = forms.CharField(
        label="Commentaire, si le lieu n’a pas de SIRET",
        required=False,
        max_length=500,
        help_text="Dites pourquoi : lieu prêté, en plein air, itinérant…",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    name = forms.CharField(
        label="Raison sociale",
        max_length=140,
        widget=ShortTextInput(attrs={"autocomplete": "organization"}),
    )
    public_name = forms.CharField(
        label="Nom public",
        max_length=255,
        required=False,
        help_text="Affiché aux jeunes à la place de la raison sociale.",
        widget=ShortTextInput,
    )
    activity = forms.ChoiceField(
        label="Activité principale", choices=[("", "Choisissez"), *ACTIVITIES]
    )
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    latitude = forms.DecimalField(
        required=False, min_value=-90, max_value=90, max_digits=8, decimal_places=5, localize=True
    )
    longitude = forms.DecimalField(
        required=False, min_value=-180, max_value=180, max_digits=8, decimal_places=5, localize=True
    )
    accessibility = forms.MultipleChoiceField(
        label="Ce lieu est accessible aux publics en situation de handicap",
        choices=ACCESSIBILITY,
        widget=forms.CheckboxSelectMultiple,
        help_text="Repris dans vos nouvelles offres.",
        error_messages={"required": "Cochez au moins une case, ou « Non accessible »."},
    )
    withdrawal_details = forms.CharField(
        label="Modalités de retrait",
        required=False,
        max_length=500,
        help_text="Où et quand retirer les billets ou les achats ; repris dans vos offres.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    booking_email = forms.EmailField(
        label="E-mail des réservations",
        max_length=120,
        help_text="Reçoit un message à chaque réservation.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(
        self, *args: Any, offerer: Offerer, venue: Venue | None = None, **kwargs: Any
    ) -> None:
        self.offerer, self.venue = offerer, venue
        if venue is not None:
            kwargs["initial"] = self._as_initial(venue)
        super().__init__(*args, **kwargs)
        self.fields["latitude"].help_text = "Facultative, par exemple 48,38333."
        self.fields["longitude"].help_text = "Facultative, par exemple −4,49500."
        if venue is not None and venue.siret:
            del self.fields["siret"], self.fields["comment"]

    @staticmethod
    def _as_initial(venue: Venue) -> dict[str, Any]:
        initial = {
            name: getattr(venue, name) for name in VenueForm.base_fields if name != "accessibility"
        }
        declared = {key: getattr(venue, f"{key}_accessible") for key, _ in ACCESSIBILITY[:-1]}
        chosen = [key for key, yes in declared.items() if yes]
        if not chosen and any(yes is False for yes in declared.values()):
            chosen = ["none"]
        return initial | {"accessibility": chosen}

    def clean_siret(self) -> str:
        text = self.cleaned_data["siret"]
        if not text.strip():
            return ""
        try:
            return clean_siret(text, siren=self.offerer.siren)
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from None

    def clean_accessibility(self) -> list[str]:
        chosen = self.cleaned_data["accessibility"]
        if "none" in chosen and len(chosen) > 1:
            raise forms.ValidationError("« Non accessible » ne va pas avec une autre case.")
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "siret" in self.fields and "siret" not in self.errors and "comment" not in self.errors:
            if not cleaned.get("siret") and not cleaned.get("comment", "").strip():
                self.add_error("siret", "Donnez un SIRET, ou expliquez plus bas son absence.")
            elif cleaned.get("siret") and cleaned.get("comment"):
                self.add_error("comment", "Avec un SIRET, ce commentaire doit rester vide.")
        if bool(cleaned.get("latitude")) != bool(cleaned.get("longitude")) and not (
            {"latitude", "longitude"} & set(self.errors)
        ):
            self.add_error("longitude", "Donnez la latitude et la longitude, ou aucune des deux.")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Arguments of open_venue and update_venue."""
        facts: dict[str, Any] = dict(self.cleaned_data)
        chosen = facts.pop("accessibility")
        for key, _ in ACCESSIBILITY[:-1]:
            facts[f"{key}_accessible"] = key in chosen
        return facts


class ApiKeyForm(forms.Form):
    label = forms.CharField(
        label="Nom de la clé",
        max_length=80,
        help_text="Pour la reconnaître, par exemple le nom de votre logiciel de billetterie.",
        widget=ShortTextInput(attrs={"autocomplete": "off"}),
    )
