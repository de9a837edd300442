"""Password and phone rules of the rule book (structures_admin.md §10.1–10.2)."""

import re

from django.core.exceptions import ValidationError


class MixedCharactersValidator:
    """At least one lower case letter, one capital, one digit and one other sign (PWD-01)."""

    _NEEDED = (
        (r"[a-zà-öø-ÿ]", "une minuscule"),
        (r"[A-ZÀ-ÖØ-Þ]", "une majuscule"),
        (r"\d", "un chiffre"),
        (r"[^\w\s]|_", "un caractère spécial (par exemple ! ? - @)"),
    )

    def validate(self, password: str, user: object | None = None) -> None:
        """Raise one error for each broken criterion."""
        broken = [
            ValidationError(f"Le mot de passe doit contenir {what}.", code="password_not_mixed")
            for pattern, what in self._NEEDED
            if not re.search(pattern, password)
        ]
        if broken:
            raise ValidationError(broken)

    def get_help_text(self) -> str:
        return (
            "Le mot de passe doit contenir une minuscule, une majuscule, un chiffre "
            "et un caractère spécial."
        )


class NotTheAddressValidator:
    """The password must not contain the e-mail address or what precedes its @ (PWD-06)."""

    SHORTEST = 4

    def validate(self, password: str, user: object | None = None) -> None:
        name = str(getattr(user, "email", "")).partition("@")[0].lower()
        if len(name) >= self.SHORTEST and name in password.lower():
            raise ValidationError(self.get_help_text(), code="password_has_address")

    def get_help_text(self) -> str:
        return "Le mot de passe ne doit pas contenir votre adresse e-mail."


_FRENCH_PHONE = re.compile(r"^0[1-9]\d{8}$")
_WORLD_PHONE = re.compile(r"^\+[1-9]\d{8,14}$")


def clean_phone(text: str) -> str:
    """International form without spaces (« +33612345678 »), or ValidationError (USR-01)."""
    digits = re.sub(r"[\s.\-()]", "", text)
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if _FRENCH_PHONE.match(digits):
        digits = f"+33{digits[1:]}"
    if not digits.isascii() or not _WORLD_PHONE.match(digits):
        raise ValidationError(
            "Saisissez un numéro de téléphone valable, par exemple 06 12 34 56 78.",
            code="invalid_phone",
        )
    return digits
