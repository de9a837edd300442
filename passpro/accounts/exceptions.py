"""Refusals about people."""

from passpro.kernel.errors import DomainError


class EmailTaken(DomainError):
    """USR-03, also when two sign-ups arrive at once."""

    code = "email_taken"
    message = "Un compte existe déjà avec cette adresse e-mail : connectez-vous."


class LinkExpired(DomainError):
    """A confirmation or password link is wrong, too old or already used."""

    code = "link_expired"
    message = "Ce lien n’est plus valable : demandez-en un nouveau."
    http_status = 410


class EmailAlreadyVerified(DomainError):
    code = "email_already_verified"
    message = "Votre adresse e-mail est déjà confirmée : connectez-vous."


class TooYoungOrTooOld(DomainError):
    """A beneficiary is 15 to 18 when the account is made."""

    code = "age_out_of_range"
    message = "Un bénéficiaire a entre 15 et 18 ans."
    http_status = 400
