"""Refusals about structures, venues and keys."""

from passpro.kernel.errors import DomainError


class InvalidSiren(DomainError):
    """`message` says what is wrong: length, letters or control digit."""

    code = "invalid_siren"
    message = "Ce SIREN n’est pas valable."
    http_status = 400


class InvalidSiret(DomainError):
    """`message` says what is wrong: length, letters, control digit or another SIREN."""

    code = "invalid_siret"
    message = "Ce SIRET n’est pas valable."
    http_status = 400


class AlreadyAttached(DomainError):
    """OFF-08: this person already belongs, or asked to belong, to the structure."""

    code = "already_attached"
    message = "Vous êtes déjà rattaché à cette structure."


class StructureClosed(DomainError):
    code = "structure_closed"
    message = "Cette structure est fermée : personne ne peut plus la rejoindre."


class CompanyCeased(DomainError):
    """OFF-04: the register says that the company, or this place of it, is closed."""

    code = "company_ceased"
    message = "Le répertoire des entreprises indique que cette entreprise a cessé son activité."
    http_status = 400


class IdentityMissing(DomainError):
    """A new structure needs its name and town when the register did not answer."""

    code = "identity_missing"
    message = "Donnez le nom et l’adresse de la structure."
    http_status = 400


class AlreadySuspended(DomainError):
    code = "already_suspended"
    message = "Cette structure est déjà suspendue."


class NotSuspended(DomainError):
    code = "not_suspended"
    message = "Cette structure n’est pas suspendue."


class ClosingNotPossible(DomainError):
    """OFF-33."""

    code = "closing_not_possible"
    message = "Seule une structure validée se ferme : écrivez à nos équipes."


class ClosingAlreadyAsked(DomainError):
    code = "closing_already_asked"
    message = "La fermeture de cette structure est déjà demandée."


class ClosingNotAsked(DomainError):
    code = "closing_not_asked"
    message = "La fermeture de cette structure n’est pas, ou plus, demandée."


class StructureClosing(DomainError):
    """OFF-33: offers stay withdrawn until the request of closing is decided or taken back."""

    code = "structure_closing"
    message = (
        "La fermeture de cette structure est demandée : ses offres restent en pause. Son "
        "administrateur peut revenir sur sa demande dans la page de la structure."
    )
    api_key = "global"


class StructureHasBookings(DomainError):
    """§2.3: a structure with bookings to honour is not suspended."""

    code = "structure_has_bookings"

    def __init__(self, count: int, *, kind: str = "réservation") -> None:
        many = "s" if count > 1 else ""
        # « réservation scolaire » → « réservations scolaires »
        things = " ".join(word + many for word in kind.split())
        super().__init__(
            f"Cette structure a {count} {things} à honorer : attendez qu’elles soient "
            "validées ou annulées, ou fermez la structure."
        )


class AlreadyInvited(DomainError):
    """INV-02."""

    code = "already_invited"
    message = "Cette adresse a déjà une invitation en attente : vous pouvez la renvoyer."


class AlreadyMember(DomainError):
    """INV-02."""

    code = "already_member"
    message = "Cette personne fait déjà partie de l’équipe."


class TooManyInvitations(DomainError):
    code = "too_many_invitations"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Vous avez {limit} invitations en attente : annulez-en une avant d’inviter encore.",
            field="email",
        )


class InvitationExpired(DomainError):
    """INV-07."""

    code = "invitation_expired"
    message = "Cette invitation a expiré : demandez qu’on vous la renvoie."
    http_status = 410


class InvitationJustSent(DomainError):
    code = "invitation_just_sent"
    message = "Cette invitation vient d’être envoyée : attendez dix minutes avant de la renvoyer."


class AdministratorStays(DomainError):
    """ADM-03: a structure is never left without administrator by its own people."""

    code = "administrator_stays"
    message = (
        "L’administrateur ne peut pas quitter la structure : confiez d’abord l’administration à "
        "un autre membre."
    )


class NotInTheTeam(DomainError):
    code = "not_in_the_team"
    message = "Cette personne ne fait pas, ou plus, partie de l’équipe."


class PersonUnknown(DomainError):
    code = "person_unknown"
    message = "Aucun compte n’a cette adresse e-mail : la personne doit d’abord s’inscrire."


class SiretTaken(DomainError):
    code = "siret_taken"
    message = "Un lieu existe déjà avec ce SIRET."


class SiretIsFinal(DomainError):
    """VEN-02: a SIRET once given is never changed by the portal."""

    code = "siret_is_final"
    message = "Le SIRET d’un lieu ne peut plus être modifié une fois enregistré."


class SiretOrComment(DomainError):
    """VEN-01: exactly one of SIRET and comment."""

    code = "siret_or_comment"
    message = "Donnez un SIRET, ou dites dans le commentaire pourquoi il n’y en a pas."
    http_status = 400


class VirtualVenueLocked(DomainError):
    code = "virtual_venue_locked"
    message = "Le lieu numérique est créé par PassPro et ne se modifie pas."


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = "Donnez le motif du refus : il est envoyé par e-mail aux personnes concernées."
    http_status = 400


class TooManyApiKeys(DomainError):
    """KEY-03."""

    code = "too_many_api_keys"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Une structure peut avoir au plus {limit} clés d’API : supprimez-en une d’abord."
        )


class ApiKeyAlreadyRevoked(DomainError):
    code = "api_key_already_revoked"
    message = "Cette clé d’API est déjà supprimée."


class ApiKeyOfInactiveStructure(DomainError):
    """KEY-05: the key is right but its structure is suspended."""

    code = "inactive_structure"
    message = "La structure de cette clé d’API n’est plus active."
    http_status = 403


class ApiKeyOfInactiveProvider(DomainError):
    """KEY-05: the key is right but its partner is switched off."""

    code = "inactive_provider"
    message = "Ce partenaire technique n’est plus actif."
    http_status = 403


class WrongOpeningHours(DomainError):
    """`message` names the day: an end before its beginning, or two ranges that overlap."""

    code = "wrong_opening_hours"
    message = "Ces horaires ne sont pas possibles."
    http_status = 400


class ProviderNotOffered(DomainError):
    code = "provider_not_offered"
    message = "Ce logiciel n’est plus proposé : choisissez-en un autre."


class CinemaUnknown(DomainError):
    """PRV-05: a cinema's software knows a place by an identifier of its own."""

    code = "cinema_unknown"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} ne connaît pas encore ce lieu : notre équipe doit d’abord enregistrer "
            "l’identifiant de votre cinéma. Écrivez-lui, puis revenez ici."
        )


class SiretNeeded(DomainError):
    """PRV-05: this kind of software knows a place by its SIRET."""

    code = "siret_needed"
    message = (
        "Les logiciels de librairie reconnaissent un lieu à son SIRET : donnez celui du lieu avant "
        "de choisir ce logiciel."
    )


class AlreadySynchronised(DomainError):
    """PRV-03: one live link a venue."""

    code = "already_synchronised"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Ce lieu est déjà relié à {name} : retirez cette autorisation pour choisir un autre "
            "logiciel."
        )


class ProviderSwitchedOff(DomainError):
    code = "provider_switched_off"
    message = "Ce partenaire technique n’est plus actif : l’autorisation ne peut pas être rétablie."


class VenueWithoutAddress(DomainError):
    """Schools and partners work with a real place."""

    code = "venue_without_address"
    message = "Le lieu numérique n’est pas concerné : choisissez un lieu réel."
    http_status = 400


class AlreadyReferenced(DomainError):
    code = "already_referenced"
    message = "Ce lieu est déjà référencé dans ADAGE."


class AdageRequestPending(DomainError):
    code = "adage_request_pending"
    message = "Une demande de référencement est déjà en cours pour ce lieu."


class AdageIdTaken(DomainError):
    code = "adage_id_taken"
    message = "Cet identifiant ADAGE est déjà celui d’un autre lieu."


class AdageIdMissing(DomainError):
    code = "adage_id_missing"
    message = "Donnez l’identifiant du partenaire dans ADAGE."
    http_status = 400


class NotReferenced(DomainError):
    code = "not_referenced"
    message = "Ce lieu n’est pas référencé dans ADAGE."


class ClosedEstablishment(DomainError):
    """VEN-02: the register says that this place has closed."""

    code = "closed_establishment"
    message = "Cet établissement est fermé au répertoire des entreprises."
    http_status = 400


class AlreadyAdministered(DomainError):
    """ADM-04 is for structures that nobody administers."""

    code = "already_administered"
    message = "Cette structure est fermée ou a déjà un administrateur : rien n’a été envoyé."


class UnknownMunicipality(DomainError):
    """API-141; the message names the town and its postal code."""

    code = "unknown_municipality"
    api_key = "__root__"
    http_status = 400


class AddressNotLocated(DomainError):
    """API-141: the base does not know it and no point was given."""

    code = "address_not_located"
    message = "Cette adresse est inconnue : donnez sa latitude et sa longitude."
    api_key = "__root__"
    http_status = 400
