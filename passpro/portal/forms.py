"""The form of the component gallery: one field of each kind."""

from django import forms

from passpro.kernel.forms import EurosField


class GalleryForm(forms.Form):
    """Nothing is saved: it shows how each kind of field looks, filled or refused."""

    name = forms.CharField(
        label="Nom du lieu", max_length=140, help_text="Tel qu’il figure sur la façade."
    )
    title = forms.CharField(label="Titre de l’offre", max_length=90)
    price = EurosField(label="Prix par personne", max_cents=300_00)
    duration = forms.IntegerField(label="Durée", required=False, min_value=1)
    category = forms.ChoiceField(
        label="Catégorie", choices=[("SPECTACLE", "Spectacle vivant"), ("MUSIQUE", "Musique")]
    )
    structure = forms.CharField(label="Structure", disabled=True, required=False)
    day = forms.DateField(label="Date", widget=forms.DateInput)
    hour = forms.TimeField(label="Heure", widget=forms.TimeInput)
    limit = forms.SplitDateTimeField(
        label="Date limite de réservation", widget=forms.SplitDateTimeWidget, required=False
    )
    file = forms.FileField(label="RIB", help_text="PDF, PNG ou JPEG, 10 Mo au plus.")
    email = forms.EmailField(label="E-mail de notification", required=False)
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    description = forms.CharField(
        label="Description", max_length=1000, required=False, widget=forms.Textarea
    )
    accessibility = forms.MultipleChoiceField(
        label="Accessibilité",
        choices=[("motor", "Moteur"), ("audio", "Auditif"), ("visual", "Visuel")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    audience = forms.ChoiceField(
        label="Public",
        choices=[("all", "Grand public"), ("school", "Groupe scolaire")],
        widget=forms.RadioSelect,
    )
    withdrawal = forms.ChoiceField(
        label="Retrait des billets",
        choices=[("no_ticket", "Aucun billet"), ("on_site", "Sur place")],
        widget=forms.RadioSelect,
        required=False,
    )
    terms = forms.BooleanField(label="J’ai lu les conditions d’utilisation")


FILLED = {
    "name": "Théâtre des Embruns",
    "title": "Le Lac des cygnes",
    "price": 1800,
    "duration": 95,
    "category": "SPECTACLE",
    "structure": "Théâtre des Embruns",
    "description": "Un ballet en quatre actes, dans une version pour douze danseurs.",
    "accessibility": ["motor"],
    "audience": "all",
    "withdrawal": "on_site",
}
REFUSED = {"name": "Théâtre des Embruns", "price": "450", "email": "camille@", "duration": "-3"}
