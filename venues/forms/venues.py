"""Forms of a venue: its identity and address, its public face, its notifications (D3, D4, D6)."""

from typing import Any

from django import forms

from passpro.kernel.errors import DomainError
from passpro.kernel.forms import ShortTextInput
from passpro.reference.venue_labels import VENUE_LABELS
from venues.activities import ACTIVITIES
from venues.forms.common import AddressMixin, PhoneField, digits_field
from venues.identifiers import clean_siret
from venues.models import Offerer, Venue

ACCESSIBILITY = [
    ("visual", "Visuel"),
    ("mental", "Psychique ou cognitif"),
    ("motor", "Moteur"),
    ("audio", "Auditif"),
    ("none", "Non accessible"),
]
SOCIAL_NETWORKS = {
    "instagram": "Instagram",
    "facebook": "Facebook",
    "tiktok": "TikTok",
    "snapchat": "Snapchat",
    "youtube": "YouTube",
}


def _degrees(most: int, example: str) -> forms.DecimalField:
    return forms.DecimalField(
        required=False,
        min_value=-most,
        max_value=most,
        max_digits=8,
        decimal_places=5,
        localize=True,
        help_text=f"En degrés, par exemple {example}.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class AddressForm(AddressMixin):
    """An address with its point on the map; an empty point is looked up, else left empty."""

    latitude = _degrees(90, "48,38333")
    longitude = _degrees(180, "−4,49500")
    ban_id = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        point = [cleaned.get("latitude"), cleaned.get("longitude")]
        if (
            not {"latitude", "longitude"} & set(self.errors)
            and any(one is None for one in point)
            and any(one is not None for one in point)
        ):
            self.add_error("longitude", "Donnez la latitude et la longitude, ou aucune des deux.")
        return cleaned


class IdentityForm(AddressForm):
    """Who and where the venue is; `venue` is the one being changed, whose SIRET is final (VEN-02).

    With `from_register`, the legal name is the register's and is not typed (VEN-03).
    """

    siret = digits_field(
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
    label = forms.ChoiceField(
        label="Label",
        required=False,
        choices=[("", "Aucun"), *VENUE_LABELS.items()],
        help_text="Donné par le ministère de la Culture ou le CNC.",
    )

    def __init__(
        self, *args: Any, offerer: Offerer, venue: Venue | None = None, **kwargs: Any
    ) -> None:
        self.offerer, self.venue = offerer, venue
        if venue is not None:
            own = {name: getattr(venue, name, None) for name in self.base_fields}
            kwargs["initial"] = own | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if venue is not None and venue.siret:
            del self.fields["siret"], self.fields["comment"], self.fields["name"]

    def clean_siret(self) -> str:
        text = self.cleaned_data["siret"]
        if not text.strip():
            return ""
        try:
            return clean_siret(text, siren=self.offerer.siren)
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "siret" in self.fields and not {"siret", "comment"} & set(self.errors):
            if not cleaned.get("siret") and not cleaned.get("comment", "").strip():
                self.add_error("siret", "Donnez un SIRET, ou expliquez plus bas son absence.")
            elif cleaned.get("siret") and cleaned.get("comment") and self.venue is None:
                self.add_error("comment", "Avec un SIRET, ce commentaire doit rester vide.")
        if cleaned.get("siret") and self.venue is not None:
            cleaned["comment"] = ""
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Arguments of open_venue and update_venue."""
        facts: dict[str, Any] = dict(self.cleaned_data)
        facts["is_address_typed"] = not facts["ban_id"]
        return facts


class WelcomeMixin(forms.Form):
    """What offers of the venue take over."""

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

    def clean_accessibility(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["accessibility"]
        if "none" in chosen and len(chosen) > 1:
            raise forms.ValidationError("« Non accessible » ne va pas avec une autre case.")
        return chosen

    @staticmethod
    def declared(venue: Venue) -> list[str]:
        """The boxes that a venue had ticked."""
        told = {key: getattr(venue, f"{key}_accessible") for key, _ in ACCESSIBILITY[:-1]}
        chosen = [key for key, yes in told.items() if yes]
        if not chosen and any(yes is False for yes in told.values()):
            chosen = ["none"]
        return chosen

    @staticmethod
    def with_accessibility(facts: dict[str, Any]) -> dict[str, Any]:
        chosen = facts.pop("accessibility")
        for key, _ in ACCESSIBILITY[:-1]:
            facts[f"{key}_accessible"] = key in chosen
        return facts


class BookingEmailMixin(forms.Form):
    booking_email = forms.EmailField(
        label="E-mail des réservations",
        max_length=120,
        help_text="Reçoit un message à chaque réservation.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewVenueForm(BookingEmailMixin, WelcomeMixin, IdentityForm):
    """Everything a new venue must say; the rest is told on its pages."""

    field_order = ("siret", "comment", "name", "public_name", "activity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["label"]

    def facts(self) -> dict[str, Any]:
        return self.with_accessibility(super().facts())


class NotificationsForm(BookingEmailMixin):
    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        kwargs["initial"] = {"booking_email": venue.booking_email}
        super().__init__(*args, **kwargs)


class WelcomeForm(WelcomeMixin):
    """The public face of a venue: what it is, when it is open, how to reach it (D7)."""

    is_open_to_public = forms.BooleanField(label="Ce lieu est ouvert au public", required=False)
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    phone = PhoneField(label="Téléphone", required=False)
    contact_email = forms.EmailField(
        label="E-mail public",
        required=False,
        max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.URLField(
        label="Site internet",
        required=False,
        max_length=255,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )
    apply_to_offers = forms.BooleanField(
        label="Reprendre ces changements dans les offres existantes",
        required=False,
        help_text="Accessibilité et modalités de retrait ; l’étape suivante dit combien d’offres "
        "et de réservations sont concernées.",
    )

    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        own = {name: getattr(venue, name, None) for name in self.base_fields}
        links = {f"social_{name}": url for name, url in venue.social_links.items()}
        kwargs["initial"] = own | links | {"accessibility": self.declared(venue)}
        super().__init__(*args, **kwargs)
        for name, label in SOCIAL_NETWORKS.items():
            self.fields[f"social_{name}"] = forms.URLField(
                label=label,
                required=False,
                max_length=255,
                assume_scheme="https",
                widget=forms.URLInput(attrs={"autocomplete": "off"}),
            )

    @property
    def social_fields(self) -> list[Any]:
        return [self[f"social_{name}"] for name in SOCIAL_NETWORKS]

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = dict(self.cleaned_data)
        facts.pop("apply_to_offers")
        facts["social_links"] = {
            name: url for name in SOCIAL_NETWORKS if (url := facts.pop(f"social_{name}"))
        }
        return self.with_accessibility(facts)
