"""Refusals about people."""

from passpro.kernel.errors import DomainError


class EmailTaken(DomainError):
    """USR-03, also when two sign-ups arrive at once."""

    code = "email_taken"
    message = "Un compte existe déjà avec cette adresse e-mail : connectez-vous."


class EmailDomainBlocked(DomainError):
    """SUS-03."""

    code = "email_domain_blocked"
    message = "Cette adresse e-mail ne permet pas d’ouvrir un compte : utilisez-en une autre."
    http_status = 400


class DomainAlreadyBlocked(DomainError):
    code = "domain_already_blocked"
    message = "Ce domaine est déjà bloqué."


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


class WrongPassword(DomainError):
    """The password asked again before a grave change is wrong."""

    code = "wrong_password"
    message = "Ce n’est pas votre mot de passe actuel."
    http_status = 400


class SameEmail(DomainError):
    code = "same_email"
    message = "C’est déjà l’adresse de votre compte."
    http_status = 400


class TooManyEmailChanges(DomainError):
    """PRF-02: five requests in 24 hours."""

    code = "too_many_email_changes"
    message = "Vous avez demandé cinq changements d’adresse en 24 heures : réessayez demain."
    http_status = 429


class AlreadySuspended(DomainError):
    code = "already_suspended"
    message = "Ce compte est déjà fermé ou suspendu."


class NotSuspended(DomainError):
    code = "not_suspended"
    message = "Ce compte n’est pas suspendu."


class ReturnTooLate(DomainError):
    """SUS-05: 60 days after one's own request."""

    code = "return_too_late"
    message = "Le délai de 60 jours pour revenir est passé : ce compte va être effacé."


class WrongSuspensionReason(DomainError):
    """SUS-02, SUS-03: the lists differ."""

    code = "wrong_suspension_reason"
    message = "Choisissez un motif de la liste de ce type de compte."
    http_status = 400


class EmailNotRetyped(DomainError):
    """PRF-04: leaving asks to type the address again."""

    code = "email_not_retyped"
    message = "Saisissez l’adresse e-mail de votre compte pour confirmer."
    http_status = 400


class MayNotLeave(DomainError):
    """PRF-04: something that would be left without anybody is still running."""

    code = "may_not_leave"


class ExportAlreadyWaiting(DomainError):
    code = "export_already_waiting"
    message = "Une demande est déjà en cours : l’e-mail part dès que le fichier est prêt."


class AlreadyAnonymised(DomainError):
    code = "already_anonymised"
    message = "Ce compte est déjà anonymisé."


class MayNotBeSeenAs(DomainError):
    """« Voir comme » is for the accounts of professionals, never of agents or young people."""

    code = "may_not_be_seen_as"
    message = "Seul le compte actif d’un acteur culturel peut être vu ainsi."


class ReasonNeeded(DomainError):
    code = "reason_needed"
    message = "Dites pourquoi : le motif est gardé dans l’historique."
    http_status = 400


class WrongCode(DomainError):
    """A code of the second factor is wrong, already used, or typed too soon after a failure."""

    code = "wrong_code"
    message = (
        "Ce code n’est pas le bon, ou il a déjà servi. Attendez quelques secondes, puis tapez "
        "celui que votre téléphone affiche maintenant."
    )
    http_status = 400


class NoSecondFactor(DomainError):
    code = "no_second_factor"
    message = "Ce compte n’a pas de second facteur."
