"""Sign-up of a structure from its SIREN or SIRET, with the company register's help (B1 to B6).

The register is always asked before the transaction, never inside.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from passpro.accounts.models import User
from passpro.kernel.actor import Actor
from passpro.registers import companies
from passpro.registers.companies import Company, Establishment
from passpro.registers.exceptions import NotDisclosed, RegisterDown, UnknownNumber
from venues.enums import MembershipStatus
from venues.exceptions import AlreadyAttached, CompanyCeased, SiretTaken, StructureClosed
from venues.identifiers import clean_number
from venues.lookups import point_of
from venues.models import Membership, Offerer, Registration, Venue
from venues.services.offerers import register_offerer
from venues.services.venues import VenueFacts, open_venue

MAX_WEBSITE = 255
_TAKEN = "Ajouté à l’inscription : ce SIRET est déjà celui d’un autre lieu de la structure."
_UNKNOWN = "Ajouté à l’inscription sans SIRET : le répertoire des entreprises ne répondait pas."


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a number: `company` is None when the register does not answer."""

    siren: str
    siret: str
    company: Company | None
    place: Establishment | None
    offerer: Offerer | None

    @property
    def is_known(self) -> bool:
        """The platform has this SIREN, in a state that can be joined (OFF-06)."""
        return self.offerer is not None and self.offerer.is_open


@dataclass(frozen=True, slots=True)
class Application:
    """The answers of the journey; `name` counts only if the register does not answer.

    `joins`: the person adds a place to a structure that the platform knows (B2).
    """

    siren: str
    siret: str
    name: str
    public_name: str
    street: str
    postal_code: str
    city: str
    activity: str
    audience: str
    web_presence: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """`venue` is None when somebody else signed the same SIREN up in the meantime."""

    membership: Membership
    venue: Venue | None


def look_up(*, number: str, user: User) -> Found:
    """What the platform and the register know of a SIREN or a SIRET (SIR-02, SIR-04).

    Raises InvalidSiren, InvalidSiret, AlreadyAttached (OFF-08), StructureClosed, and for a SIREN
    new to the platform UnknownNumber, NotDisclosed, CompanyCeased (OFF-04).
    """
    siren, siret = clean_number(number)
    offerer = Offerer.objects.filter(siren=siren).first()
    if offerer is not None:
        _check_may_join(offerer, user)
    company, place = ask_register(siren, siret, is_needed=offerer is None or not offerer.is_open)
    if place is not None and not siret:
        siret = place.siret
    return Found(siren=siren, siret=siret, company=company, place=place, offerer=offerer)


def _check_may_join(offerer: Offerer, user: User) -> None:
    if offerer.status == "CLOSED":
        raise StructureClosed(field="number")
    mine = offerer.memberships.filter(user=user).first()
    if mine is None:
        return
    if mine.status == MembershipStatus.PENDING:
        raise AlreadyAttached(
            "Vous avez déjà demandé à rejoindre cette structure : l’équipe étudie votre demande.",
            field="number",
        )
    if mine.status == MembershipStatus.VALIDATED:
        raise AlreadyAttached(field="number")


def ask_register(
    siren: str, siret: str, *, is_needed: bool
) -> tuple[Company | None, Establishment | None]:
    """Company and place (its head office without SIRET); (None, None) when nobody answers.

    Refusals of the register are raised only if `is_needed`: a structure that the platform knows
    may be joined whatever the register says today.
    """
    try:
        company = companies.company(siren)
        place = companies.establishment(siret) if siret else company.head_office
        _check_is_open(company, place)
    except RegisterDown:
        return None, None
    except (UnknownNumber, NotDisclosed, CompanyCeased) as refusal:
        if is_needed:
            refusal.field = "number"
            raise
        return None, None
    return company, place


def _check_is_open(company: Company, place: Establishment | None) -> None:
    if not company.is_disclosed:
        raise NotDisclosed
    if not company.is_active:
        raise CompanyCeased
    if place is not None and not place.is_open:
        raise CompanyCeased(
            "Le répertoire des entreprises indique que cet établissement est fermé."
        )


def finish_registration(*, user: User, application: Application, by: Actor) -> Registered:
    """Create structure, attachment and first venue, all or nothing (OFF-05, OFF-09, B6).

    When somebody else signs the same SIREN up at the same time, this person asks to join it and
    no venue is made. Raises what register_offerer and open_venue raise.
    """
    known = Offerer.objects.filter(siren=application.siren).first()
    company, place = ask_register(
        application.siren, application.siret, is_needed=known is None or not known.is_open
    )
    latitude, longitude = application.latitude, application.longitude
    if latitude is None or longitude is None:
        latitude, longitude = point_of(
            street=application.street, postal_code=application.postal_code, city=application.city
        )
    site = next(iter(application.web_presence.splitlines()), "")
    with transaction.atomic():
        membership = register_offerer(
            user=user,
            siren=application.siren,
            by=by,
            name=application.name,
            street=application.street,
            postal_code=application.postal_code,
            city=application.city,
            company=company,
        )
        if membership.status == MembershipStatus.PENDING and not application.joins:
            return Registered(membership, None)
        facts = VenueFacts(
            name=(company.name if company else application.name)[:140],
            public_name=application.public_name,
            booking_email=user.email,
            street=application.street,
            postal_code=application.postal_code,
            city=application.city,
            latitude=latitude,
            longitude=longitude,
            activity=application.activity,
            is_address_typed=application.latitude is None,
            website=site if len(site) <= MAX_WEBSITE else "",
        )
        venue = _open_first_venue(
            membership.offerer, application.siret if company is None or place else "", facts, by
        )
        Registration.objects.create(
            venue=venue, audience=application.audience, web_presence=application.web_presence
        )
    return Registered(membership, venue)


def _open_first_venue(offerer: Offerer, siret: str, facts: VenueFacts, by: Actor) -> Venue:
    """With its SIRET, or with an automatic comment when another venue has it (OFF-09)."""
    if not siret:
        return open_venue(offerer_id=offerer.pk, by=by, comment=_UNKNOWN, **facts)
    try:
        return open_venue(offerer_id=offerer.pk, by=by, siret=siret, **facts)
    except SiretTaken:
        return open_venue(offerer_id=offerer.pk, by=by, comment=_TAKEN, **facts)
