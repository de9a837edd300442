"""Forms of the account pages: shape only, services decide."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from passpro.accounts.models import User
from passpro.accounts.notifications import offered_to
from passpro.accounts.validators import clean_phone
from passpro.kernel.forms import ShortTextInput

CONTACT_WORDS = "J’accepte d’être contacté par e-mail pour donner mon avis"
NEWSLETTER_WORDS = "Je souhaite recevoir les actualités"


def _email_field(**kwargs: Any) -> forms.EmailField:
    return forms.EmailField(
        label="Adresse e-mail",
        max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        **kwargs,
    )


def _password_field(label: str, *, autocomplete: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=4096,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class SignInForm(forms.Form):
    email = _email_field()
    password = _password_field("Mot de passe", autocomplete="current-password")
    remember = forms.BooleanField(
        label="Rester connecté sur cet appareil",
        required=False,
        help_text="Pendant 30 jours sans visite. À éviter sur un poste partagé.",
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class EmailForm(forms.Form):
    """An address alone: password forgotten, new confirmation link."""

    email = _email_field()


class PhoneMixin(forms.Form):
    phone = forms.CharField(
        label="Téléphone",
        required=False,
        max_length=30,
        help_text="Réservé à nos équipes, par exemple 06 12 34 56 78.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"].strip()
        return clean_phone(text) if text else ""


class NewPasswordMixin(forms.Form):
    """A password that obeys every rule; each broken one is reported (PWD-01)."""

    password = _password_field("Mot de passe", autocomplete="new-password")

    def person(self) -> User:
        """Whose facts the password must not resemble."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            try:
                validate_password(password, self.person())
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class SignUpForm(PhoneMixin, NewPasswordMixin):
    first_name = forms.CharField(
        label="Prénom",
        max_length=128,
        widget=ShortTextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Nom", max_length=128, widget=ShortTextInput(attrs={"autocomplete": "family-name"})
    )
    pseudo = forms.CharField(
        label="Pseudo",
        required=False,
        max_length=60,
        help_text="Visible par les autres utilisateurs. Facultatif.",
        widget=ShortTextInput(attrs={"autocomplete": "nickname"}),
    )
    email = _email_field()
    accepts_contact = forms.BooleanField(label=CONTACT_WORDS, required=False)
    accepts_newsletter = forms.BooleanField(label=NEWSLETTER_WORDS, required=False)
    # USR-11: people do not see it, robots fill it.
    website = forms.CharField(
        label="Laissez ce champ vide",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    field_order = (
        "first_name", "last_name", "pseudo", "email", "password", "phone",
        "accepts_contact", "accepts_newsletter",
    )  # fmt: skip

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def person(self) -> User:
        known = self.cleaned_data
        return User(
            email=known.get("email", ""),
            first_name=known.get("first_name", ""),
            last_name=known.get("last_name", ""),
        )


class ResetPasswordForm(NewPasswordMixin):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "Nouveau mot de passe"

    def person(self) -> User:
        return self.user


class ChangePasswordForm(ResetPasswordForm):
    """PWD-02: the current one is right, the new one differs and is typed twice."""

    current = _password_field("Mot de passe actuel", autocomplete="current-password")
    confirmation = _password_field("Confirmez le nouveau mot de passe", autocomplete="new-password")

    field_order = ("current", "password", "confirmation")

    def clean_current(self) -> str:
        current = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise forms.ValidationError("Ce n’est pas votre mot de passe actuel.")
        return current

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        password = cleaned.get("password")
        if password and password == cleaned.get("current"):
            self.add_error("password", "Choisissez un mot de passe différent de l’actuel.")
        if password and cleaned.get("confirmation") not in {None, password}:
            self.add_error("confirmation", "Les deux mots de passe ne sont pas identiques.")
        return cleaned


class IdentityForm(PhoneMixin):
    """Name, pseudo and phone; a young person's name was checked and is not in the form."""

    first_name = forms.CharField(
        label="Prénom", max_length=128, widget=ShortTextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Nom", max_length=128, widget=ShortTextInput(attrs={"autocomplete": "family-name"})
    )
    pseudo = forms.CharField(label="Pseudo", required=False, max_length=60, widget=ShortTextInput)

    field_order = ("first_name", "last_name", "pseudo", "phone")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(user, name) for name in ("first_name", "last_name", "pseudo", "phone")
        }
        super().__init__(*args, **kwargs)
        if user.is_beneficiary:
            del self.fields["first_name"], self.fields["last_name"]


class PreferencesForm(forms.Form):
    """Which e-mails the person wants; unticked boxes are refusals."""

    wanted = forms.MultipleChoiceField(
        label="Je veux recevoir un e-mail sur",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accepts_newsletter = forms.BooleanField(label=NEWSLETTER_WORDS, required=False)
    accepts_contact = forms.BooleanField(label=CONTACT_WORDS, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        offered = offered_to(is_beneficiary=user.is_beneficiary)
        kwargs["initial"] = {
            "wanted": [one.code for one in offered if user.accepts(one.code)],
            "accepts_newsletter": user.accepts_newsletter,
            "accepts_contact": user.accepts_contact,
        }
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = [(one.code, one.words) for one in offered]


class EmailChangeForm(forms.Form):
    """PRF-02: the new address, and the password again."""

    email = forms.EmailField(
        label="Nouvelle adresse e-mail",
        max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    current = _password_field("Votre mot de passe", autocomplete="current-password")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class LeaveForm(forms.Form):
    """PRF-04: the address typed again, so that nobody leaves by accident."""

    email = forms.CharField(
        label="Adresse e-mail de votre compte",
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "email"}
        ),
    )
