"""Forms about partners' software and schools: shape only, services decide."""

from typing import Any

from django import forms
from django.conf import settings

from passpro.kernel.forms import EurosField, ShortTextInput
from passpro.reference.departments import DEPARTMENTS
from passpro.reference.education import (
    CULTURAL_DOMAINS,
    LEGAL_STATUSES,
    MAINLAND,
    MOBILITY_PLACES,
    PARTNER_KINDS,
    PARTNER_NETWORKS,
    STUDENT_LEVELS,
)
from venues.forms.common import PhoneField
from venues.models import Provider, TeacherInfo, Venue

DOMAINS = [(one.id, one.label) for one in CULTURAL_DOMAINS if one.is_active]
LEVELS = [(one.id, one.label) for one in STUDENT_LEVELS if not one.programme]
ALL_FRANCE, ALL_MAINLAND = "france", "mainland"


def _email(label: str, **options: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email"})
    return forms.EmailField(label=label, widget=widget, **options)


class PartnerContactForm(forms.Form):
    """Seed 000: what the software asks about the venue."""

    phone = PhoneField(label="Téléphone de contact", required=False)
    contact_email = _email("E-mail de contact", required=False, max_length=120)
    notification_email = _email(
        "E-mail de notification",
        required=False,
        max_length=120,
        help_text="Reçoit les messages du logiciel.",
    )

    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "phone": venue.phone,
                "contact_email": venue.contact_email or venue.booking_email,
                "notification_email": venue.booking_email,
            },
        )
        super().__init__(*args, **kwargs)


class FeedForm(PartnerContactForm):
    """With what new offers take where the feed does not say (PRV-07)."""

    new_price_cents = EurosField(
        label="Prix des nouvelles offres, en euros",
        required=False,
        max_cents=settings.MAX_PRICE_CENTS,
        help_text="Seulement quand le logiciel n’en donne pas.",
    )
    new_quantity = forms.IntegerField(
        label="Exemplaires des nouvelles offres",
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text="Seulement quand le logiciel n’en donne pas ; vide : sans limite.",
    )


def partner_form(provider: Provider) -> type[PartnerContactForm]:
    """What is asked before this software is authorised."""
    return FeedForm if provider.has_feed else PartnerContactForm


class TeacherForm(forms.Form):
    """portal.md 5.7; every field is optional."""

    description = forms.CharField(
        label="Démarche d’éducation artistique et culturelle",
        required=False,
        max_length=500,
        help_text="Ce que vous proposez aux élèves, et comment vous travaillez avec leurs "
        "enseignants.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    level_ids = forms.MultipleChoiceField(
        label="Public cible", required=False, choices=LEVELS, widget=forms.CheckboxSelectMultiple
    )
    domain_ids = forms.TypedMultipleChoiceField(
        label="Domaines artistiques et culturels",
        required=False,
        coerce=int,
        choices=DOMAINS,
        widget=forms.CheckboxSelectMultiple,
    )
    website = forms.URLField(
        label="Site internet",
        required=False,
        max_length=150,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )
    partner_kind = forms.ChoiceField(
        label="Catégorie",
        required=False,
        choices=[("", "Choisissez"), *((name, [*k.items()]) for name, k in PARTNER_KINDS.items())],
    )
    legal_status = forms.ChoiceField(
        label="Statut", required=False, choices=[("", "Choisissez"), *LEGAL_STATUSES.items()]
    )
    places = forms.MultipleChoiceField(
        label="Vous recevez les élèves, ou vous vous déplacez",
        required=False,
        choices=MOBILITY_PLACES,
        widget=forms.CheckboxSelectMultiple,
    )
    whole = forms.ChoiceField(
        label="Zone de mobilité",
        required=False,
        choices=[
            ("", "Les départements choisis plus bas"),
            (ALL_MAINLAND, "France métropolitaine"),
            (ALL_FRANCE, "France entière, outre-mer compris"),
        ],
    )
    departments = forms.MultipleChoiceField(
        label="Départements",
        required=False,
        choices=[(code, f"{code} – {name}") for code, name in DEPARTMENTS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    network_ids = forms.MultipleChoiceField(
        label="Réseaux partenaires",
        required=False,
        choices=[*PARTNER_NETWORKS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    access_information = forms.CharField(
        label="Accès",
        required=False,
        max_length=500,
        help_text="Transports, stationnement d’un car, vestiaire…",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    phone = PhoneField(label="Téléphone", required=False)
    email = _email("E-mail", required=False, max_length=150)

    def __init__(self, *args: Any, info: TeacherInfo | None, **kwargs: Any) -> None:
        if info is not None:
            kwargs["initial"] = {
                name: getattr(info, name, None) for name in self.base_fields
            } | _split(info.mobility)
        super().__init__(*args, **kwargs)

    def facts(self) -> dict[str, Any]:
        """Arguments of describe_for_teachers; a whole country is its départements."""
        facts: dict[str, Any] = dict(self.cleaned_data)
        whole, chosen = facts.pop("whole"), facts.pop("departments")
        if whole:
            chosen = list(MAINLAND if whole == ALL_MAINLAND else DEPARTMENTS)
        facts["mobility"] = [*facts.pop("places"), *chosen]
        return facts


def _split(mobility: list[str]) -> dict[str, Any]:
    departments = [code for code in mobility if code in DEPARTMENTS]
    whole = ""
    if set(departments) == set(DEPARTMENTS):
        whole = ALL_FRANCE
    elif set(departments) == set(MAINLAND):
        whole = ALL_MAINLAND
    return {
        "places": [code for code in mobility if code not in DEPARTMENTS],
        "whole": whole,
        "departments": [] if whole else departments,
    }


class AdageForm(forms.Form):
    """What the regional commission reads (seeds 001 and 004)."""

    venue = forms.ModelChoiceField(
        label="Lieu concerné", queryset=Venue.objects.none(), empty_label="Choisissez"
    )
    legal_status = forms.ChoiceField(
        label="Statut juridique", choices=[("", "Choisissez"), *LEGAL_STATUSES.items()]
    )
    project = forms.CharField(
        label="Votre projet d’éducation artistique et culturelle",
        max_length=2000,
        help_text="Ce que vous proposerez aux élèves : rencontres, pratique, connaissances.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    references = forms.CharField(
        label="Actions déjà menées avec des établissements scolaires",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    domain_ids = forms.TypedMultipleChoiceField(
        label="Domaines artistiques et culturels",
        coerce=int,
        choices=DOMAINS,
        widget=forms.CheckboxSelectMultiple,
    )
    level_ids = forms.MultipleChoiceField(
        label="Publics visés", choices=LEVELS, widget=forms.CheckboxSelectMultiple
    )
    contact_name = forms.CharField(
        label="Personne à joindre",
        max_length=120,
        widget=ShortTextInput(attrs={"autocomplete": "name"}),
    )
    contact_email = _email("Son e-mail", max_length=120)
    contact_phone = PhoneField(label="Son téléphone")

    def __init__(self, *args: Any, venues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["venue"].queryset = venues

    def facts(self) -> dict[str, Any]:
        """Arguments of ask_for_referencing."""
        facts: dict[str, Any] = dict(self.cleaned_data)
        facts["venue_id"] = facts.pop("venue").pk
        return facts
