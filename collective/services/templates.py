"""Templates of the partner (« offres vitrines »): write, publish, hide, archive (§3.6, §5.9)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction

from collective import emails, transitions
from collective.enums import OfferValidation, TemplateAction
from collective.exceptions import ActionNotAllowed, InvalidOffer
from collective.models import CollectiveTemplate
from collective.services.common import check_referenced
from collective.services.details import Details, check_details
from collective.services.programmes import note_programme
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Venue
from venues.services.lifecycle import refuse_while_closing

# §2.4: the end of a dated template is less than three years ahead.
LONGEST = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Showing:
    """What a template has of its own; both instants or none, in UTC, the end not included."""

    price_detail: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    contact_url: str = ""
    contact_by_form: bool = False


@transaction.atomic
def create_template(
    *, venue: Venue, details: Details, showing: Showing, by: Actor
) -> CollectiveTemplate:
    """A draft of a structure that ADAGE knows. Raises NotReferenced, InvalidOffer."""
    check_referenced(venue.offerer)
    check_details(details)
    now = clock.now()
    _check_showing(details, showing, None, now)
    template = CollectiveTemplate.objects.create(
        venue=venue,
        author_id=by.user_id,
        created_at=now,
        updated_at=now,
        **asdict(details),
        **asdict(showing),
    )
    transitions.log_template(template, "", by=by)
    note_programme(template, None, by=by)
    return template


@transaction.atomic
def update_template(
    *, template_id: int, venue: Venue, details: Details, showing: Showing, by: Actor
) -> CollectiveTemplate:
    """Rewrite it while §3.6 allows; the history says which facts changed.

    Raises ActionNotAllowed, NotReferenced, InvalidOffer.
    """
    template = _locked_for(template_id, TemplateAction.EDIT)
    check_referenced(template.venue.offerer)
    if venue.offerer_id != template.venue.offerer_id:
        raise InvalidOffer("Choisissez un lieu de la même structure.", field="venue")
    check_details(details)
    _check_showing(details, showing, template, clock.now())
    columns = {"venue": venue, **asdict(details), **asdict(showing)}
    changed = [name for name, value in columns.items() if getattr(template, name) != value]
    if not changed:
        return template
    programme_id = template.programme_id
    for name in changed:
        setattr(template, name, columns[name])
    template.updated_at = clock.now()
    template.save(update_fields=[*changed, "updated_at"])
    note_programme(template, programme_id, by=by)
    fields = [CollectiveTemplate._meta.get_field(name) for name in changed]
    names = ", ".join(str(getattr(one, "verbose_name", one.name)) for one in fields)
    transitions.log_template(
        template, str(template.display_status_at(clock.now())), by=by, why=f"Modifiée : {names}"
    )
    return template


@transaction.atomic
def publish_template(*, template_id: int, by: Actor) -> CollectiveTemplate:
    """Send a draft: « En instruction », or published at once for a trusted structure (§5.4).

    A second call changes nothing. Raises NotReferenced, ActionNotAllowed, StructureClosing
    (OFF-33).
    """
    _refuse_while_closing([template_id])
    template, now = lock_template(template_id), clock.now()
    if template.archived_at is not None:
        raise ActionNotAllowed(template.display_status_at(now).label)
    if template.validation != OfferValidation.DRAFT:
        return template
    check_referenced(template.venue.offerer)
    if template.venue.offerer.is_trusted:
        transitions.move_template(
            template,
            OfferValidation.APPROVED,
            by=by,
            is_active=True,
            validated_at=now,
            author_id=by.user_id,
        )
    else:
        transitions.move_template(template, OfferValidation.PENDING, by=by, author_id=by.user_id)
    return template


@transaction.atomic
def decide_template(
    *, template_id: int, is_approved: bool, reason: str = "", by: Actor
) -> CollectiveTemplate:
    """The team's answer, by e-mail. Raises InvalidOffer without a reason, ForbiddenTransition."""
    template, now = lock_template(template_id), clock.now()
    if is_approved:
        transitions.move_template(
            template, OfferValidation.APPROVED, by=by, is_active=True, validated_at=now
        )
    else:
        if not reason.strip():
            raise InvalidOffer("Donnez le motif du refus.")
        transitions.move_template(
            template,
            OfferValidation.REJECTED,
            by=by,
            why=reason.strip(),
            is_active=False,
            validated_at=now,
            rejection_reason=reason.strip(),
        )
    emails.queue_template_decided(template)
    return template


@transaction.atomic
def hide_templates(*, template_ids: Sequence[int], by: Actor) -> int:
    """Take them from the teachers' search; all or none. Raises ActionNotAllowed."""
    for template in _locked_all(template_ids, TemplateAction.HIDE):
        transitions.show_template(template, is_active=False, by=by)
    return len(template_ids)


@transaction.atomic
def show_templates(*, template_ids: Sequence[int], by: Actor) -> int:
    """Give them back to teachers; all or none.

    Raises ActionNotAllowed, NotReferenced, StructureClosing (OFF-33).
    """
    _refuse_while_closing(template_ids)
    for template in _locked_all(template_ids, TemplateAction.PUBLISH):
        check_referenced(template.venue.offerer)
        transitions.show_template(template, is_active=True, by=by)
    return len(template_ids)


@transaction.atomic
def archive_templates(*, template_ids: Sequence[int], by: Actor) -> int:
    """Put away for good; all or none (§5.9). Raises ActionNotAllowed."""
    for template in _locked_all(template_ids, TemplateAction.ARCHIVE):
        transitions.archive_template(template, by=by)
    return len(template_ids)


def _refuse_while_closing(template_ids: Sequence[int]) -> None:
    """Structures are locked before their templates."""
    templates = CollectiveTemplate.objects.filter(pk__in=template_ids)
    refuse_while_closing(sorted(set(templates.values_list("venue__offerer_id", flat=True))))


def lock_template(template_id: int) -> CollectiveTemplate:
    template: CollectiveTemplate = CollectiveTemplate.objects.lock_for_change().get(pk=template_id)
    return template


def _locked_for(template_id: int, action: str) -> CollectiveTemplate:
    template, now = lock_template(template_id), clock.now()
    if action not in template.allowed_at(now):
        raise ActionNotAllowed(template.display_status_at(now).label)
    return template


def _locked_all(template_ids: Sequence[int], action: str) -> list[CollectiveTemplate]:
    """In the order of their numbers, so that two of these never wait for each other."""
    return [_locked_for(pk, action) for pk in sorted(set(template_ids))]


def _check_showing(
    details: Details, showing: Showing, before: CollectiveTemplate | None, now: datetime
) -> None:
    """§2.4: at least one way to write, one form at most, a range that is not over."""
    if showing.contact_url and showing.contact_by_form:
        raise InvalidOffer("Choisissez un seul formulaire.", field="contact_url")
    ways = (details.contact_email, details.contact_phone, showing.contact_url)
    if not any(ways) and not showing.contact_by_form:
        raise InvalidOffer("Choisissez au moins un moyen de contact.", field="contact_means")
    if showing.starts_at is None or showing.ends_at is None:
        if (showing.starts_at is None) != (showing.ends_at is None):
            raise InvalidOffer("Donnez la date de début et la date de fin.", field="ends_at")
        return
    since = before.created_at if before else now
    if clock.paris_day(showing.starts_at) < clock.paris_day(since):
        raise InvalidOffer("La période ne peut pas commencer avant aujourd’hui.", field="starts_at")
    if showing.ends_at <= showing.starts_at:
        raise InvalidOffer("La fin ne peut pas précéder le début.", field="ends_at")
    if showing.ends_at >= now + LONGEST:
        raise InvalidOffer("La période finit dans moins de trois ans.", field="ends_at")
