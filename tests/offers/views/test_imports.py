"""The pages of an import (PRV-12, seed 002)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from offers.models import Offer, OfferImport


@pytest.fixture
def alice(cast, client):
    client.force_login(cast.alice)
    return client


def test_an_agenda_is_looked_at_chosen_and_imported(alice, cast):
    page = f"/lieux/{cast.venue.pk}/imports"
    read = alice.post(page, {"kind": "OPENAGENDA", "identifier": "47826291"})
    run = OfferImport.objects.get()
    assert read["Location"] == f"/imports/{run.pk}"
    preview = alice.get(f"/imports/{run.pk}")
    assert preview.text.count('name="keys"') == 3
    before = Offer.objects.count()

    wrong = alice.post(f"/imports/{run.pk}", {"keys": ["grenier@agenda.example"], "price": "x"})
    assert wrong.status_code == 400
    assert "Choisissez une sous-catégorie" in wrong.text
    assert wrong.text.count(" checked") == 1
    facts = {"subcategory_id": "VISITE", "price": "0", "places": "20"}
    done = alice.post(
        f"/imports/{run.pk}", facts | {"keys": ["grenier@agenda.example"]}, follow=True
    )

    assert "1 brouillon créé" in done.text
    assert Offer.objects.count() == before + 1
    assert "Déjà importée" in done.text
    assert "47826291" in alice.get(page).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "OPENAGENDA", "identifier": "jep-2018"}, "est un nombre"),
        ({"kind": "OPENAGENDA", "identifier": "123"}, "Aucun agenda public"),
        ({"kind": "OPENAGENDA", "identifier": "10000009"}, "ne répond pas"),
        ({"kind": "ICS"}, "Choisissez un fichier"),
        ({"kind": "GOODS", "file": "a;b"}, "La première ligne"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_kept(alice, cast, typed, words):
    if "file" in typed:
        typed = typed | {"file": SimpleUploadedFile("x.csv", typed["file"].encode())}

    answer = alice.post(f"/lieux/{cast.venue.pk}/imports", typed)

    assert answer.status_code == 400
    assert words in answer.text
    assert not OfferImport.objects.exists()


def test_rejected_lines_are_downloaded_without_formulas(alice, cast):
    content = b"ean;prix;quantite;titre\n=cmd;1;1;x\n9782070000012;5;3;Livre\n"
    alice.post(
        f"/lieux/{cast.venue.pk}/imports",
        {"kind": "GOODS", "file": SimpleUploadedFile("stock.csv", content)},
    )
    run = OfferImport.objects.get()

    page = alice.post(f"/imports/{run.pk}", {"subcategory_id": "LIVRE_PAPIER"}, follow=True)
    file = alice.get(f"/imports/{run.pk}/rejets.csv")

    assert "1 brouillon créé" in page.text
    assert "'=cmd;1;1;x" in file.text
    assert "13 chiffres" in file.text
    assert "ean;prix" in alice.get(f"/lieux/{cast.venue.pk}/imports/modele.csv").text
