"""The image of an offer: one at most, cropped to 2:3 (OFF-80 to OFF-88)."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from offers.models import Offer
from offers.services.locking import lock_own_offer
from passpro.kernel import clock, images
from passpro.kernel.actor import Actor


def set_image(
    *,
    offer: Offer,
    by: Actor,
    upload: UploadedFile | None = None,
    address: str = "",
    crop: images.Crop | None = None,
    credit: str = "",
) -> Offer:
    """Give the offer an image from a file or a web address, else frame anew the one it has.

    The picture is made before the row is locked; the former one is deleted (OFF-87). Raises
    ImageRefused, OfferFrozen, MadeByPartner.
    """
    stored = images.make(
        frame=images.PORTRAIT,
        by=by,
        upload=upload,
        address=address,
        had_key=offer.image_key,
        crop=crop,
    )
    try:
        return _put(offer, stored, credit.strip(), by)
    except BaseException:
        images.delete_files(stored.key)
        raise


@transaction.atomic
def remove_image(*, offer: Offer, by: Actor) -> Offer:
    """Forget the image and delete its files; nothing when there is none."""
    locked = lock_own_offer(offer, by=by)
    images.discard(locked.image_key)
    _save(locked, key="", crop={}, credit="")
    return locked


@transaction.atomic
def _put(offer: Offer, stored: images.StoredImage, credit: str, by: Actor) -> Offer:
    locked = lock_own_offer(offer, by=by)
    images.discard(locked.image_key)
    _save(locked, key=stored.key, crop=stored.crop.as_json(), credit=credit)
    return locked


def _save(offer: Offer, *, key: str, crop: dict[str, float], credit: str) -> None:
    offer.image_key, offer.image_crop, offer.image_credit = key, crop, credit
    offer.updated_at = clock.now()
    offer.save(update_fields=["image_key", "image_crop", "image_credit", "updated_at"])
