"""What teachers type: the search; and the sandbox's door."""

from typing import Any

from django import forms
from django.db.models import Q

from collective.enums import LocationKind, SchoolRole
from collective.models import Institution
from collective.services.book import Visitor
from collective.services.requests import Wish
from offers.geography import locate
from passpro.reference.education import CULTURAL_DOMAINS, STUDENT_LEVELS
from passpro.reference.school_projects import FORMATS


class SearchForm(forms.Form):
    """Filters of a teacher: OR inside one, AND between them (§7.5); wrong values do not apply."""

    q = forms.CharField(
        label="Un projet, un partenaire, un mot", required=False, max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    domaine = forms.ChoiceField(
        label="Domaine", required=False,
        choices=[("", "Tous"), *((one.id, one.label) for one in CULTURAL_DOMAINS if one.is_active)],
    )  # fmt: skip
    format = forms.ChoiceField(
        label="Format", required=False, choices=[("", "Tous"), *FORMATS.items()]
    )
    niveau = forms.ChoiceField(
        label="Niveau", required=False,
        choices=[("", "Tous"), *((one.id, one.label) for one in STUDENT_LEVELS)],
    )  # fmt: skip
    lieu = forms.ChoiceField(
        label="Lieu de l’action",
        required=False,
        choices=[
            ("", "Sans préférence"),
            ("sortie", "Sortie chez un partenaire"),
            ("ecole", "Dans notre établissement"),
        ],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def is_used(self) -> bool:
        return any(self.cleaned_data.values())

    def apply(self, offers: Any) -> Any:
        data = self.cleaned_data
        for word in data.get("q", "").split():
            offers = offers.filter(
                Q(title__icontains=word)
                | Q(description__icontains=word)
                | Q(venue__name__icontains=word)
                | Q(venue__public_name__icontains=word)
            )
        if data.get("domaine"):
            offers = offers.filter(domain_ids__contains=[int(data["domaine"])])
        if data.get("format"):
            offers = offers.filter(formats__contains=[data["format"]])
        if data.get("niveau"):
            offers = offers.filter(level_ids__contains=[data["niveau"]])
        if data.get("lieu") == "sortie":
            offers = offers.filter(location=LocationKind.ADDRESS)
        elif data.get("lieu") == "ecole":
            offers = offers.filter(location=LocationKind.SCHOOL)
        return offers


class RequestForm(forms.Form):
    """What the teacher asks about a template (§7.8)."""

    phone = forms.CharField(
        label="Téléphone", required=False, max_length=30,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    requested_day = forms.DateField(
        label="Date souhaitée", required=False,
        error_messages={"invalid": "Saisissez une date, par exemple 19/11/2026."},
    )  # fmt: skip
    students = forms.IntegerField(label="Élèves", required=False, min_value=0, max_value=3_000)
    teachers = forms.IntegerField(
        label="Accompagnateurs", required=False, min_value=0, max_value=300
    )
    comment = forms.CharField(
        label="Que souhaitez-vous organiser ?", max_length=1_000,
        widget=forms.Textarea({"rows": 7}),
        help_text="Classe, contraintes d’horaire, ce que les élèves connaissent déjà.",
        error_messages={"required": "Écrivez votre message."},
    )  # fmt: skip

    def wish(self) -> Wish:
        return Wish(**self.cleaned_data)


class SchoolChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Institution) -> str:
        return f"{obj.full_name} – {obj.city} ({obj.uai})"


class SandboxForm(forms.Form):
    """Who enters, as what."""

    institution = SchoolChoice(
        label="Établissement",
        queryset=Institution.objects.filter(is_active=True),
        empty_label="Choisissez",
        error_messages={"required": "Choisissez un établissement."},
    )
    role = forms.ChoiceField(
        label="Vous êtes",
        choices=[
            (SchoolRole.TEACHER, "Enseignant : je cherche et je préréserve"),
            (SchoolRole.HEAD, "Chef d’établissement : je confirme ou je refuse"),
            (SchoolRole.READER, "Sans établissement : je lis les offres vitrines"),
        ],
        initial=SchoolRole.TEACHER,
        widget=forms.RadioSelect,
    )
    first_name = forms.CharField(label="Prénom", max_length=60, initial="Claire")
    last_name = forms.CharField(label="Nom", max_length=60, initial="Vidal")

    def visitor(self) -> Visitor:
        data = self.cleaned_data
        school: Institution = data["institution"]
        local = f"{data['first_name']}.{data['last_name']}".lower().replace(" ", "-")
        plain = local.encode("ascii", "ignore").decode() or "enseignant"
        is_reader = data["role"] == SchoolRole.READER
        # ADAGE knows where its schools are; here, the middle of what is at the postal code.
        here = None if is_reader else locate(school.postal_code)
        return Visitor(
            email=f"{plain}@{school.uai.lower()}.ecole.example",
            uai="" if is_reader else school.uai,
            latitude=here.latitude if here else None,
            longitude=here.longitude if here else None,
            first_name=data["first_name"],
            last_name=data["last_name"],
            may_prebook=data["role"] == SchoolRole.TEACHER,
        )
