"""Before an account exists: may this structure join, and what will it need (B8)?"""

from dataclasses import dataclass

from passpro.registers.companies import Company
from venues.enums import Audience
from venues.identifiers import clean_number
from venues.models import Offerer
from venues.models.offerers import grouped
from venues.services.registration import ask_register


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the register says of a number; `name` is empty when it does not answer."""

    siren: str
    siret: str
    name: str
    town: str
    is_known: bool
    is_local_authority: bool
    is_school: bool


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to have at hand, and why."""

    title: str
    text: str


def look_at(number: str) -> Prospect:
    """What is public of a SIREN or a SIRET; nothing is kept (OFF-01, OFF-04).

    Raises InvalidSiren, InvalidSiret, UnknownNumber, NotDisclosed, CompanyCeased. A register that
    is down refuses nobody (SIR-10).
    """
    siren, siret = clean_number(number)
    company, place = ask_register(siren, siret, is_needed=True)
    offerer = Offerer.objects.filter(siren=siren).first()
    known: Company | None = company
    return Prospect(
        siren=siren,
        siret=siret or (place.siret if place else ""),
        name=known.name if known else "",
        town=f"{place.postal_code} {place.city}".strip() if place else "",
        is_known=offerer is not None and offerer.is_open,
        is_local_authority=bool(known and known.is_local_authority),
        is_school=bool(known and known.is_school),
    )


def needs_of(prospect: Prospect, *, activity: str, audience: list[str]) -> list[Need]:
    """What will be asked of this structure, in the order in which it is asked."""
    needs = [
        Need(
            "Votre compte personnel",
            "Votre nom, une adresse e-mail que vous consultez, un téléphone et un mot de passe.",
        ),
        Need(
            "Le numéro de la structure",
            f"Le SIRET {grouped(prospect.siret)} : nom et adresse viennent du répertoire."
            if prospect.siret
            else "Son SIREN ou son SIRET : nom et adresse viennent du répertoire.",
        ),
    ]
    if not prospect.is_known:
        needs.append(
            Need(
                "La présentation du lieu",
                "Un nom public, une adresse, l’activité, et vos sites ou réseaux sociaux : notre "
                "équipe les consulte pour valider la structure.",
            )
        )
    if activity == "OTHER":
        needs.append(
            Need(
                "Une preuve de votre activité culturelle",
                "Votre activité n’est pas dans la liste : programmes, affiches ou statuts "
                "aideront notre équipe à répondre.",
            )
        )
    if activity in {"MOVIE", "TRAVELING_CINEMA"}:
        needs.append(
            Need(
                "L’identifiant de votre cinéma",
                "Seulement si votre logiciel de billetterie publie vos séances.",
            )
        )
    if Audience.EDUCATIONAL in audience:
        needs.append(
            Need(
                "Un référencement ADAGE",
                "Pour les groupes scolaires : vous décrivez votre projet d’éducation artistique "
                "et culturelle, une commission régionale l’examine. La demande se fait ici.",
            )
        )
    needs.append(
        Need(
            "Un IBAN et son RIB",
            "Plus tard, pour être remboursé des offres payantes ; rien n’est demandé pour des "
            "offres gratuites.",
        )
    )
    return needs
