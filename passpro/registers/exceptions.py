"""What a register may answer instead of data (SIR-04)."""

from passpro.kernel.errors import DomainError


class RegisterDown(DomainError):
    """No usable answer in time: the person types the data, nothing is lost (SIR-10, BAN-04)."""

    code = "register_down"
    message = "Le service ne répond pas pour le moment : saisissez les informations vous-même."
    http_status = 503


class RegisterBusy(RegisterDown):
    """The register limits our calls."""

    code = "register_busy"
    message = "Le service reçoit trop de demandes : réessayez dans une minute."


class TooManyLookups(DomainError):
    """One person asks too often (SIR-03)."""

    code = "too_many_lookups"
    message = "Vous avez fait beaucoup de recherches : réessayez dans une minute."
    http_status = 429


class UnknownNumber(DomainError):
    """The register does not know this SIREN or SIRET."""

    code = "unknown_number"
    message = "Ce numéro n’existe pas dans le répertoire des entreprises."
    http_status = 400


class NotDisclosed(DomainError):
    """The company asked INSEE not to publish its data (OFF-04)."""

    code = "not_disclosed"
    message = (
        "Cette entreprise a demandé à l’Insee de ne pas diffuser ses données : rendez-les "
        "publiques pour l’inscrire."
    )
    http_status = 400


class UnknownAgenda(DomainError):
    """PRV-12: the agenda service does not know this number."""

    code = "unknown_agenda"
    message = (
        "Aucun agenda public ne porte ce numéro : recopiez les chiffres du lien d’export "
        "« Google Calendar » de votre agenda."
    )
    http_status = 400


class AgendaDown(RegisterDown):
    """OpenAgenda is silent: the same events can be sent as a file."""

    code = "agenda_down"
    message = "OpenAgenda ne répond pas : réessayez plus tard, ou envoyez le fichier .ics."


class FeedDown(RegisterDown):
    """PRV-05: the software's feed does not answer, or badly."""

    code = "feed_down"
    message = "Ce logiciel ne répond pas pour l’instant. Réessayez plus tard."


class UnknownAccount(DomainError):
    """PRV-05: the software does not know this venue."""

    code = "unknown_account"
    message = (
        "Ce logiciel ne connaît pas encore ce lieu : demandez à son éditeur de l’ouvrir à la "
        "synchronisation."
    )
