"""What people type about templates (« offres vitrines », §2.4, §12.3)."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from collective.enums import DisplayStatus
from collective.forms import DAY_ERRORS, DetailsForm, VenueChoice, initial_of_offer, instant_of
from collective.models import CollectiveTemplate
from collective.services.templates import Showing
from passpro.accounts.models import User
from passpro.reference.school_projects import FORMATS
from venues.models import Venue

STATUSES = (
    DisplayStatus.DRAFT,
    DisplayStatus.UNDER_REVIEW,
    DisplayStatus.PUBLISHED,
    DisplayStatus.HIDDEN,
    DisplayStatus.ENDED,
    DisplayStatus.REJECTED,
    DisplayStatus.ARCHIVED,
)


class TemplateForm(DetailsForm):
    """The one step of a template."""

    price_detail = forms.CharField(
        label="Informations sur le prix", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    start_day = forms.DateField(
        label="Du", required=False, error_messages=DAY_ERRORS,
        help_text="Vide : toute l’année.",
    )  # fmt: skip
    end_day = forms.DateField(
        label="Au", required=False, error_messages=DAY_ERRORS, help_text="Incluse."
    )
    contact_by_form = forms.BooleanField(
        label="Le formulaire de PassPro", required=False,
        help_text="Vous recevez la demande par e-mail et dans « Demandes ».",
    )  # fmt: skip
    contact_url = forms.URLField(
        label="Votre propre formulaire", required=False, max_length=300, assume_scheme="https",
        error_messages={"invalid": "Saisissez une adresse web, par exemple https://…"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_email"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("contact_url") and data.get("contact_by_form"):
            self.add_error("contact_url", "Choisissez un seul formulaire.")
        wrong = {"contact_email", "contact_phone", "contact_url"} & set(self.errors)
        means = ("contact_email", "contact_phone", "contact_url", "contact_by_form")
        if not wrong and not any(data.get(name) for name in means):
            self.add_error("contact_by_form", "Choisissez au moins un moyen de contact.")
        first, last = data.get("start_day"), data.get("end_day")
        if first and not last and "end_day" not in self.errors:
            self.add_error("end_day", "Renseignez la date de fin.")
        if last and not first and "start_day" not in self.errors:
            self.add_error("start_day", "Renseignez la date de début.")
        return data

    def showing(self, zone: str) -> Showing:
        """The days are whole, in the venue's time."""
        data = self.cleaned_data
        first: date | None = data["start_day"]
        last: date | None = data["end_day"]
        return Showing(
            price_detail=data["price_detail"],
            starts_at=instant_of(first, time(0), zone) if first and last else None,
            ends_at=instant_of(last, time(23, 59, 59), zone) if first and last else None,
            contact_url=data["contact_url"],
            contact_by_form=data["contact_by_form"],
        )


def initial_of_template(template: CollectiveTemplate) -> dict[str, Any]:
    zone = ZoneInfo(template.venue.time_zone)
    return initial_of_offer(template) | {
        "price_detail": template.price_detail,
        "start_day": template.starts_at.astimezone(zone).date() if template.starts_at else None,
        "end_day": template.ends_at.astimezone(zone).date() if template.ends_at else None,
        "contact_by_form": template.contact_by_form,
        "contact_url": template.contact_url,
    }


class TemplateFilter(forms.Form):
    """Search of the list of templates; wrong values are not applied."""

    q = forms.CharField(
        label="Titre ou numéro", required=False, widget=forms.TextInput({"type": "search"})
    )
    statut = forms.ChoiceField(
        label="Statut", required=False,
        choices=[("", "Tous"), *((one.value, one.label) for one in STATUSES)],
    )  # fmt: skip
    lieu = VenueChoice(
        label="Lieu", queryset=Venue.objects.none(), required=False, empty_label="Tous les lieux"
    )
    format = forms.ChoiceField(
        label="Format", required=False, choices=[("", "Tous"), *FORMATS.items()]
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["lieu"].queryset = Venue.objects.visible_to(user).order_by("name", "pk")
        self.is_valid()

    @property
    def is_used(self) -> bool:
        return any(self.cleaned_data.values())

    def apply(self, templates: Any) -> Any:
        data = self.cleaned_data
        if words := data.get("q", "").strip():
            number = words.removeprefix("n°").strip()
            by_words = templates.filter(title__icontains=words)
            found = templates.filter(pk=int(number)) if _is_number(number) else templates.none()
            templates = by_words | found
        if data.get("statut"):
            templates = templates.filter(display_status=data["statut"])
        if data.get("lieu"):
            templates = templates.filter(venue=data["lieu"])
        if data.get("format"):
            templates = templates.filter(formats__contains=[data["format"]])
        return templates


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
