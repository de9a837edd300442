"""Forms of the team of a structure: shape only."""

from django import forms


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=120,
        help_text="La personne reçoit un lien, valable 30 jours, pour rejoindre votre équipe.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class RemovalForm(forms.Form):
    reason = forms.CharField(
        label="Motif, envoyé à la personne",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
