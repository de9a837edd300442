"""Offers follow the name and the town of their venue in searches (VEN-11)."""

from datetime import datetime

from django.db import transaction

from offers.models import Offer
from offers.search import search_text
from venues.models import Venue

PAGE = 500


def reindex_job(*, now: datetime) -> dict[str, int]:
    """Write anew the search text of the offers of venues that changed, a venue at a time.

    The flag is taken back in the transaction that writes: killed in between, a run starts again.
    """
    venues = offers = 0
    for pk in list(
        Venue.objects.filter(is_to_reindex=True).order_by("pk").values_list("pk", flat=True)
    ):
        offers += _reindex(pk)
        venues += 1
    return {"venues": venues, "offers": offers}


@transaction.atomic
def _reindex(venue_id: int) -> int:
    venue = Venue.objects.lock_for_change(venue_id)
    count, last = 0, 0
    while page := list(Offer.objects.filter(venue=venue, pk__gt=last).order_by("pk")[:PAGE]):
        changed = []
        for offer in page:
            offer.venue = venue
            text = search_text(offer)
            if text != offer.search_text:
                offer.search_text = text
                changed.append(offer)
        Offer.objects.bulk_update(changed, ["search_text"])
        count, last = count + len(changed), page[-1].pk
    venue.is_to_reindex = False
    venue.save(update_fields=["is_to_reindex"])
    return count
