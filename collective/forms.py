"""What people type about offers for schools: shape here, situations in the services."""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from collective.enums import LocationKind
from collective.models import CollectiveStock, Institution, NationalProgramme
from collective.models.offers import MAX_PARTICIPANTS, MAX_PRICE_CENTS
from collective.models.proposals import Proposal
from collective.phones import clean_phone
from collective.services.dates import Terms
from collective.services.details import MAX_BOOKING_EMAILS, Details
from collective.uai import clean_uai, is_uai
from passpro.accounts.models import User
from passpro.kernel.errors import DomainError
from passpro.kernel.forms import EurosField, ShortTextInput
from passpro.reference.departments import DEPARTMENTS
from passpro.reference.education import CULTURAL_DOMAINS, STUDENT_LEVELS
from passpro.reference.school_projects import FORMATS
from venues.models import Venue

_DURATION = re.compile(r"^(\d{1,3})\s*[:hH]\s*(\d{2})?$")
_ACCESSIBILITY = (
    ("visual", "Visuel"),
    ("mental", "Psychique ou cognitif"),
    ("motor", "Moteur"),
    ("audio", "Auditif"),
    ("none", "Non accessible"),
)
DAY_ERRORS = {"invalid": "Saisissez une date, par exemple 28/05/2026."}


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put a service's refusal on the field it names, or on the whole form."""
    names = {
        "starts_at": "start_day", "ends_at": "end_day", "booking_limit_at": "limit_day",
    }  # fmt: skip
    name = names.get(error.field or "", error.field)
    form.add_error(name if name in form.fields else None, error.message)


class VenueChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Venue) -> str:
        return f"{obj.shown_name} – {obj.city}" if obj.city else obj.shown_name


class DetailsForm(forms.Form):
    """First step (§12.3)."""

    venue = VenueChoice(
        label="Lieu", queryset=Venue.objects.none(), empty_label="Choisissez",
        error_messages={"required": "Choisissez le lieu."},
    )  # fmt: skip
    title = forms.CharField(
        label="Titre", max_length=110, error_messages={"required": "Renseignez le titre."}
    )
    description = forms.CharField(
        label="Description",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Renseignez la description."},
    )
    domain_ids = forms.TypedMultipleChoiceField(
        label="Domaines artistiques",
        coerce=int,
        choices=[(one.id, one.label) for one in CULTURAL_DOMAINS if one.is_active],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un domaine."},
    )
    programme_id = forms.TypedChoiceField(
        label="Dispositif national",
        required=False,
        coerce=int,
        empty_value=None,
    )
    formats = forms.MultipleChoiceField(
        label="Formats",
        choices=list(FORMATS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un format."},
    )
    level_ids = forms.MultipleChoiceField(
        label="Niveaux scolaires",
        choices=[(one.id, one.label) for one in STUDENT_LEVELS],
        widget=forms.CheckboxSelectMultiple,
        help_text="L’école primaire est réservée au programme Marseille en Grand.",
        error_messages={"required": "Choisissez au moins un niveau."},
    )
    duration = forms.CharField(
        label="Durée indicative", required=False, max_length=7,
        help_text="En heures et minutes, par exemple 1:15.",
        widget=ShortTextInput(attrs={"class": "w-time", "autocomplete": "off"}),
    )  # fmt: skip
    location = forms.ChoiceField(
        label="Où se déroule l’offre ?",
        choices=LocationKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites où se déroule l’offre."},
    )
    location_label = forms.CharField(
        label="Nom de l’endroit", required=False, max_length=200, widget=ShortTextInput()
    )
    street = forms.CharField(
        label="Adresse", required=False, max_length=200,
        widget=ShortTextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    postal_code = forms.RegexField(
        r"^\d{5}$", label="Code postal", required=False, widget=ShortTextInput(),
        error_messages={"invalid": "Un code postal a cinq chiffres."},
    )  # fmt: skip
    city = forms.CharField(label="Ville", required=False, max_length=200, widget=ShortTextInput())
    location_comment = forms.CharField(
        label="Précisions sur le lieu", required=False, max_length=200
    )
    intervention_area = forms.MultipleChoiceField(
        label="Départements où vous intervenez",
        required=False,
        choices=[(code, f"{code} – {name}") for code, name in DEPARTMENTS.items()],
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="Plusieurs choix possibles, avec la touche Ctrl ou Cmd.",
    )
    accessibility = forms.MultipleChoiceField(
        label="Accessible aux personnes en situation de handicap",
        choices=_ACCESSIBILITY,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une réponse."},
    )
    contact_email = forms.EmailField(
        label="E-mail de contact", max_length=120,
        error_messages={
            "required": "Donnez une adresse e-mail.",
            "invalid": "Saisissez une adresse e-mail valide.",
        },
    )  # fmt: skip
    contact_phone = forms.CharField(
        label="Téléphone de contact", required=False, max_length=20, widget=ShortTextInput()
    )
    booking_emails = forms.CharField(
        label="E-mails de notification",
        max_length=700,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="De une à cinq adresses, une par ligne : prévenues de chaque préréservation.",
        error_messages={"required": "Donnez au moins une adresse."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes: Any = self.fields["programme_id"]
        programmes.choices = [
            ("", "Aucun"),
            *NationalProgramme.objects.choosable().values_list("pk", "label"),
        ]
        self.fields["venue"].queryset = (
            Venue.objects.visible_to(user).physical().order_by("name", "pk")
        )

    def clean_duration(self) -> int | None:
        text = self.cleaned_data["duration"].strip()
        if not text:
            return None
        found = _DURATION.match(text)
        if not found or int(found[2] or 0) > 59:
            raise forms.ValidationError("Saisissez la durée ainsi : 1:15.")
        return int(found[1]) * 60 + int(found[2] or 0)

    def clean_contact_phone(self) -> str:
        typed = self.cleaned_data["contact_phone"]
        if not typed:
            return ""
        if (phone := clean_phone(typed)) is None:
            raise forms.ValidationError("Saisissez un numéro de téléphone français valide.")
        return phone

    def clean_booking_emails(self) -> list[str]:
        typed = [one for one in re.split(r"[\s,;]+", self.cleaned_data["booking_emails"]) if one]
        if len(typed) > MAX_BOOKING_EMAILS:
            raise forms.ValidationError("Cinq adresses au plus.")
        return [forms.EmailField(max_length=120).clean(one) for one in dict.fromkeys(typed)]

    def clean_accessibility(self) -> list[str]:
        chosen = self.cleaned_data["accessibility"]
        if "none" in chosen and len(chosen) > 1:
            raise forms.ValidationError("« Non accessible » ne va pas avec une autre réponse.")
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("location") == LocationKind.ADDRESS:
            for name, what in (("street", "l’adresse"), ("postal_code", "le code postal"),
                               ("city", "la ville")):  # fmt: skip
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"Renseignez {what}.")
        elif data.get("location") and not data.get("intervention_area"):
            self.add_error("intervention_area", "Choisissez au moins un département.")
        return data

    def details(self) -> Details:
        """What the services take; what does not go with the location is left out."""
        data = self.cleaned_data
        is_precise = data["location"] == LocationKind.ADDRESS
        comment = data["location_comment"] if data["location"] == "TO_BE_DEFINED" else ""
        return Details(
            title=data["title"],
            description=data["description"],
            domain_ids=data["domain_ids"],
            formats=data["formats"],
            level_ids=data["level_ids"],
            programme_id=data["programme_id"],
            duration_minutes=data["duration"],
            location=data["location"],
            location_label=data["location_label"] if is_precise else "",
            location_street=data["street"] if is_precise else "",
            location_postal_code=data["postal_code"] if is_precise else "",
            location_city=data["city"] if is_precise else "",
            location_comment=comment,
            intervention_area=[] if is_precise else data["intervention_area"],
            contact_email=data["contact_email"],
            contact_phone=data["contact_phone"],
            booking_emails=data["booking_emails"],
            visual_accessible="visual" in data["accessibility"],
            mental_accessible="mental" in data["accessibility"],
            motor_accessible="motor" in data["accessibility"],
            audio_accessible="audio" in data["accessibility"],
        )


def initial_of_venue(venue: Venue, user: User) -> dict[str, Any]:
    """What a venue brings to a new offer (§12.3)."""
    info = getattr(venue, "teacher_info", None)
    email = (info.email if info else "") or venue.contact_email or user.email
    return {
        "venue": venue.pk,
        "location": LocationKind.ADDRESS,
        "street": venue.street,
        "postal_code": venue.postal_code,
        "city": venue.city,
        "location_label": venue.shown_name,
        "contact_email": email,
        "contact_phone": (info.phone if info else "") or venue.phone,
        "booking_emails": email,
        "level_ids": info.level_ids if info else [],
        "domain_ids": info.domain_ids if info else [],
        "intervention_area": [code for code in (info.mobility if info else []) if code.isalnum()],
        "accessibility": _accessible(venue),
    }


def _accessible(thing: Any) -> list[str]:
    kinds = [kind for kind, _ in _ACCESSIBILITY if kind != "none"]
    return [kind for kind in kinds if getattr(thing, f"{kind}_accessible")] or ["none"]


def initial_of_offer(offer: Proposal) -> dict[str, Any]:
    """The first step as it was saved."""
    names = (
        "venue_id", "title", "description", "domain_ids", "programme_id", "formats", "level_ids",
        "location", "location_label", "location_comment", "intervention_area", "contact_email",
        "contact_phone",
    )  # fmt: skip
    minutes = offer.duration_minutes
    return {name.removesuffix("_id") if name == "venue_id" else name: getattr(offer, name)
            for name in names} | {
        "street": offer.location_street,
        "postal_code": offer.location_postal_code,
        "city": offer.location_city,
        "duration": f"{minutes // 60}:{minutes % 60:02d}" if minutes else "",
        "booking_emails": "\n".join(offer.booking_emails),
        "accessibility": _accessible(offer),
    }  # fmt: skip


def instant_of(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def limit_instant(day: date, zone: str) -> datetime:
    """The portal closes at 23:59:59 local time of the chosen day (§4.6)."""
    return instant_of(day, time(23, 59, 59), zone)


class PriceForm(forms.Form):
    """Price, number of participants and lines of the price (§12.4)."""

    price = EurosField(
        label="Prix total TTC", max_cents=MAX_PRICE_CENTS,
        help_text="Pour toute la classe ; 0 si l’offre est gratuite.",
        error_messages={"required": "Renseignez le prix."},
    )  # fmt: skip
    participants = forms.IntegerField(
        label="Nombre de participants",
        min_value=1,
        max_value=MAX_PARTICIPANTS,
        help_text="Élèves et accompagnateurs.",
        error_messages={
            "required": "Renseignez le nombre de participants.",
            "min_value": "Au moins un participant.",
            "max_value": "3 000 participants au plus.",
        },
    )
    price_detail = forms.CharField(
        label="Informations sur le prix",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Une ligne par tarif, par exemple : SCOLAIRE SECONDAIRE à 8,00 € x 25.",
        error_messages={"required": "Détaillez le prix."},
    )


class DatesForm(PriceForm):
    """Second step (§12.4); the venue's local time."""

    start_day = forms.DateField(
        label="Date de début", error_messages={"required": "Renseignez la date.", **DAY_ERRORS}
    )
    hour = forms.TimeField(
        label="Heure",
        error_messages={
            "required": "Renseignez l’heure.",
            "invalid": "Saisissez une heure, par exemple 14:30.",
        },
    )
    end_day = forms.DateField(
        label="Date de fin", required=False, help_text="Vide : le même jour.",
        error_messages=DAY_ERRORS,
    )  # fmt: skip
    limit_day = forms.DateField(
        label="Date limite de réservation",
        help_text="Incluse : l’enseignant préréserve et le chef d’établissement confirme avant.",
        error_messages={"required": "Renseignez la date limite.", **DAY_ERRORS},
    )
    field_order = [
        "start_day", "hour", "end_day", "limit_day", "price", "participants", "price_detail",
    ]  # fmt: skip

    def __init__(self, *args: Any, zone: str, stock: CollectiveStock | None, **kw: Any) -> None:
        self.zone, self.stock = zone, stock
        super().__init__(*args, **kw)

    def terms(self) -> Terms:
        """Instants in UTC. A limit whose day was not touched keeps its stored instant."""
        data = self.cleaned_data
        starts_at = instant_of(data["start_day"], data["hour"], self.zone)
        end_day = data["end_day"] or data["start_day"]
        limit = limit_instant(data["limit_day"], self.zone)
        if self.stock is not None:
            stored = self.stock.booking_limit_at
            if stored.astimezone(ZoneInfo(self.zone)).date() == data["limit_day"]:
                limit = stored
        return Terms(
            starts_at=starts_at,
            ends_at=instant_of(end_day, data["hour"], self.zone),
            booking_limit_at=starts_at if data["limit_day"] == data["start_day"] else limit,
            price_cents=data["price"],
            participants=data["participants"],
            price_detail=data["price_detail"],
        )


def initial_of_stock(stock: CollectiveStock, zone: str) -> dict[str, Any]:
    local = ZoneInfo(zone)
    start = stock.starts_at.astimezone(local)
    return {
        "start_day": start.date(),
        "hour": start.time(),
        "end_day": stock.ends_at.astimezone(local).date(),
        "limit_day": stock.booking_limit_at.astimezone(local).date(),
        "price": stock.price_cents,
        "participants": stock.participants,
        "price_detail": stock.price_detail,
    }


class DeadlineForm(forms.Form):
    limit_day = forms.DateField(
        label="Nouvelle date limite",
        help_text="Incluse. Au-delà de cette date, l’offre expirera.",
        error_messages={"required": "Renseignez la date limite.", **DAY_ERRORS},
    )


class SchoolForm(forms.Form):
    """Third step: a school by its UAI, found by words or typed; maybe a teacher (§12.5)."""

    uai = forms.CharField(
        label="Code UAI de l’établissement", max_length=12,
        widget=ShortTextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Choisissez un établissement ou saisissez son code UAI."},
    )  # fmt: skip
    teacher_email = forms.EmailField(
        label="Enseignant", required=False, max_length=120,
        widget=forms.EmailInput(attrs={"list": "enseignants", "autocomplete": "off"}),
        help_text="Facultatif : son adresse dans ADAGE, proposée dès trois lettres. L’offre porte "
        "alors son nom.",
        error_messages={"invalid": "Saisissez une adresse e-mail valide."},
    )  # fmt: skip

    def clean_uai(self) -> str:
        code = clean_uai(self.cleaned_data["uai"])
        if not is_uai(code):
            raise forms.ValidationError(
                "Un code UAI a 7 chiffres et une lettre de contrôle : vérifiez-le."
            )
        self.institution = Institution.objects.filter(uai=code, is_active=True).first()
        if self.institution is None:
            raise forms.ValidationError("Aucun établissement n’a ce code UAI.")
        return code
