import re
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from passpro.kernel import images
from passpro.kernel.images import LANDSCAPE, PORTRAIT, Crop, ImageRefused


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


def picture(size=(900, 600), kind="JPEG", mode="RGB", colour="red", **options) -> BytesIO:
    file = BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    file.seek(0)
    return file


def upload(file: BytesIO, name="photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, file.getvalue())


def opened(key: str, name: object) -> Image.Image:
    with default_storage.open(images.path_of(key, name)) as file:
        found = Image.open(file)
        found.load()
    return found


def test_an_upload_becomes_one_file_a_width_and_an_original():
    stored = images.store(upload(picture()), frame=LANDSCAPE)

    assert re.fullmatch(r"[0-9a-f]{32}", stored.key)
    assert [opened(stored.key, width).size for width in LANDSCAPE.widths] == [
        (1200, 800),
        (480, 320),
    ]
    assert opened(stored.key, "original").size == (900, 600)
    assert stored.crop == Crop(0, 0, 1)


def test_without_a_crop_the_middle_is_kept():
    wide = Image.new("RGB", (1200, 600), "red")
    wide.paste("blue", (150, 0, 1050, 600))
    file = BytesIO()
    wide.save(file, "PNG")

    stored = images.store(upload(file), frame=LANDSCAPE)

    corner = opened(stored.key, 1200).getpixel((4, 4))
    assert corner[2] > 200
    assert corner[0] < 60
    assert stored.crop == Crop(0.125, 0, 0.75)


@pytest.mark.parametrize(
    ("wish", "made"),
    [
        (Crop(0.5, 0.25, 0.5), Crop(0.5, 0.25, 0.5)),
        (Crop(0.9, 0.9, 0.5), Crop(0.5, 0.5, 0.5)),
        (Crop(-3, -3, 9), Crop(0, 0, 1)),
        # At most four times larger.
        (Crop(0, 0, 0.01), Crop(0, 0, 0.25)),
    ],
)
def test_the_crop_stays_inside_the_source_and_its_zoom(wish, made):
    stored = images.store(upload(picture((2400, 1600))), frame=LANDSCAPE, crop=wish)

    assert stored.crop == made


def test_metadata_and_transparency_do_not_survive():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter
    exif[0x010E] = "48.38, -4.49"
    turned = images.store(upload(picture((900, 1400), exif=exif)), frame=LANDSCAPE)
    clear = images.store(upload(picture(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0))),
                         frame=LANDSCAPE)  # fmt: skip

    original = opened(turned.key, "original")
    assert original.size == (1400, 900)
    assert not original.getexif()
    assert b"48.38" not in default_storage.open(images.path_of(turned.key, "original")).read()
    assert opened(clear.key, 480).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (picture((500, 600)), "il en faut au moins 600 × 400"),
        (picture(kind="GIF"), "PNG ou JPEG"),
        (BytesIO(b"<svg onload=alert(1)>"), "PNG ou JPEG"),
        (BytesIO(picture().getvalue()[:400]), "PNG ou JPEG"),
        (BytesIO(b""), "PNG ou JPEG"),
        (BytesIO(b"\xff" * (10 * 1024 * 1024 + 1)), "10 Mo"),
        (picture((10_000, 5_001), kind="PNG", mode="1", colour=0), "50 millions"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_and_nothing_is_kept(file, words, tmp_path):
    with pytest.raises(ImageRefused, match=words):
        images.store(upload(file), frame=LANDSCAPE)

    assert not list(tmp_path.rglob("*.jpg"))


def test_an_image_is_cropped_again_from_its_original():
    first = images.store(upload(picture((1600, 1600))), frame=LANDSCAPE)

    second = images.crop_again(first.key, frame=PORTRAIT, crop=Crop(0, 0, 0.5))

    assert second.key != first.key
    assert opened(second.key, 800).size == (800, 1200)
    with pytest.raises(ImageRefused):
        images.crop_again("0" * 32, frame=LANDSCAPE)


@pytest.mark.django_db(transaction=True)
def test_files_are_deleted_after_the_commit_that_forgets_them(tmp_path):
    stored = images.store(upload(picture()), frame=LANDSCAPE)

    with transaction.atomic():
        images.discard(stored.key)
        assert default_storage.exists(images.path_of(stored.key, 480))

    assert not list(tmp_path.rglob("*.jpg"))


@pytest.mark.django_db
def test_images_are_served_for_ever_but_never_the_original(client):
    stored = images.store(upload(picture()), frame=LANDSCAPE)
    address = images.address_of(stored.key, 480)

    response = client.get(address)

    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert "immutable" in response["Cache-Control"]
    assert b"".join(response.streaming_content)
    assert client.get(address.replace("480", "481")).status_code == 404
    assert client.get(address.replace("480", "original")).status_code == 404
    assert client.get("/images/../etc/480.jpg").status_code == 404
    assert images.address_of("", 480) == ""
