"""What people send and choose when they import offers (seed 002)."""

from typing import Any

from django import forms
from django.conf import settings

from offers.constants import MAX_QUANTITY
from offers.enums import ImportKind
from offers.forms.fields import PlacesField, subcategory_choices
from passpro.kernel.forms import EurosField
from passpro.reference.categories import ONLINE, SUBCATEGORIES
from passpro.registers import agendas

_MOST_BYTES = 5_000_000


class SourceForm(forms.Form):
    """An agenda by its number, or a file."""

    kind = forms.ChoiceField(
        label="D’où viennent vos offres ?",
        choices=ImportKind,
        widget=forms.RadioSelect,
        initial=ImportKind.OPENAGENDA,
    )
    identifier = forms.CharField(
        label="Identifiant OpenAgenda",
        required=False,
        max_length=20,
        help_text="Les chiffres du lien d’export « Google Calendar » de votre agenda : "
        "47826291 dans openagenda.com/agendas/47826291/events.ics.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Fichier",
        required=False,
        help_text="Un agenda (.ics) ou des biens (.csv), 5 Mo au plus.",
        widget=forms.FileInput({"accept": ".ics,.csv,text/calendar,text/csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not agendas.is_on():
            self.fields["kind"].choices = [
                pair for pair in ImportKind.choices if pair[0] != ImportKind.OPENAGENDA
            ]
            self.fields["kind"].initial = ImportKind.ICS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, number, file = data.get("kind"), data.get("identifier", ""), data.get("file")
        if kind == ImportKind.OPENAGENDA:
            if not (number.isascii() and number.isdigit()):
                self.add_error("identifier", "L’identifiant est un nombre, par exemple 47826291.")
        elif kind and "file" not in self.errors:
            if file is None:
                self.add_error("file", "Choisissez un fichier.")
            elif file.size > _MOST_BYTES:
                self.add_error("file", "Le fichier ne peut pas dépasser 5 Mo.")
        return data


class AgendaForm(forms.Form):
    """What the agenda does not say; the boxes of events are drawn by the page."""

    subcategory_id = forms.ChoiceField(
        label="Sous-catégorie",
        choices=lambda: subcategory_choices("evenement"),
        error_messages={"required": "Choisissez une sous-catégorie."},
    )
    price = EurosField(
        label="Prix par personne",
        max_cents=settings.MAX_PRICE_CENTS,
        help_text="0 si c’est gratuit.",
        error_messages={"required": "Donnez un prix, 0 si c’est gratuit."},
    )
    places = PlacesField(
        label="Nombre de places par date",
        min_value=1,
        max_value=MAX_QUANTITY,
        help_text="Vide : pas de limite.",
    )


def goods_choices() -> list[tuple[str, str]]:
    """Goods that bear an EAN, paper books first."""
    kinds = [
        kind
        for kind in SUBCATEGORIES
        if kind.is_selectable
        and not kind.is_event
        and kind.where != ONLINE
        and "ean" in {item.name for item in kind.extra_fields}
    ]
    return [
        (kind.id, kind.label)
        for kind in sorted(kinds, key=lambda kind: (kind.id != "LIVRE_PAPIER", kind.label))
    ]


class GoodsForm(forms.Form):
    subcategory_id = forms.ChoiceField(
        label="Sous-catégorie des nouveaux biens", choices=goods_choices
    )
