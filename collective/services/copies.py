"""New drafts from what exists: an offer, a template, a teacher's request (§5.7, §5.8)."""

from typing import Any

from django.db import transaction

from collective import lifecycle, transitions
from collective.enums import Action, OfferValidation, TemplateAction
from collective.exceptions import ActionNotAllowed
from collective.models import (
    AdditionalFee,
    CollectiveOffer,
    CollectiveRequest,
    CollectiveStock,
    CollectiveTemplate,
)
from collective.models.proposals import Proposal
from collective.models.schools import MARSEILLE
from collective.services.common import check_referenced, lock_offer
from collective.services.images import Pictured, as_columns, copied
from collective.services.programmes import note_programme, still_valid
from collective.services.templates import lock_template
from passpro.kernel import clock, images
from passpro.kernel.actor import Actor
from passpro.reference.education import STUDENT_LEVELS

_TEXTS = (
    "venue", "title", "description", "domain_ids", "formats", "level_ids", "duration_minutes",
    "location", "location_label", "location_street", "location_postal_code", "location_city",
    "location_comment", "intervention_area", "contact_email", "contact_phone", "booking_emails",
    "visual_accessible", "mental_accessible", "motor_accessible", "audio_accessible",
)  # fmt: skip
_TERMS = (
    "starts_at", "ends_at", "booking_limit_at", "price_cents", "participants", "price_detail",
    "service_price_cents", "teachers",
)  # fmt: skip
_PRIMARY = {one.id for one in STUDENT_LEVELS if one.programme}


def duplicate_offer(*, offer_id: int, by: Actor) -> CollectiveOffer:
    """A new draft with the same texts, image, date, price and school; not the teacher (§5.7).

    The copy of an offer of a partner's software is an offer of the portal. A programme that is no
    more valid is left empty. Raises ActionNotAllowed, NotReferenced.
    """
    source = CollectiveOffer.objects.get(pk=offer_id)
    return _with_image(source, lambda image: _duplicate(offer_id, by, image))


@transaction.atomic
def _duplicate(offer_id: int, by: Actor, image: dict[str, Any]) -> CollectiveOffer:
    source = lock_offer(offer_id)
    lifecycle.require(source, Action.DUPLICATE, clock.now(), by=by)
    check_referenced(source.venue.offerer)
    copy = CollectiveOffer.objects.create(
        **_facts_of(source, by), **image, institution=source.institution, template=source.template,
        additional_details=source.additional_details,
    )  # fmt: skip
    stock = lifecycle.stock_of(source)
    if stock is not None:
        CollectiveStock.objects.create(
            offer=copy, **{name: getattr(stock, name) for name in _TERMS}
        )
        AdditionalFee.objects.bulk_create(
            AdditionalFee(
                stock=copy.stock, kind=one.kind, label=one.label, amount_cents=one.amount_cents
            )
            for one in stock.fees.all()
        )
    transitions.log_draft(copy, by=by, why=f"Copie de l’offre n° {source.pk}")
    note_programme(copy, None, by=by)
    return copy


def offer_from_template(*, template_id: int, by: Actor) -> CollectiveOffer:
    """A draft with all that the template says; the template stays as it is (§5.8).

    Raises ActionNotAllowed, NotReferenced.
    """
    source = CollectiveTemplate.objects.get(pk=template_id)
    return _with_image(source, lambda image: _from_template(template_id, None, by, image))


def offer_from_request(*, request_id: int, by: Actor) -> CollectiveOffer:
    """As `offer_from_template`, addressed to the school and the teacher who asked (§5.8).

    While a draft of this request exists it is answered again, so that a second click makes none.
    Raises ActionNotAllowed, NotReferenced.
    """
    request = CollectiveRequest.objects.select_related("template").get(pk=request_id)
    drafts = request.offers.filter(validation=OfferValidation.DRAFT, archived_at__isnull=True)
    if (draft := drafts.first()) is not None:
        return draft
    return _with_image(
        request.template,
        lambda image: _from_template(request.template_id, request, by, image),
    )


@transaction.atomic
def _from_template(
    template_id: int, request: CollectiveRequest | None, by: Actor, image: dict[str, Any]
) -> CollectiveOffer:
    template, now = lock_template(template_id), clock.now()
    if TemplateAction.CREATE_OFFER not in template.allowed_at(now):
        raise ActionNotAllowed(template.display_status_at(now).label)
    check_referenced(template.venue.offerer)
    facts = _facts_of(template, by)
    facts["contact_email"] = facts["contact_email"] or template.booking_emails[0]
    school = request.institution if request else None
    if school is not None and school.programme != MARSEILLE:
        # Primary levels are for the schools of their programme only; never an empty list.
        kept = [level for level in facts["level_ids"] if level not in _PRIMARY]
        school, facts["level_ids"] = (school, kept) if kept else (None, facts["level_ids"])
    offer = CollectiveOffer.objects.create(
        **facts,
        **image,
        template=template,
        request=request,
        institution=school,
        teacher=request.redactor if request and school else None,
    )
    why = f"D’après l’offre vitrine n° {template.pk}"
    if request:
        why += f", demande de {request.redactor}"
    transitions.log_draft(offer, by=by, why=why)
    note_programme(offer, None, by=by)
    return offer


def _facts_of(source: Proposal, by: Actor) -> dict[str, Any]:
    return {
        **{name: getattr(source, name) for name in _TEXTS},
        "programme_id": still_valid(source.programme_id, source.domain_ids),
        "author_id": by.user_id,
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }


def _with_image(source: Pictured, write: Any) -> CollectiveOffer:
    """Copy the files before any row is locked; delete them when nothing was written."""
    image: images.StoredImage | None = copied(source)
    try:
        offer: CollectiveOffer = write(as_columns(image, source))
    except BaseException:
        images.delete_files(image.key if image else "")
        raise
    return offer
