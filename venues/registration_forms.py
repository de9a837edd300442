"""Forms of the sign-up journey: shape only."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator

from passpro.kernel.errors import DomainError
from passpro.kernel.forms import ShortTextInput
from venues.activities import ACTIVITIES
from venues.enums import Audience
from venues.forms import AddressMixin
from venues.identifiers import clean_number
from venues.registration_draft import Draft

_is_url = URLValidator(schemes=["http", "https"])
MAX_LINKS = 10


class NumberForm(forms.Form):
    number = forms.CharField(
        label="SIREN ou SIRET",
        help_text="9 chiffres pour la structure, 14 pour un établissement ; espaces acceptés.",
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        try:
            clean_number(number)
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from None
        return number


class IdentityForm(AddressMixin):
    """B4; the name is asked only when the register did not answer."""

    name = forms.CharField(
        label="Raison sociale",
        max_length=140,
        help_text="Le nom de la structure, tel qu’il figure au répertoire des entreprises.",
        widget=ShortTextInput(attrs={"autocomplete": "organization"}),
    )
    public_name = forms.CharField(
        label="Nom public",
        max_length=255,
        required=False,
        help_text="S’il est différent de la raison sociale : c’est lui que voit le public.",
        widget=ShortTextInput,
    )
    latitude = forms.DecimalField(
        required=False, min_value=-90, max_value=90, widget=forms.HiddenInput
    )
    longitude = forms.DecimalField(
        required=False, min_value=-180, max_value=180, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        names = (
            "name", "public_name", "street", "postal_code", "city", "latitude", "longitude",
        )  # fmt: skip
        kwargs["initial"] = {name: getattr(draft, name) for name in names}
        super().__init__(*args, **kwargs)
        if draft.is_checked or draft.joins:
            del self.fields["name"]

    def write(self, draft: Draft) -> None:
        typed = self.cleaned_data
        draft.name = typed.get("name", draft.name)
        before = (draft.street, draft.postal_code, draft.city)
        for name in ("public_name", "street", "postal_code", "city"):
            setattr(draft, name, typed[name])
        point = [typed.get("latitude"), typed.get("longitude")]
        # Without script, the point of the former address comes back with the new one.
        is_stale = (draft.street, draft.postal_code, draft.city) != before and [
            str(one) for one in point
        ] == [draft.latitude, draft.longitude]
        has_point = all(isinstance(one, Decimal) for one in point) and not is_stale
        draft.latitude, draft.longitude = map(str, point) if has_point else ("", "")
        draft.has_identity = True


class PreparedActivityForm(forms.Form):
    """B8, before an account exists."""

    activity = forms.ChoiceField(
        label="Activité principale", choices=[("", "Choisissez"), *ACTIVITIES]
    )


class PreparedAudienceForm(forms.Form):
    """B8."""

    audience = forms.MultipleChoiceField(
        label="À qui s’adresse votre offre",
        choices=[
            (Audience.INDIVIDUAL.value, Audience.INDIVIDUAL.label),
            (Audience.EDUCATIONAL.value, Audience.EDUCATIONAL.label),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins un public."},
    )


class ActivityForm(PreparedActivityForm, PreparedAudienceForm):
    """B5."""

    field_order = ("activity", "audience", "web_presence")
    web_presence = forms.CharField(
        label="Sites internet et réseaux sociaux",
        required=False,
        max_length=1000,
        help_text="Une adresse par ligne ; notre équipe les consulte pour vous connaître.",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://"}),
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(draft, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def clean_web_presence(self) -> str:
        lines = self.cleaned_data["web_presence"].split()
        if len(lines) > MAX_LINKS:
            raise forms.ValidationError(f"Donnez au plus {MAX_LINKS} adresses.")
        links = [line if "://" in line else f"https://{line}" for line in lines]
        for link in links:
            try:
                _is_url(link)
            except forms.ValidationError:
                raise forms.ValidationError(
                    f"« {link} » n’est pas une adresse de site : commencez par https://."
                ) from None
        return "\n".join(links)

    def write(self, draft: Draft) -> None:
        draft.activity = self.cleaned_data["activity"]
        draft.audience = self.cleaned_data["audience"]
        draft.web_presence = self.cleaned_data["web_presence"]
