"""What teachers ask about a template, and the templates they keep (§2.11, §2.12)."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from collective import emails, notices
from collective.exceptions import (
    IncompleteIdentity,
    InvalidRequest,
    TemplateNotFound,
    UnknownInstitution,
)
from collective.models import (
    CollectiveRequest,
    CollectiveTemplate,
    Institution,
    Redactor,
    TemplateFavourite,
)
from collective.services.book import Visitor
from collective.services.details import find_redactor
from passpro.kernel import clock


@dataclass(frozen=True, slots=True)
class Wish:
    """What the teacher's form says; only the message is required."""

    comment: str
    phone: str = ""
    requested_day: date | None = None
    students: int | None = None
    teachers: int | None = None


@transaction.atomic
def send_request(*, template_id: int, visitor: Visitor, wish: Wish) -> CollectiveRequest:
    """Store what a teacher asks about a template; the partner is told by e-mail (§7.8).

    Raises TemplateNotFound (not shown to teachers, or without our form), IncompleteIdentity,
    UnknownInstitution, InvalidRequest.
    """
    now = clock.now()
    template = _eligible(template_id)
    if not template.contact_by_form:
        raise TemplateNotFound("Cette offre ne se demande pas par ce formulaire.")
    redactor = redactor_of(visitor)
    institution = Institution.objects.filter(uai=visitor.uai, is_active=True).first()
    if institution is None:
        raise UnknownInstitution
    if not wish.comment.strip():
        raise InvalidRequest("Écrivez votre message.", field="comment")
    if wish.requested_day is not None and wish.requested_day < clock.paris_day(now):
        raise InvalidRequest("La date souhaitée est passée.", field="requested_day")
    request = CollectiveRequest.objects.create(
        template=template,
        redactor=redactor,
        institution=institution,
        phone=wish.phone,
        requested_day=wish.requested_day,
        students=wish.students,
        teachers=wish.teachers,
        comment=wish.comment.strip(),
        created_at=now,
    )
    emails.queue_request(request)
    notices.queue_requested(request)
    return request


def keep_template(*, template_id: int, visitor: Visitor) -> None:
    """Among the teacher's favourites; twice is harmless. Raises TemplateNotFound."""
    template = _eligible(template_id)
    TemplateFavourite.objects.get_or_create(
        redactor=redactor_of(visitor), template=template, defaults={"created_at": clock.now()}
    )


def forget_template(*, template_id: int, visitor: Visitor) -> None:
    """No longer among the favourites, also when it was none."""
    TemplateFavourite.objects.filter(
        redactor__email=visitor.email.lower(), template=template_id
    ).delete()


def redactor_of(visitor: Visitor) -> Redactor:
    """The teacher who visits, known from now on; raises IncompleteIdentity."""
    if not all((visitor.email, visitor.first_name, visitor.last_name)):
        raise IncompleteIdentity
    return find_redactor(
        email=visitor.email,
        first_name=visitor.first_name,
        last_name=visitor.last_name,
        civility=visitor.civility,
    )


def _eligible(template_id: int) -> CollectiveTemplate:
    found = (
        CollectiveTemplate.objects.eligible(clock.now())
        .select_related("venue")
        .filter(pk=template_id)
    )
    template: CollectiveTemplate | None = found.first()
    if template is None:
        raise TemplateNotFound
    return template
