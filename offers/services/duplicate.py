"""Begin a new offer from one that exists."""

from django.db import transaction

from offers.constants import MAX_TITLE
from offers.models import Offer, PriceCategory
from offers.search import search_text
from offers.services.details import DETAIL_FIELDS
from passpro.kernel import clock, images
from passpro.kernel.actor import Actor
from venues.exceptions import StructureClosed

_OWN_PLACE = (
    "street", "postal_code", "city", "department_code",
    "latitude", "longitude", "address_label", "ban_id", "known_address_id",
)  # fmt: skip
_ENDING = " (copie)"


def duplicate_offer(*, offer: Offer, by: Actor) -> Offer:
    """A draft with the same details, address, image and tariffs; no date, no stock, no booking.

    A partner's offer gives an offer of the portal. The EAN is left out: two active offers of a
    venue never share one (CAT-23). Raises StructureClosed.
    """
    copied = _copied_image(offer)
    try:
        return _write(offer, copied, by)
    except BaseException:
        images.delete_files(copied.key if copied else "")
        raise


@transaction.atomic
def _write(offer: Offer, image: images.StoredImage | None, by: Actor) -> Offer:
    if not offer.venue.offerer.is_open:
        raise StructureClosed("Cette structure est fermée : elle ne crée plus d’offre.")
    now = clock.now()
    copy = Offer(
        venue=offer.venue,
        author_id=by.user_id,
        created_at=now,
        updated_at=now,
        **{name: getattr(offer, name) for name in (*DETAIL_FIELDS, "video_url", *_OWN_PLACE)},
    )
    copy.title = f"{offer.title[: MAX_TITLE - len(_ENDING)]}{_ENDING}"
    copy.extra_data = {name: value for name, value in offer.extra_data.items() if name != "ean"}
    if image:
        copy.image_key, copy.image_crop = image.key, image.crop.as_json()
        copy.image_credit = offer.image_credit
    copy.search_text = search_text(copy)
    copy.save()
    PriceCategory.objects.bulk_create(
        PriceCategory(offer=copy, label=item.label, price_cents=item.price_cents)
        for item in offer.price_categories.order_by("pk")
    )
    return copy


def _copied_image(offer: Offer) -> images.StoredImage | None:
    """Files of its own: deleting one offer's image leaves the other's."""
    if not offer.image_key:
        return None
    crop = images.Crop(**offer.image_crop) if offer.image_crop else None
    try:
        return images.crop_again(offer.image_key, frame=images.PORTRAIT, crop=crop)
    except images.ImageRefused:
        return None
