"""A young person reports an offer (OFF-160)."""

from django import forms

from offers.enums import ReportReason


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label="Que se passe-t-il ?", choices=ReportReason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="Explique en quelques mots",
        help_text="Avec le motif « Autre » seulement.",
        required=False,
        max_length=512,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
