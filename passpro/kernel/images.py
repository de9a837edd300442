"""Images that people send: checked, turned upright, stripped of metadata, cropped and re-encoded.

Only pictures made here are ever served: what was uploaded is decoded and encoded anew, so that a
file that is two things at once, or that carries a position, does not survive. Each image lives
under a random key: `images/<key>/original.jpg` and one file a width.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import models, transaction
from django.urls import reverse
from PIL import Image, ImageOps

from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.fetch import FetchRefused, fetch

FOLDER = "images"
FORMATS = ("JPEG", "PNG")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
ORIGINAL_SIDE = 2400
# The source is zoomed at most this much.
MAX_ZOOM = 4


class ImageRefused(DomainError):
    """The file breaks a rule of portal.md 5.5; `message` says which."""

    code = "image_refused"
    message = "Cette image ne peut pas être lue : envoyez un fichier PNG ou JPEG."
    http_status = 400


@dataclass(frozen=True, slots=True)
class Frame:
    """What an image is cropped to: proportions, least size of the source, widths made."""

    width_share: int
    height_share: int
    min_width: int
    min_height: int
    widths: tuple[int, ...]

    @property
    def ratio(self) -> float:
        return self.width_share / self.height_share


LANDSCAPE = Frame(3, 2, 600, 400, (1200, 480))
PORTRAIT = Frame(2, 3, 400, 600, (800, 320))


@dataclass(frozen=True, slots=True)
class Crop:
    """Left and top edges and width of the frame, as shares (0 to 1) of the upright source."""

    x: float
    y: float
    width: float

    def as_json(self) -> dict[str, float]:
        return {"x": round(self.x, 5), "y": round(self.y, 5), "width": round(self.width, 5)}


@dataclass(frozen=True, slots=True)
class StoredImage:
    key: str
    crop: Crop


class WithImage(models.Model):
    """Columns of a thing that shows one image; written by its own service."""

    image_key = models.CharField("image", max_length=32, blank=True)
    image_crop = models.JSONField("cadrage", default=dict, blank=True)
    image_credit = models.CharField("crédit de l’image", max_length=255, blank=True)

    class Meta:
        abstract = True


def store(upload: UploadedFile, *, frame: Frame, crop: Crop | None = None) -> StoredImage:
    """Check an upload and write its files; without `crop`, the middle is kept.

    Slow: call it before the transaction that writes the key. Raises ImageRefused.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ImageRefused("L’image dépasse 10 Mo : réduisez-la.", field="image")
    return _write(_decoded(upload, frame), frame, crop)


def make(
    *,
    frame: Frame,
    by: Actor,
    upload: UploadedFile | None = None,
    address: str = "",
    had_key: str = "",
    crop: Crop | None = None,
) -> StoredImage:
    """The files of what an ImageForm gave: an upload, else a web address, else the one it had.

    An address is fetched here and its middle kept: nobody has framed what nobody has seen. Slow:
    call it before the transaction that writes the key. Raises ImageRefused.
    """
    if upload is not None:
        return store(upload, frame=frame, crop=crop)
    if address:
        try:
            return store(_fetched(address, by), frame=frame)
        except ImageRefused as refused:
            refused.field = "address"
            raise
    return crop_again(had_key, frame=frame, crop=crop)


def _fetched(address: str, by: Actor) -> UploadedFile:
    asked_by = f"{by.kind}:{by.user_id or by.label}"
    try:
        found = fetch(
            address,
            asked_by=asked_by,
            max_bytes=MAX_BYTES,
            media_types=("image/", "application/oct"),
        )
    except FetchRefused as refusal:
        refused = ImageRefused(refusal.message)
        refused.http_status = refusal.http_status
        raise refused from None
    return SimpleUploadedFile("image", found.content, found.media_type)


def crop_again(key: str, *, frame: Frame, crop: Crop | None = None) -> StoredImage:
    """New files, under a new key, from the original kept under `key`; raises ImageRefused."""
    try:
        with default_storage.open(path_of(key, "original"), "rb") as file:
            source = Image.open(file)
            source.load()
    except OSError:
        raise ImageRefused("L’image d’origine n’est plus là : envoyez-la de nouveau.") from None
    return _write(source, frame, crop)


def discard(key: str) -> None:
    """Delete the files of an image once the transaction that forgets it is committed."""
    if key:
        transaction.on_commit(lambda: delete_files(key), robust=True)


def delete_files(key: str) -> None:
    """Delete the files of an image that no row names."""
    widths = {str(width) for frame in (LANDSCAPE, PORTRAIT) for width in frame.widths}
    for name in ("original", *widths):
        with suppress(OSError):
            default_storage.delete(path_of(key, name))


def path_of(key: str, name: object) -> str:
    return f"{FOLDER}/{key}/{name}.jpg"


def address_of(key: str, width: int) -> str:
    """Path of the page that serves one width, empty without image."""
    return reverse("image", kwargs={"key": key, "width": width}) if key else ""


def _decoded(upload: UploadedFile, frame: Frame) -> Image.Image:
    try:
        upload.seek(0)
        source: Image.Image = Image.open(upload, formats=FORMATS)
        width, height = source.size
        if width * height > MAX_PIXELS:
            raise ImageRefused(
                "L’image compte trop de points : réduisez-la à 50 millions au plus.", field="image"
            )
        source.load()
        upright = ImageOps.exif_transpose(source)
    except ImageRefused:
        raise
    # Pillow raises many kinds of errors on broken files; all mean the same to the person.
    except Exception:
        raise ImageRefused(field="image") from None
    width, height = upright.size
    if width < frame.min_width or height < frame.min_height:
        raise ImageRefused(
            f"L’image mesure {width} × {height} pixels : il en faut au moins "
            f"{frame.min_width} × {frame.min_height}.",
            field="image",
        )
    return upright


def _flat(source: Image.Image) -> Image.Image:
    """RGB over white, without profile nor metadata."""
    if source.mode in {"RGBA", "LA", "PA"} or "transparency" in source.info:
        rgba = source.convert("RGBA")
        flat = Image.new("RGB", rgba.size, "white")
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return flat
    return source.convert("RGB")


def _box(size: tuple[int, int], frame: Frame, crop: Crop | None) -> tuple[int, int, int, int]:
    """Pixels to keep: the wish, brought back inside the source and within the zoom allowed."""
    width, height = size
    widest = min(width, height * frame.ratio)
    if crop is None:
        kept = widest
        left, top = (width - kept) / 2, (height - kept / frame.ratio) / 2
    else:
        least = max(widest / MAX_ZOOM, min(frame.min_width, widest))
        kept = min(max(crop.width * width, least), widest)
        left = min(max(crop.x * width, 0), width - kept)
        top = min(max(crop.y * height, 0), height - kept / frame.ratio)
    right, bottom = left + kept, top + kept / frame.ratio
    return round(left), round(top), min(round(right), width), min(round(bottom), height)


def _write(source: Image.Image, frame: Frame, crop: Crop | None) -> StoredImage:
    flat = _flat(source)
    box = _box(flat.size, frame, crop)
    key = secrets.token_hex(16)
    cropped = flat.crop(box)
    for width in frame.widths:
        height = round(width / frame.ratio)
        _save(cropped.resize((width, height), Image.Resampling.LANCZOS), path_of(key, width))
    original = flat.copy()
    original.thumbnail((ORIGINAL_SIDE, ORIGINAL_SIDE), Image.Resampling.LANCZOS)
    _save(original, path_of(key, "original"))
    width, height = flat.size
    made = Crop(x=box[0] / width, y=box[1] / height, width=(box[2] - box[0]) / width)
    return StoredImage(key=key, crop=made)


def _save(picture: Image.Image, path: str) -> None:
    content = BytesIO()
    options: dict[str, Any] = {"quality": 84, "optimize": True, "progressive": True}
    picture.save(content, "JPEG", **options)
    default_storage.save(path, ContentFile(content.getvalue()))
