"""People and structures that wait, join or left, so that every queue and state can be seen."""

from datetime import datetime, timedelta

from bookings.services.structures import ask_to_close, close_structure
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.portal.demo import people
from passpro.registers.companies_sandbox import SandboxCompanies
from venues.models import (
    CinemaPivot,
    Offerer,
    OffererTag,
    OffererTagCategory,
    Provider,
    Registration,
)
from venues.services.invitations import accept_invitation, invite
from venues.services.lifecycle import confirm_identity
from venues.services.memberships import accept_membership
from venues.services.offerers import register_offerer, validate_offerer
from venues.services.synchronisations import authorise_provider
from venues.services.tags import CEASED, TOP_ACTOR, record_tags
from venues.services.venues import open_venue

CALE, PHARE, TRETEAUX, KIOSQUE = "780000089", "780000188", "780000170", "780000212"


def fill_teams(theatre: Offerer, alice: User, farid: User, now: datetime) -> None:
    """The theatre's team, a structure to decide, one to check, one closing, one closed."""
    drawer = OffererTagCategory.objects.create(label="Suivi")
    drawer.tags.set(OffererTag.objects.filter(code__in=[TOP_ACTOR, CEASED]))
    with clock.at(now - timedelta(days=40)):
        zoe, lea = people.create_venue_staff("zoe"), _colleague("lea", "Léa", "Riou")
        _treteaux(lea, farid)
        _kiosque(lea, farid)
    with clock.at(now - timedelta(days=20)):
        joined = _invited(theatre, alice, zoe)
        accept_membership(membership_id=joined, by=Actor.user(farid))
        _invited(theatre, alice, lea)  # waits for the team
    with clock.at(now - timedelta(days=4)):
        _call(theatre, alice, f"camille@{people.DOMAIN}")
    with clock.at(now - timedelta(days=2)):
        _cale(zoe)
        register_offerer(
            user=lea,
            siren=PHARE,
            by=Actor.user(lea),
            name="Compagnie du Phare",
            street="14 rue de la République",
            postal_code="29600",
            city="Morlaix",
        )


def _colleague(login: str, first_name: str, last_name: str) -> User:
    return User.objects.create_user(
        f"{login}@{people.DOMAIN}",
        people.PASSWORD,
        first_name=first_name,
        last_name=last_name,
        email_verified_at=clock.now(),
        created_at=clock.now(),
    )


def _call(theatre: Offerer, alice: User, email: str) -> int:
    by = Actor.user(alice)
    return invite(offerer_id=theatre.pk, email=email, user=alice, by=by).pk


def _invited(theatre: Offerer, alice: User, person: User) -> int:
    call = _call(theatre, alice, person.email)
    return accept_invitation(invitation_id=call, user=person, by=Actor.user(person)).pk


def _cale(zoe: User) -> None:
    """A new structure, with what its person answered at sign-up."""
    company = SandboxCompanies().company(CALE)
    membership = register_offerer(user=zoe, siren=CALE, by=Actor.user(zoe), company=company)
    venue = open_venue(
        offerer_id=membership.offerer_id,
        siret="78000008900018",
        by=Actor.user(zoe),
        name=membership.offerer.name,
        public_name="La Cale Sèche",
        booking_email=zoe.email,
        street="1 quai du Port",
        postal_code="29200",
        city="Brest",
        activity="CULTURAL_CENTRE",
    )
    Registration.objects.create(
        venue=venue, audience="BOTH", web_presence="https://lacaleseche.example"
    )
    # Its screening room: the team types how the till calls it, then the venue chooses it (PRV-05).
    till = Provider.objects.get(name="Ciné-Caisse")
    CinemaPivot.objects.create(venue=venue, provider=till, identifier="CALE-2907")
    authorise_provider(
        venue_id=venue.pk, provider_id=till.pk, contact_email=zoe.email, by=Actor.user(zoe)
    )


def _kiosque(lea: User, farid: User) -> None:
    """Validated, followed closely, then its administrator asks for its end (OFF-33)."""
    membership = register_offerer(
        user=lea, siren=KIOSQUE, by=Actor.user(lea), name="Le Kiosque à musique",
        street="2 place de la Liberté", postal_code="29200", city="Brest",
    )  # fmt: skip
    offerer = validate_offerer(offerer_id=membership.offerer_id, by=Actor.user(farid))
    confirm_identity(offerer_id=offerer.pk, by=Actor.user(farid))
    offerer.tags.add(OffererTag.objects.get(code=TOP_ACTOR))
    record_tags(offerer, before="", by=Actor.user(farid))
    with clock.at(clock.now() + timedelta(days=39)):
        ask_to_close(
            offerer_id=offerer.pk, reason="Le bail du kiosque prend fin.", by=Actor.user(lea)
        )


def _treteaux(lea: User, farid: User) -> None:
    """A company that ceased: the register said so."""
    company = SandboxCompanies().company(TRETEAUX)
    membership = register_offerer(user=lea, siren=TRETEAUX, by=Actor.user(lea), company=company)
    validate_offerer(offerer_id=membership.offerer_id, by=Actor.user(farid))
    with clock.at(clock.now() + timedelta(days=30)):
        close_structure(
            offerer_id=membership.offerer_id,
            reason="L’entreprise a cessé son activité.",
            by=Actor.user(farid),
        )
