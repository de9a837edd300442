"""Planned publications: moved, brought forward, and said when they come (§2.12)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from offers import emails, transitions
from offers.enums import OfferValidation
from offers.exceptions import NotPlanned, NotPublishable
from offers.models import Offer
from offers.services.locking import lock_editable_offer
from offers.services.publish import check_publication_at
from passpro.kernel import clock
from passpro.kernel.actor import Actor

_TOLD_WITHIN = timedelta(days=1)


@transaction.atomic
def change_publication(*, offer: Offer, by: Actor, publication_at: datetime | None) -> Offer:
    """Give a planned offer another instant, or publish it now (None).

    Raises OfferFrozen, NotPlanned (draft, or already visible), InvalidPublicationDate (OFF-120),
    NotPublishable when no date would still be bookable then (OFF-100).
    """
    locked, now = lock_editable_offer(offer), clock.now()
    planned = locked.publication_at
    if locked.validation != OfferValidation.APPROVED or planned is None or planned <= now:
        raise NotPlanned
    if publication_at is not None:
        check_publication_at(publication_at, now)
    at = publication_at or now
    if not locked.stocks.bookable(at).exists():
        raise NotPublishable
    locked.publication_at, locked.updated_at = at, now
    locked.save(update_fields=["publication_at", "updated_at"])
    why = "Publication replanifiée" if publication_at else "Publication avancée à maintenant"
    transitions.note(locked, by=by, why=why)
    return locked


def tell_planned(*, now: datetime) -> dict[str, int]:
    """The job: write to venues whose planned offers have just become visible, once each."""
    offers = Offer.objects.released(now).filter(publication_at__gt=now - _TOLD_WITHIN)
    # Published when it was validated: its people were there.
    offers = offers.filter(publication_at__gt=F("validated_at"))
    told = 0
    for offer in offers.select_related("venue__offerer").order_by("pk"):
        with transaction.atomic():
            told += emails.queue_planned_visible(offer)
    return {"told": told}
