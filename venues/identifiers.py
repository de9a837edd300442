"""SIREN and SIRET as people type them, with a French message for each kind of mistake (OFF-02)."""

from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siren as siren_rules
from stdnum.fr import siret as siret_rules

from venues.exceptions import InvalidSiren, InvalidSiret


def clean_siren(text: str) -> str:
    """Nine digits without spaces; raises InvalidSiren with a message for `siren`."""
    digits = _digits(text)
    if not digits.isascii() or not digits.isdigit():
        raise InvalidSiren("Le SIREN ne contient que des chiffres.", field="siren")
    if len(digits) != 9:
        raise InvalidSiren(
            f"Le SIREN compte 9 chiffres : vous en avez saisi {len(digits)}.", field="siren"
        )
    try:
        if digits == "0" * 9:
            raise StdnumError
        return str(siren_rules.validate(digits))
    except StdnumError:
        raise InvalidSiren(
            "Ce SIREN n’existe pas : l’un de ses chiffres est faux, vérifiez votre saisie.",
            field="siren",
        ) from None


def clean_siret(text: str, *, siren: str) -> str:
    """Fourteen digits that begin with `siren` (VEN-02); La Poste has its own control rule.

    Raises InvalidSiret with a message for `siret`.
    """
    digits = _digits(text)
    if not digits.isascii() or not digits.isdigit():
        raise InvalidSiret("Le SIRET ne contient que des chiffres.", field="siret")
    if len(digits) != 14:
        raise InvalidSiret(
            f"Le SIRET compte 14 chiffres : vous en avez saisi {len(digits)}.", field="siret"
        )
    if not digits.startswith(siren):
        raise InvalidSiret(
            f"Ce SIRET est celui d’une autre structure : il doit commencer par {siren}.",
            field="siret",
        )
    try:
        return str(siret_rules.validate(digits))
    except StdnumError:
        raise InvalidSiret(
            "Ce SIRET n’existe pas : l’un de ses chiffres est faux, vérifiez votre saisie.",
            field="siret",
        ) from None


def clean_number(text: str) -> tuple[str, str]:
    """A SIREN or a SIRET as typed at sign-up → (SIREN, SIRET or empty).

    Raises InvalidSiren or InvalidSiret, both for the field `number`.
    """
    digits = _digits(text)
    try:
        if len(digits) == 14:
            siret = clean_siret(digits, siren=digits[:9])
            return siret[:9], siret
        if digits.isascii() and digits.isdigit() and len(digits) != 9:
            raise InvalidSiren(
                "Saisissez un SIREN (9 chiffres) ou un SIRET (14 chiffres) : "
                f"vous en avez saisi {len(digits)}."
            )
        return clean_siren(digits), ""
    except (InvalidSiren, InvalidSiret) as error:
        error.field = "number"
        raise


def _digits(text: str) -> str:
    """What was typed without spaces (ordinary, no-break) nor dots."""
    return "".join(text.replace(".", "").split())
