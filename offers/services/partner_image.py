"""The image of a partner's offer: bytes as they come, exact proportions (API-80, API-81)."""

import base64
import binascii
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, UnidentifiedImageError

from offers.exceptions import PartnerImageRefused
from passpro.kernel.images import MAX_PIXELS

MAX_BYTES = 10_000_000
FORMATS = ("PNG", "JPEG", "MPO", "WEBP")
_MIN, _MAX, _RATIO = (400, 600), (800, 1200), 2 / 3
# What a drawn frame may lose to whole pixels.
_TOLERANCE = 0.005


def decoded(text: str) -> bytes:
    """The bytes of a base64 text, with or without its « data: » heading; raises."""
    try:
        return base64.b64decode(text.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise PartnerImageRefused("The file is not a valid image.") from None


def checked(content: bytes) -> SimpleUploadedFile:
    """A file that `offers.services.image.set_image` takes; raises PartnerImageRefused."""
    if len(content) > MAX_BYTES:
        raise PartnerImageRefused(f"The file is too large. It must be less than {MAX_BYTES} bytes.")
    try:
        picture: Image.Image = Image.open(BytesIO(content))
        width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise PartnerImageRefused("The file is not a valid image.") from None
    if picture.format not in FORMATS:
        raise PartnerImageRefused(
            "The image format is not accepted. It must be in png, jpg, jpeg, mpo, webp."
        )
    if width < _MIN[0] or height < _MIN[1]:
        raise PartnerImageRefused("The image is too small. It must be above 400x600 pixels.")
    if width > _MAX[0] or height > _MAX[1] or width * height > MAX_PIXELS:
        raise PartnerImageRefused("The image is too large. It must be below 800x1200 pixels.")
    if abs(width / height - _RATIO) > _TOLERANCE:
        raise PartnerImageRefused(
            f"Bad image ratio: expected 0.66, found {round(width / height, 2)}"
        )
    out = BytesIO()
    try:
        picture.convert("RGB").save(out, "PNG")
    except (OSError, ValueError, SyntaxError):
        raise PartnerImageRefused("The file is not a valid image.") from None
    return SimpleUploadedFile("image.png", out.getvalue(), content_type="image/png")
