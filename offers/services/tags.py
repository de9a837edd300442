"""Labels that the team puts on offers (§14.2)."""

from collections.abc import Iterable

from django.db import transaction

from offers.models import Offer
from passpro.kernel import action_log
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from venues.models import VenueTag


@transaction.atomic
def change_offer_tags(
    *, offer_id: int, put: Iterable[VenueTag], take: Iterable[VenueTag], by: Actor
) -> Offer:
    """Put and take labels of an offer, with one row of history when they change."""
    offer = Offer.objects.select_for_update(of=("self",), no_key=True).get(pk=offer_id)
    before = _names(offer)
    offer.tags.add(*put)
    offer.tags.remove(*take)
    changes = action_log.differences({"étiquettes": before}, {"étiquettes": _names(offer)})
    action_log.record(offer, ActionLog.Kind.MODIFIED, by=by, changes=changes)
    return offer


def _names(offer: Offer) -> str:
    return ", ".join(offer.tags.order_by("label").values_list("label", flat=True))
