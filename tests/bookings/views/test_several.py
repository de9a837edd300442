"""Several codes at once: each line has its answer, one refused stops no other."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bookings.countermarks import codes_in
from bookings.models import Booking, BookingTransition
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db
URL = "/guichet/plusieurs"


def held(cast, **facts):
    return BookingFactory(stock=StockFactory(offer__venue=cast.venue), **facts)


def test_a_paste_validates_what_can_be_and_says_why_for_the_rest(cast):
    good, used, foreign = held(cast), held(cast, used=True), BookingFactory()
    pasted = "\n".join(
        [
            f"PASSCULTURE:v3;TOKEN:{good.countermark}".partition("TOKEN:")[2].lower(),
            used.countermark,
            foreign.countermark,
            "ZZZZZZ",
            "trop-long",
            good.countermark,
        ]
    )

    answer = cast.client("member").post(URL, {"contremarques": pasted})

    assert Booking.objects.get(pk=good.pk).status == "USED"
    assert Booking.objects.get(pk=foreign.pk).status == "CONFIRMED"
    assert "1 validée, 5 refusées" in answer.text
    assert good.beneficiary.get_full_name() in answer.text
    for said in (
        "déjà été validée",
        "d’un autre lieu",
        "pas été trouvée",
        "6 lettres",
        "plus haut",
    ):
        assert said in answer.text
    assert foreign.beneficiary.last_name not in answer.text


def test_sent_again_nothing_is_validated_twice(cast):
    booking, client = held(cast), cast.client("member")

    client.post(URL, {"contremarques": booking.countermark})
    again = client.post(URL, {"contremarques": booking.countermark})

    assert "déjà été validée" in again.text
    assert BookingTransition.objects.filter(booking=booking).count() == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_file_is_read_at_its_column_whoever_wrote_it(cast, encoding):
    booking = held(cast)
    content = f"Bénéficiaire;Contremarque\nLéa Abgrall;{booking.countermark}\n".encode(encoding)

    answer = cast.client("member").post(URL, {"fichier": SimpleUploadedFile("soir.csv", content)})

    assert "1 validée" in answer.text
    assert Booking.objects.get(pk=booking.pk).status == "USED"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "au moins une contremarque"),
        ({"contremarques": "\n".join(f"A{n:05}" for n in range(301))}, "300 au plus"),
        ({"fichier": ("photo.csv", b"\x89PNG\x00\x00")}, "pas un CSV"),
        ({"fichier": ("gros.csv", b"A" * 200_001)}, "trop lourd"),
    ],
)
def test_what_cannot_be_read_says_so_and_changes_nothing(cast, sent, said):
    if "fichier" in sent:
        sent = {"fichier": SimpleUploadedFile(*sent["fichier"])}

    answer = cast.client("member").post(URL, sent)

    assert answer.status_code == 400
    assert said in answer.text


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ABCDEF\nGHJKLM", ["ABCDEF", "GHJKLM"]),
        ("ABCDEF; GHJKLM,NPQRST\tUVWXYZ", ["ABCDEF", "GHJKLM", "NPQRST", "UVWXYZ"]),
        ('\ufeffcontremarque\n"ABCDEF"\n\n', ["ABCDEF"]),
        ("Nom,Contremarque\nLe Goff,ABCDEF\n", ["ABCDEF"]),
        ("", []),
    ],
)
def test_codes_are_found_however_they_are_separated(text, codes):
    assert codes_in(text) == codes
