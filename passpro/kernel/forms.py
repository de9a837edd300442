"""Form fields shared by the apps."""

from typing import Any

from django import forms

from passpro.kernel import money
from passpro.kernel.images import Crop, WithImage


class ShortTextInput(forms.TextInput):
    """A name or an address: its limit is far, so no counter is drawn."""

    template_name = "django/forms/widgets/text.html"


class EurosField(forms.CharField):
    """An amount typed in euros, cleaned to integer cents between `min_cents` and `max_cents`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, min_cents: int = 0, max_cents: int | None = None, **kwargs: Any) -> None:
        self.min_cents, self.max_cents = min_cents, max_cents
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return money.decimal_comma(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            cents = money.parse_euros(text)
        except money.NotAnAmount:
            raise forms.ValidationError(
                "Saisissez un montant en euros avec des chiffres, par exemple 12,50.",
                code="not_an_amount",
            ) from None
        if cents < self.min_cents:
            raise forms.ValidationError(
                f"Le montant doit être d’au moins {money.euros(self.min_cents)}.", code="too_low"
            )
        if self.max_cents is not None and cents > self.max_cents:
            raise forms.ValidationError(
                f"Le montant ne peut pas dépasser {money.euros(self.max_cents)}.", code="too_high"
            )
        return cents


class ImageForm(forms.Form):
    """An image, from a file or a web address, and how it is framed; without script, the middle.

    `image` is the thing that shows it (kernel.images.WithImage): without a new file, the picture
    it has is framed anew.
    """

    image = forms.FileField(
        label="Image",
        required=False,
        help_text="PNG ou JPEG, 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    address = forms.URLField(
        label="Ou adresse web de l’image",
        required=False,
        max_length=2000,
        assume_scheme="https",
        help_text="Par exemple https://votre-site.fr/affiche.jpg ; vous la recadrerez ensuite.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    credit = forms.CharField(
        label="Crédit de l’image",
        required=False,
        max_length=255,
        help_text="Par exemple le nom du ou de la photographe.",
        widget=ShortTextInput(attrs={"autocomplete": "off"}),
    )
    crop_x = forms.FloatField(required=False, widget=forms.HiddenInput)
    crop_y = forms.FloatField(required=False, widget=forms.HiddenInput)
    crop_width = forms.FloatField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, image: WithImage, **kwargs: Any) -> None:
        self.has_image = bool(image.image_key)
        crop = {f"crop_{name}": value for name, value in image.image_crop.items()}
        kwargs["initial"] = {"credit": image.image_credit, **crop}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = cleaned.get("image") or cleaned.get("address")
        if not given and not self.has_image and not self.errors.keys() & {"image", "address"}:
            self.add_error("image", "Choisissez un fichier ou donnez son adresse web.")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """`upload`, `address`, `crop` and `credit`, as services hand them to `images.make`."""
        given = [self.cleaned_data.get(f"crop_{name}") for name in ("x", "y", "width")]
        crop = None if any(one is None for one in given) else Crop(*given)
        return {
            "upload": self.cleaned_data.get("image"),
            "address": self.cleaned_data.get("address") or "",
            "crop": crop,
            "credit": self.cleaned_data["credit"],
        }
