"""The « tarifs » screen (portal.md 7.2)."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms import BaseFormSet, formset_factory

from offers.constants import MAX_LABEL, SINGLE_PRICE_LABEL
from offers.models import Offer
from offers.services.price_categories import PriceRow
from passpro.kernel.forms import EurosField


class PriceForm(forms.Form):
    """One price; `pk` names a price that already exists."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(
        label="Intitulé du tarif",
        max_length=MAX_LABEL,
        error_messages={
            "required": "Donnez un intitulé à ce tarif.",
            "max_length": f"L’intitulé compte au plus {MAX_LABEL} caractères.",
        },
    )
    price = EurosField(
        label="Prix par personne", required=False, max_cents=settings.MAX_PRICE_CENTS
    )
    is_free = forms.BooleanField(label="Gratuit", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_free"):
            # A free place has no other price, whatever was left in the field.
            self.errors.pop("price", None)
            data["price"] = 0
        elif data.get("price") is None and "price" not in self.errors:
            self.add_error("price", "Donnez un prix, ou cochez « Gratuit ».")
        return data


class PriceRows(BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """PRC-05: nobody has to name a price that is alone."""
        super().add_fields(form, index)
        if self.total_form_count() == 1 and form["label"].value() == SINGLE_PRICE_LABEL:
            form.fields["label"].widget.attrs["readonly"] = True


PriceFormSet = formset_factory(
    PriceForm,
    formset=PriceRows,
    extra=0,
    min_num=1,
    max_num=settings.MAX_PRICE_CATEGORIES,
    absolute_max=settings.MAX_PRICE_CATEGORIES + 1,
)


class DuoForm(forms.Form):
    """OFF-75; the box exists only where the subcategory allows it."""

    is_duo = forms.BooleanField(
        label="Accepter les réservations « duo »",
        required=False,
        help_text="Le bénéficiaire peut prendre une seconde place, au même prix.",
    )

    # PRC-07: asked when a price that has dates was taken out of a draft.
    drops_dates = forms.BooleanField(label="Supprimer aussi les dates de ce tarif", required=False)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, initial={"is_duo": offer.is_duo}, **kwargs)
        if not offer.subcategory.can_be_duo:
            del self.fields["is_duo"]


def initial_rows(offer: Offer) -> list[dict[str, Any]]:
    """Existing prices, cheapest first (PRC-12), or one line « Tarif unique » (PRC-05)."""
    rows = [
        {"pk": item.pk, "label": item.label, "price": item.price_cents, "is_free": False}
        for item in offer.price_categories.order_by("price_cents", "label")
    ]
    return rows or [{"label": SINGLE_PRICE_LABEL}]


def named_alone(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """PRC-05: one line is « Tarif unique »; a second one asks for the name of both."""
    if len(rows) == 1:
        return [rows[0] | {"label": SINGLE_PRICE_LABEL}]
    return [
        row | {"label": "" if row.get("label") == SINGLE_PRICE_LABEL else row.get("label", "")}
        for row in rows
    ]


def rows_of(formset: BaseFormSet) -> list[PriceRow]:
    """What the service takes."""
    return [
        PriceRow(pk=data["pk"], label=data["label"], price_cents=data["price"])
        for data in (form.cleaned_data for form in formset)
    ]
