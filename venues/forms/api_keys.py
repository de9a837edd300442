"""Form of the keys of a structure: shape only, services decide."""

from django import forms

from passpro.kernel.forms import ShortTextInput


class ApiKeyForm(forms.Form):
    label = forms.CharField(
        label="Nom de la clé",
        max_length=80,
        help_text="Pour la reconnaître, par exemple le nom de votre logiciel de billetterie.",
        widget=ShortTextInput(attrs={"autocomplete": "off"}),
    )
