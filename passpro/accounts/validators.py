"""Password rules of the rule book (structures_admin.md §10.2)."""

import re

from django.core.exceptions import ValidationError


class MixedCharactersValidator:
    """At least one lower case letter, one capital, one digit and one other sign."""

    _NEEDED = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")

    def validate(self, password: str, user: object | None = None) -> None:
        if not all(re.search(pattern, password) for pattern in self._NEEDED):
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        return "Le mot de passe doit contenir une minuscule, une majuscule, un chiffre et un signe."
