"""Forms of « Gestion financière »: shape only, services decide."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from finance.bank_codes import clean_bic, clean_iban, normalised, rib_extension
from finance.models import BankAccount
from passpro.kernel import clock
from passpro.kernel.errors import DomainError
from passpro.kernel.forms import EurosField, ShortTextInput
from passpro.reference.categories import CATEGORIES, SUBCATEGORIES
from venues.models import Offerer, Venue

# By category, as the portal's choice of an offer.
SUBCATEGORY_CHOICES = [
    (
        category.label,
        [(item.id, item.label) for item in SUBCATEGORIES if item.category_id == category.id],
    )
    for category in CATEGORIES.values()
]


def a_month_before(day: date) -> date:
    """Same day of the month before, or its last one."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


class PeriodForm(forms.Form):
    """Two included Paris days, last month by default."""

    du = forms.DateField(label="Du", widget=forms.DateInput)
    au = forms.DateField(label="Au", widget=forms.DateInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        today = clock.today()
        self.defaults = {"du": a_month_before(today).isoformat(), "au": today.isoformat()}
        self.is_touched = any(data.get(name) for name in self.base_fields) if data else False
        super().__init__(self.defaults | self._typed(data), **kwargs)

    def _typed(self, data: Any) -> dict[str, str]:
        return {name: data[name] for name in self.base_fields if name in data} if data else {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("du"), cleaned.get("au")
        if start and end and end < start:
            self.add_error("au", "La fin de la période précède son début.")
        elif end and end > clock.today():
            self.add_error("au", "La période ne peut pas finir après aujourd’hui.")
        return cleaned


class InvoiceFilterForm(PeriodForm):
    compte = forms.ModelChoiceField(
        label="Compte bancaire",
        queryset=BankAccount.objects.none(),
        required=False,
        empty_label="Tous les comptes bancaires",
    )
    field_order = ("compte", "du", "au")

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        accounts = BankAccount.objects.visible_to(user).accepted().distinct()
        self.fields["compte"].queryset = accounts.order_by("label", "pk")  # type: ignore[attr-defined]


class DetailsForm(PeriodForm):
    lieu = forms.ModelChoiceField(
        label="Lieu",
        queryset=Venue.objects.none(),
        required=False,
        empty_label="Tous les lieux",
    )
    field_order = ("lieu", "du", "au")

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        venues = Venue.objects.visible_to(user).select_related("offerer").distinct()
        choice = self.fields["lieu"]
        choice.queryset = venues.order_by("name", "pk")  # type: ignore[attr-defined]
        choice.label_from_instance = venue_label  # type: ignore[attr-defined]


def venue_label(venue: Venue) -> str:
    """The digital venue is read as its structure's (§18.2)."""
    return f"{venue.offerer.name} – Offre numérique" if venue.is_virtual else venue.shown_name


class BankAccountForm(forms.Form):
    """What an administrator copies from the RIB; each error says what to correct."""

    label = forms.CharField(
        label="Intitulé du compte",
        max_length=64,
        help_text="Pour le reconnaître parmi vos comptes, par exemple « Théâtre – exploitation ».",
        widget=ShortTextInput(attrs={"autocomplete": "off"}),
    )
    iban = forms.CharField(
        label="IBAN",
        max_length=60,
        help_text="Les espaces sont acceptés. Il ne pourra plus être changé.",
        widget=ShortTextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bic = forms.CharField(
        label="BIC",
        max_length=20,
        help_text="8 ou 11 caractères, à côté de l’IBAN sur le RIB.",
        widget=ShortTextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    venue = forms.ModelChoiceField(
        label="Lieu concerné",
        queryset=Venue.objects.none(),
        required=False,
        empty_label="Toute la structure",
        help_text="Un lieu choisi ici sera rattaché au compte dès sa validation.",
    )
    rib = forms.FileField(
        label="RIB",
        help_text="Fichier PDF, PNG ou JPEG, 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, offerer: Offerer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["venue"]
        choice.queryset = offerer.venues.select_related("offerer").order_by("name", "pk")  # type: ignore[attr-defined]
        choice.label_from_instance = venue_label  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """All that can be said at once is said at once; the service checks again."""
        cleaned = super().clean() or self.cleaned_data
        checks = {
            "iban": lambda: clean_iban(cleaned["iban"]),
            # Without a right IBAN only the BIC's own shape can be judged.
            "bic": lambda: clean_bic(
                cleaned["bic"], iban=cleaned.get("iban") or normalised(cleaned["bic"])[4:6]
            ),
            "rib": lambda: rib_extension(cleaned["rib"]),
        }
        for name, check in checks.items():
            if name in cleaned:
                try:
                    check()
                except DomainError as error:
                    self.add_error(name, error.message)
        return cleaned


class LinkForm(forms.Form):
    """The complete set of venues paid on an account."""

    venues = forms.TypedMultipleChoiceField(
        label="Lieux remboursés sur ce compte",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    as_default = forms.BooleanField(
        label="Compte par défaut de la structure",
        required=False,
        help_text="Il rembourse aussi les lieux qui n’ont pas de compte.",
    )

    def __init__(self, *args: Any, venues: list[Venue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["venues"].choices = [(v.pk, venue_label(v)) for v in venues]  # type: ignore[attr-defined]


class IncomeForm(forms.Form):
    lieu = forms.ModelChoiceField(
        label="Lieu",
        queryset=Venue.objects.none(),
        required=False,
        empty_label="Tous les lieux",
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        venues = Venue.objects.visible_to(user).select_related("offerer").distinct()
        choice = self.fields["lieu"]
        choice.queryset = venues.order_by("name", "pk")  # type: ignore[attr-defined]
        choice.label_from_instance = venue_label  # type: ignore[attr-defined]


class SimulationForm(forms.Form):
    """« Combien vais-je toucher ? »: one booking, at one of the person's venues."""

    lieu = forms.ModelChoiceField(
        label="Lieu",
        queryset=Venue.objects.none(),
        empty_label=None,
        help_text="Son chiffre d’affaires de l’année fixe le taux.",
    )
    categorie = forms.ChoiceField(label="Sous-catégorie de l’offre", choices=SUBCATEGORY_CHOICES)
    prix = EurosField(label="Prix d’une place ou d’un exemplaire")
    quantite = forms.TypedChoiceField(
        label="Quantité", coerce=int, choices=[(1, "1"), (2, "2 (duo)")], initial=1
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        choice = self.fields["lieu"]
        venues = Venue.objects.visible_to(user).select_related("offerer").distinct()
        choice.queryset = venues.order_by("name", "pk")  # type: ignore[attr-defined]
        choice.label_from_instance = venue_label  # type: ignore[attr-defined]


class PricingPointForm(forms.Form):
    """Venues with a SIRET of the same structure, « name – SIRET » (§18.3)."""

    pricing_point = forms.ModelChoiceField(
        label="SIRET qui fixe le taux de remboursement",
        queryset=Venue.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Choisissez un SIRET.",
            "invalid_choice": "Choisissez un lieu de la liste.",
        },
    )

    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["pricing_point"]
        choice.queryset = with_siret(venue)  # type: ignore[attr-defined]
        choice.label_from_instance = lambda one: f"{one.shown_name} – {one.grouped_siret}"  # type: ignore[attr-defined]


def with_siret(venue: Venue) -> QuerySet[Venue]:
    """What a venue without SIRET may point to."""
    return venue.offerer.venues.exclude(siret=None).order_by("name", "pk")
