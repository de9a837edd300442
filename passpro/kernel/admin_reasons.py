"""Coded motives of refusals: a choice of the app's list, with words of one's own (§2.3, MOD-03).

The sentence that is sent and kept begins with the label of the choice, so that refusals of a kind
are found again by `reason_filter`; « Autre » is its words alone.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

OTHER = "OTHER"


def sentence_of(choices: type[models.TextChoices], code: str, text: str) -> str:
    """« Document manquant : l’extrait Kbis »."""
    label = choices(code).label
    if code == OTHER:
        return text
    return f"{label} : {text}" if text else label


def coded_reason(
    choices: type[models.TextChoices],
    name: str = "reason",
    *,
    is_sent: bool = True,
    keeps_code: bool = False,
) -> type[forms.Form]:
    """A form whose choice and words are cleaned into one sentence called `name`, for the service.

    `is_sent` says to whom the words go: the people concerned, else the history alone. With
    `keeps_code`, the service gets the choice too, as `code`.
    """
    whither = "envoyé par e-mail" if is_sent else "gardé dans l’historique"

    class CodedReasonForm(forms.Form):
        code = forms.ChoiceField(
            label=f"Motif, {whither}",
            choices=[("", "Choisissez un motif"), *choices.choices],
            widget=UnfoldAdminSelectWidget,
        )

        def clean(self) -> dict[str, Any]:
            code = self.cleaned_data.get("code", "")
            text = self.cleaned_data.get(name, "").strip()
            if code == OTHER and not text:
                self.add_error(name, f"Précisez le motif : il est {whither}.")
            others = {
                key: typed
                for key, typed in self.cleaned_data.items()
                if key != "code" or keeps_code
            }
            return {**others, name: sentence_of(choices, code, text)} if code else {}

    field = forms.CharField(
        label="Précisions, envoyées avec le motif" if is_sent else "Précisions",
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    return type("CodedReasonForm", (CodedReasonForm,), {name: field})


def reason_filter(
    choices: type[models.TextChoices], *, why: str = "", code_path: str = "", **refused: Any
) -> type[admin.SimpleListFilter]:
    """« Motif du refus » of a list: `refused` are its facts.

    `code_path` leads to the code that was kept, else `why` to the sentence that begins with it.
    """

    class ReasonFilter(admin.SimpleListFilter):
        title = "motif du refus"
        parameter_name = "motif"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(code, label) for code, label in choices.choices]

        def queryset(self, request: HttpRequest, queryset: Any) -> Any:
            code = self.value()
            if code not in choices.values:
                return queryset
            if code_path:
                return queryset.filter(**{code_path: code}, **refused).distinct()
            known = Q()
            for other in choices:
                if other.value != OTHER:
                    known |= Q(**{f"{why}__startswith": other.label})
            label = Q(**{f"{why}__startswith": choices(code).label})
            is_of_kind = ~known if code == OTHER else label
            found = queryset.filter(is_of_kind, **refused)
            return found.distinct()

    return ReasonFilter
