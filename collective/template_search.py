"""What a teacher looks for among templates (§7.5): the form, its chips, the rows it finds."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from collective import finding
from collective.enums import LocationKind
from collective.models import Institution
from collective.models.schools import MARSEILLE
from offers.geography import Position
from passpro.reference.departments import DEPARTMENTS
from passpro.reference.education import (
    ACADEMIES,
    CULTURAL_DOMAINS,
    DOMAIN_LABELS,
    LEVEL_LABELS,
    STUDENT_LEVELS,
)
from passpro.reference.school_projects import FORMATS
from venues.models import Venue

NEAREST_KM, FARTHEST_KM, USUAL_KM = 1, 100, 50
BY_DEPARTMENT, BY_ACADEMY, BY_RADIUS = "departements", "academies", "rayon"
ZONES = {
    "": "Partout",
    BY_RADIUS: "Autour de mon établissement",
    BY_DEPARTMENT: "Dans des départements",
    BY_ACADEMY: "Dans des académies",
}
PLACES = {
    "": "Sans préférence",
    "sortie": "Sortie chez un partenaire",
    "ecole": "Dans notre établissement",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the address without it."""

    label: str
    href: str


class TemplateSearchForm(forms.Form):
    """OR inside a filter, AND between them; a value that does not exist does not apply."""

    q = forms.CharField(label="Un projet, un partenaire, un mot", required=False, max_length=100)
    domaine = forms.MultipleChoiceField(
        label="Domaines artistiques", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(one.id), one.label) for one in CULTURAL_DOMAINS if one.is_active],
    )  # fmt: skip
    format = forms.MultipleChoiceField(
        label="Formats", required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(FORMATS.items()),
    )  # fmt: skip
    niveau = forms.MultipleChoiceField(
        label="Niveaux", required=False, widget=forms.CheckboxSelectMultiple
    )
    lieu = forms.ChoiceField(
        label="Lieu de l’action", required=False, widget=forms.RadioSelect,
        choices=list(PLACES.items()),
    )  # fmt: skip
    zone = forms.ChoiceField(label="Où est le partenaire", required=False, widget=forms.RadioSelect)
    km = forms.IntegerField(
        label="Distance maximum, en km", required=False,
        min_value=NEAREST_KM, max_value=FARTHEST_KM, help_text="50 km si vous n’écrivez rien.",
        error_messages={
            "invalid": "Donnez une distance en km, de 1 à 100.",
            "min_value": "Donnez une distance de 1 à 100 km.",
            "max_value": "Donnez une distance de 1 à 100 km.",
        },
    )  # fmt: skip
    departement = forms.MultipleChoiceField(
        label="Départements", required=False,
        choices=[(code, f"{code} – {name}") for code, name in DEPARTMENTS.items()],
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )  # fmt: skip
    academie = forms.MultipleChoiceField(
        label="Académies", required=False, choices=[(name, name) for name in ACADEMIES],
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )  # fmt: skip

    def __init__(
        self, data: QueryDict, *, institution: Institution | None, position: Position | None
    ) -> None:
        super().__init__(data)
        self.query = data
        self.position = position if institution is not None else None
        is_marseille = institution is not None and institution.programme == MARSEILLE
        levels: Any = self.fields["niveau"]
        levels.choices = [
            (one.id, one.label) for one in STUDENT_LEVELS if is_marseille or not one.programme
        ]
        zones: Any = self.fields["zone"]
        zones.choices = [
            (value, label) for value, label in ZONES.items() if value != BY_RADIUS or self.position
        ]
        self.initial = {"lieu": "", "zone": "", "km": USUAL_KM}
        self.is_valid()
        self.partner, self.is_partner_unknown = _partner(data.get("partenaire", ""))

    @property
    def is_used(self) -> bool:
        return bool(self.chips())

    @property
    def radius_km(self) -> int:
        return int(self.cleaned_data.get("km") or USUAL_KM)

    def found_in(self, templates: Any) -> Any:
        """The templates that answer, the best first, with their `distance_km`."""
        data = self.cleaned_data
        typed = data.get("q", "")
        found = finding.with_words(templates, typed)
        for name, column in (("format", "formats"), ("niveau", "level_ids")):
            if data.get(name):
                found = found.filter(**{f"{column}__overlap": data[name]})
        if data.get("domaine"):
            found = found.filter(domain_ids__overlap=[int(pk) for pk in data["domaine"]])
        if data.get("lieu") == "sortie":
            found = found.filter(location=LocationKind.ADDRESS)
        elif data.get("lieu") == "ecole":
            found = found.filter(location=LocationKind.SCHOOL)
        if self.partner is not None:
            found = found.filter(venue=self.partner)
        found = finding.with_distance(self._somewhere(found), self.position)
        return finding.most_relevant(found, typed)

    def _somewhere(self, found: Any) -> Any:
        """One way of saying where at a time: the others are not looked at."""
        data = self.cleaned_data
        zone = data.get("zone", "")
        if zone == BY_RADIUS and self.position and "km" not in self.errors:
            return finding.within(found, self.position, self.radius_km)
        codes = list(data.get("departement", [])) if zone == BY_DEPARTMENT else []
        if zone == BY_ACADEMY:
            codes = [code for name in data.get("academie", []) for code in ACADEMIES[name]]
        return finding.in_departments(found, codes) if codes else found

    def chips(self) -> list[Chip]:
        """Each filter in use with the address that takes it away."""
        data = self.cleaned_data
        chips = []
        if data.get("q"):
            chips.append(self._chip("q", "", f"« {data['q']} »"))
        if self.partner is not None:
            chips.append(self._chip("partenaire", "", self.partner.shown_name))
        for pk in data.get("domaine", []):
            chips.append(self._chip("domaine", pk, DOMAIN_LABELS[int(pk)]))
        for code in data.get("format", []):
            chips.append(self._chip("format", code, FORMATS[code]))
        for code in data.get("niveau", []):
            chips.append(self._chip("niveau", code, LEVEL_LABELS[code]))
        if data.get("lieu"):
            chips.append(self._chip("lieu", "", PLACES[data["lieu"]]))
        zone = data.get("zone")
        if zone == BY_RADIUS and "km" not in self.errors:
            chips.append(self._chip("zone", "", f"À moins de {self.radius_km} km"))
        elif zone == BY_DEPARTMENT:
            for code in data.get("departement", []):
                chips.append(self._chip("departement", code, DEPARTMENTS[code]))
        elif zone == BY_ACADEMY:
            for name in data.get("academie", []):
                chips.append(self._chip("academie", name, f"Académie {name}"))
        return chips

    def _chip(self, name: str, value: str, label: str) -> Chip:
        query = self.query.copy()
        query.pop("page", None)
        kept = [one for one in query.getlist(name) if value and one != value]
        query.setlist(name, kept)
        return Chip(label, "?" + query.urlencode())


def _partner(typed: str) -> tuple[Venue | None, bool]:
    """The venue of a SIRET or a number, and whether one was asked that nobody knows (§7.5)."""
    text = "".join(typed.split())
    if not text:
        return None, False
    found = None
    if text.isascii() and text.isdigit() and len(text) <= 18:
        venues = Venue.objects.physical()
        found = venues.filter(**({"siret": text} if len(text) == 14 else {"pk": text})).first()
    return found, found is None
