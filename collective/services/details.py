"""What an offer says about itself, and to whom it is addressed (§5.2, §5.5, §5.6)."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from collective import lifecycle, notices, transitions
from collective.enums import Action, Change, LocationKind
from collective.exceptions import InvalidOffer, UnknownInstitution
from collective.models import CollectiveBooking, CollectiveOffer, Institution, Redactor
from collective.models.schools import MARSEILLE
from collective.services.common import check_referenced, lock_offer
from collective.services.programmes import check_programme, note_programme
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.reference.departments import DEPARTMENTS
from passpro.reference.education import CULTURAL_DOMAINS, STUDENT_LEVELS
from passpro.reference.school_projects import FORMATS
from venues.models import Venue

_DOMAINS = {domain.id for domain in CULTURAL_DOMAINS if domain.is_active}
_LEVELS = {level.id: level for level in STUDENT_LEVELS}
MAX_BOOKING_EMAILS = 5


@dataclass(frozen=True, slots=True)
class Details:
    """First step of the wizard; the columns of the offer."""

    title: str
    description: str
    domain_ids: list[int]
    formats: list[str]
    level_ids: list[str]
    location: str
    contact_email: str
    booking_emails: list[str]
    contact_phone: str = ""
    programme_id: int | None = None
    duration_minutes: int | None = None
    location_label: str = ""
    location_street: str = ""
    location_postal_code: str = ""
    location_city: str = ""
    location_comment: str = ""
    intervention_area: list[str] = field(default_factory=list)
    visual_accessible: bool = False
    mental_accessible: bool = False
    motor_accessible: bool = False
    audio_accessible: bool = False


@transaction.atomic
def create_draft(*, venue: Venue, details: Details, by: Actor) -> CollectiveOffer:
    """A draft of a structure that ADAGE knows. Raises NotReferenced, InvalidOffer."""
    check_referenced(venue.offerer, by=by)
    check_details(details)
    offer = CollectiveOffer.objects.create(
        venue=venue,
        author_id=by.user_id,
        created_at=clock.now(),
        updated_at=clock.now(),
        **asdict(details),
    )
    transitions.log_draft(offer, by=by)
    note_programme(offer, None, by=by)
    return offer


@transaction.atomic
def update_details(*, offer_id: int, venue: Venue, details: Details, by: Actor) -> CollectiveOffer:
    """Rewrite the first step while §3.5 allows it; a published offer gets a line of history.

    Another venue must be of the same structure; bookings follow it (§5.6).
    Raises ActionNotAllowed, NotReferenced, InvalidOffer.
    """
    offer = lock_offer(offer_id)
    check_referenced(offer.venue.offerer, by=by)
    lifecycle.require(offer, Action.EDIT_DETAILS, clock.now(), by=by)
    if venue.offerer_id != offer.venue.offerer_id:
        raise InvalidOffer("Choisissez un lieu de la même structure.", field="venue")
    check_details(details)
    columns = {"venue": venue, **asdict(details)}
    changed = [name for name, value in columns.items() if getattr(offer, name) != value]
    if not changed:
        return offer
    programme_id = offer.programme_id
    for name in changed:
        setattr(offer, name, columns[name])
    offer.updated_at = clock.now()
    offer.save(update_fields=[*changed, "updated_at"])
    if "venue" in changed and (stock := lifecycle.stock_of(offer)):
        stock.bookings.update(venue=venue)
    transitions.note(offer, Change.DETAILS, by=by, why=_names(changed))
    note_programme(offer, programme_id, by=by)
    notices.queue_edited(_live_booking(offer), changed)
    return offer


def _live_booking(offer: CollectiveOffer) -> CollectiveBooking | None:
    """Read afresh: its venue may just have followed the offer's."""
    live: CollectiveBooking | None = (
        CollectiveBooking.objects.filter(stock__offer=offer, status__in=notices.LIVE)
        .with_adage_facts()
        .first()
    )
    return live


def check_details(details: Details) -> None:
    """§1, §2.3, §5.2: known codes, coherent location; raises InvalidOffer naming the field."""
    if not details.title.strip():
        raise InvalidOffer("Renseignez le titre.", field="title")
    if not details.description.strip():
        raise InvalidOffer("Renseignez la description.", field="description")
    lists: list[tuple[str, list[Any], Any, str]] = [
        ("domain_ids", details.domain_ids, _DOMAINS, "Choisissez au moins un domaine."),
        ("formats", details.formats, FORMATS, "Choisissez au moins un format."),
        ("level_ids", details.level_ids, _LEVELS, "Choisissez au moins un niveau."),
    ]
    for name, values, known, message in lists:
        if not values or any(value not in known for value in values):
            raise InvalidOffer(message, field=name)
    if not 1 <= len(details.booking_emails) <= MAX_BOOKING_EMAILS:
        raise InvalidOffer(
            "Donnez de une à cinq adresses pour les notifications.", field="booking_emails"
        )
    _check_location(details)
    check_programme(details.programme_id, details.domain_ids)


def _check_location(details: Details) -> None:
    is_precise = details.location == LocationKind.ADDRESS
    if is_precise and not all(
        (details.location_street, details.location_postal_code, details.location_city)
    ):
        raise InvalidOffer("Renseignez l’adresse complète.", field="location_street")
    if is_precise and details.intervention_area:
        raise InvalidOffer(
            "Les départements ne vont pas avec une adresse précise.", field="intervention_area"
        )
    if not is_precise and (
        not details.intervention_area
        or any(code not in DEPARTMENTS for code in details.intervention_area)
    ):
        raise InvalidOffer("Choisissez au moins un département.", field="intervention_area")


def _names(columns: list[str]) -> str:
    fields = [
        str(getattr(CollectiveOffer._meta.get_field(name), "verbose_name", name))
        for name in columns
    ]
    return ", ".join(fields)


@transaction.atomic
def address_to_school(
    *, offer_id: int, institution: Institution, teacher: Redactor | None, by: Actor
) -> CollectiveOffer:
    """Third step: one school, maybe one of its teachers; drafts only (§5.5).

    Raises ActionNotAllowed, UnknownInstitution (closed school), InvalidOffer when a primary
    level is asked of a school without its programme (§1.1).
    """
    offer = lock_offer(offer_id)
    lifecycle.require(offer, Action.EDIT_INSTITUTION, clock.now(), by=by)
    if not institution.is_active:
        raise UnknownInstitution(field="institution")
    needed = {_LEVELS[code].programme for code in offer.level_ids} - {""}
    if needed and institution.programme != MARSEILLE:
        raise InvalidOffer(
            "Les niveaux de l’école primaire sont réservés aux établissements du programme "
            "Marseille en Grand.",
            field="institution",
        )
    if (offer.institution, offer.teacher) == (institution, teacher):
        return offer
    offer.institution, offer.teacher, offer.updated_at = institution, teacher, clock.now()
    offer.save(update_fields=["institution", "teacher", "updated_at"])
    transitions.note(offer, Change.SCHOOL, by=by, why=institution.full_name)
    return offer


def find_redactor(*, email: str, first_name: str, last_name: str, civility: str = "") -> Redactor:
    """The teacher of an address, created at the first contact, never rewritten (§2.10)."""
    found, _ = Redactor.objects.get_or_create(
        email=email.lower(),
        defaults={"first_name": first_name, "last_name": last_name, "civility": civility},
    )
    return found
