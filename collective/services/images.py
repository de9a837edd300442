"""The image of an offer or of a template: one at most, portrait (§2.2)."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from collective import lifecycle
from collective.enums import Action, TemplateAction
from collective.exceptions import ActionNotAllowed
from collective.models import CollectiveOffer, CollectiveTemplate
from collective.services.common import lock_offer
from collective.services.templates import lock_template
from passpro.kernel import clock, images
from passpro.kernel.actor import Actor

Pictured = CollectiveOffer | CollectiveTemplate


def set_image(
    *,
    of: Pictured,
    by: Actor,
    upload: UploadedFile | None = None,
    address: str = "",
    crop: images.Crop | None = None,
    credit: str = "",
) -> None:
    """Give it an image from a file or a web address, else frame anew the one it has.

    The files are made before the row is locked; the former ones are deleted. Each image has a new
    address. Raises ImageRefused, ActionNotAllowed.
    """
    _check_editable(of, by)
    stored = images.make(
        frame=images.PORTRAIT,
        by=by,
        upload=upload,
        address=address,
        had_key=of.image_key,
        crop=crop,
    )
    try:
        _put(of, by, image_key=stored.key, image_crop=stored.crop.as_json(), image_credit=credit)
    except BaseException:
        images.delete_files(stored.key)
        raise


def remove_image(*, of: Pictured, by: Actor) -> None:
    """Forget the image and delete its files. Raises ActionNotAllowed."""
    _put(of, by, image_key="", image_crop={}, image_credit="")


@transaction.atomic
def _put(of: Pictured, by: Actor, **columns: Any) -> None:
    locked: Pictured
    if isinstance(of, CollectiveOffer):
        locked = lock_offer(of.pk)
    else:
        locked = lock_template(of.pk)
    _check_editable(locked, by)
    images.discard(locked.image_key)
    for name, value in columns.items():
        setattr(locked, name, value)
    locked.updated_at = clock.now()
    locked.save(update_fields=[*columns, "updated_at"])


def _check_editable(of: Pictured, by: Actor) -> None:
    now = clock.now()
    if isinstance(of, CollectiveOffer):
        lifecycle.require(of, Action.EDIT_DETAILS, now, by=by)
    elif TemplateAction.EDIT not in of.allowed_at(now):
        raise ActionNotAllowed(of.display_status_at(now).label)


def copied(source: Pictured) -> images.StoredImage | None:
    """Files of its own for a copy; None without image, or when its files are gone (§5.7)."""
    if not source.image_key:
        return None
    crop = images.Crop(**source.image_crop) if source.image_crop else None
    try:
        return images.crop_again(source.image_key, frame=images.PORTRAIT, crop=crop)
    except images.ImageRefused:
        return None


def as_columns(image: images.StoredImage | None, source: Pictured) -> dict[str, Any]:
    """Columns of the copy."""
    if image is None:
        return {}
    return {
        "image_key": image.key,
        "image_crop": image.crop.as_json(),
        "image_credit": source.image_credit,
    }
