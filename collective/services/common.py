"""What every use case of an offer starts with."""

from django.conf import settings

from collective.exceptions import NotReferenced
from collective.models import CollectiveOffer
from passpro.kernel.actor import Actor
from venues.models import Offerer


def lock_offer(offer_id: int) -> CollectiveOffer:
    """The offer under its row lock; its place and booking are read afresh afterwards."""
    offer: CollectiveOffer = CollectiveOffer.objects.lock_for_change().get(pk=offer_id)
    return offer


def structure_of(offer_id: int) -> list[int]:
    """The structure of an offer, to be locked before it."""
    offers = CollectiveOffer.objects.filter(pk=offer_id)
    return list(offers.values_list("venue__offerer_id", flat=True))


def check_referenced(offerer: Offerer, *, by: Actor | None = None) -> None:
    """§5.1: the structure is validated and ADAGE knows one of its venues; raises NotReferenced.

    In the sandbox every venue counts as referenced for software (§9.1).
    """
    if settings.ADAGE_SANDBOX and by is not None and by.kind == "API_KEY":
        return
    if not Offerer.objects.referenced_for_schools().filter(pk=offerer.pk).exists():
        raise NotReferenced
