from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from passpro.kernel.models import ActionLog
from passpro.registers.exceptions import RegisterDown
from tests.venues.factories import VenueFactory, siret
from venues.models import TeacherInfo, Venue

pytestmark = pytest.mark.django_db

VENUE = {
    "name": "Studio",
    "public_name": "",
    "activity": "PERFORMING_ARTS",
    "street": "1 quai",
    "postal_code": "29200",
    "city": "Brest",
    "accessibility": ["motor"],
    "booking_email": "resa@theatre.example",
}
WELCOME = {"accessibility": ["motor"], "is_open_to_public": "on"}


def creation(cast) -> str:
    return f"/structures/{cast.offerer.pk}/lieux/creation"


def test_a_siret_prefills_the_form_without_script(cast, browse, register):
    number = siret(cast.offerer.siren, 4321)
    register[number] = "THÉÂTRE DES EMBRUNS"
    client = browse("member")

    page = client.get(creation(cast), {"siret": f"{number[:9]} {number[9:]}"}).text
    unknown = client.get(creation(cast), {"siret": siret(cast.offerer.siren, 4322)}).text
    wrong = client.get(creation(cast), {"siret": "12"}).text

    for words in ("THÉÂTRE DES EMBRUNS", "3 place au Beurre", "29000", "Quimper", number):
        assert f'value="{words}"' in page
    assert "n’existe pas dans le répertoire" in unknown
    assert "vous en avez saisi 2" in wrong


def test_a_venue_takes_the_name_of_the_register_and_its_point_from_the_address_base(
    cast, browse, register
):
    number = siret(cast.offerer.siren, 4321)
    register[number] = "THÉÂTRE DES EMBRUNS"

    made = browse("member").post(
        creation(cast),
        VENUE | {"siret": number, "street": "12 quai du Port", "public_name": "Le Quai"},
        follow=True,
    )

    venue = Venue.objects.get(siret=number)
    assert venue.name == "THÉÂTRE DES EMBRUNS"
    assert venue.latitude is not None
    assert venue.is_address_typed
    assert "Le Quai" in made.text
    # STR-041: an offer or a synchronisation next.
    assert "/offre/creation" in made.text
    assert f"/lieux/{venue.pk}/synchronisations" in made.text


def test_registers_that_are_down_stop_nobody(cast, browse, register, settings):
    settings.ADDRESS_BASE = "off"
    number = siret(cast.offerer.siren, 4321)
    register[number] = RegisterDown()
    client = browse("member")

    asked = client.get(creation(cast), {"siret": number}).text
    client.post(creation(cast), VENUE | {"siret": number})

    venue = Venue.objects.get(siret=number)
    assert "ne répond pas" in asked
    assert (venue.name, venue.latitude) == ("Studio", None)


def test_a_closed_or_unknown_siret_is_told_beside_the_field(cast, browse, register):
    closed, unknown = siret(cast.offerer.siren, 4321), siret(cast.offerer.siren, 4322)
    register[closed] = "(fermé)"
    client = browse("member")

    assert "est fermé" in client.post(creation(cast), VENUE | {"siret": closed}).text
    assert "n’existe pas" in client.post(creation(cast), VENUE | {"siret": unknown}).text
    assert Venue.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"siret": "123"}, "vous en avez saisi 3"),
        ({"siret": "30000001500010"}, "autre structure"),
        ({}, "Donnez un SIRET"),
        ({"comment": "Plein air", "accessibility": []}, "Cochez au moins une case"),
        ({"comment": "Plein air", "accessibility": ["none", "motor"]}, "ne va pas avec"),
        ({"comment": "Plein air", "latitude": "48"}, "ou aucune des deux"),
        ({"comment": "Plein air", "latitude": "100", "longitude": "0"}, "90"),
        ({"comment": "Plein air", "booking_email": "resa"}, "e-mail"),
        ({"comment": "Plein air", "activity": "CIRQUE"}, "choix"),
    ],
)
def test_mistakes_in_a_venue_are_told(cast, browse, change, words):
    response = browse("member").post(creation(cast), VENUE | change)

    assert response.status_code == 400
    assert words in response.text
    assert 'value="Studio"' in response.text
    assert Venue.objects.count() == 2


def test_a_used_siret_is_told_beside_the_field(cast, browse, register):
    register[cast.venue.siret] = "GRANDE SALLE"

    response = browse("member").post(creation(cast), VENUE | {"siret": cast.venue.siret})

    assert response.status_code == 409
    assert "Un lieu existe déjà avec ce SIRET." in response.text


def test_a_venue_that_moves_changes_its_zone_and_its_history_says_it(cast, browse):
    moved = {
        "public_name": "Le Lagon",
        "activity": "MUSEUM",
        "label": "MUSEE",
        "street": "5 rue de Paris",
        "postal_code": "97400",
        "city": "Saint-Denis",
        "latitude": "-20,87890",
        "longitude": "55,44810",
        "ban_id": "97411_1",
    }

    page = browse("member").post(f"/lieux/{cast.venue.pk}", moved, follow=True)

    venue = Venue.objects.get(pk=cast.venue.pk)
    row = ActionLog.objects.get(subject_id=str(venue.pk), kind="MODIFIED")
    assert "est enregistré" in page.text
    assert (venue.department_code, venue.time_zone) == ("974", "Indian/Reunion")
    assert (venue.siret, venue.name) == (cast.venue.siret, cast.venue.name)
    assert venue.is_permanent
    assert not venue.is_address_typed
    assert row.changes["ville"] == ["Brest", "Saint-Denis"]
    assert row.changes["latitude"] == ["48.38333", "-20.8789"]
    assert row.actor == cast.alice
    assert "raison sociale" not in row.changes


def test_saving_without_a_change_writes_no_history(cast, browse):
    client = browse("member")
    client.post(f"/lieux/{cast.venue.pk}/notifications", {"booking_email": "a@b.example"})
    client.post(f"/lieux/{cast.venue.pk}/notifications", {"booking_email": "a@b.example"})

    assert ActionLog.objects.filter(subject_id=str(cast.venue.pk)).count() == 1


def test_a_venue_without_siret_receives_one_later(cast, browse, register):
    venue = VenueFactory(offerer=cast.offerer, without_siret=True)
    number = siret(cast.offerer.siren, 4321)
    register[number] = "CHAPITEAU"
    place = {key: VENUE[key] for key in ("name", "activity", "street", "postal_code", "city")}

    browse("member").post(f"/lieux/{venue.pk}", place | {"siret": number, "comment": venue.comment})

    venue.refresh_from_db()
    assert (venue.siret, venue.comment, venue.name) == (number, "", "CHAPITEAU")


def test_the_digital_venue_has_no_page(cast, browse):
    virtual = VenueFactory(virtual=True, offerer=cast.offerer)
    client = browse("member")

    for page in ("", "/accueil", "/image", "/notifications", "/synchronisations", "/enseignants"):
        assert client.get(f"/lieux/{virtual.pk}{page}").status_code == 404


def test_the_public_face_of_a_venue_is_kept(cast, browse):
    client, url = browse("member"), f"/lieux/{cast.venue.pk}/accueil"

    page = client.post(
        url,
        WELCOME
        | {
            "description": "Une salle sur le quai.",
            "phone": "02 98 00 00 00",
            "contact_email": "bonjour@theatre.example",
            "website": "theatre.example",
            "social_instagram": "https://instagram.com/embruns",
            "day1_opens1": "10:00",
            "day1_closes1": "12:00",
            "day1_opens2": "14:00",
            "day1_closes2": "19:00",
            "day5_opens1": "20:00",
            "day5_closes1": "00:00",
        },
        follow=True,
    )

    venue = Venue.objects.get(pk=cast.venue.pk)
    ranges = venue.opening_ranges.values_list("weekday", "opens_minute", "closes_minute")
    assert page.redirect_chain == [(url, 302)]
    assert (venue.phone, venue.website) == ("+33298000000", "https://theatre.example")
    assert venue.social_links == {"instagram": "https://instagram.com/embruns"}
    assert list(ranges) == [(1, 600, 720), (1, 840, 1140), (5, 1200, 1440)]
    assert 'value="00:00"' in page.text
    said = ActionLog.objects.filter(changes__has_key="horaires d’ouverture").get().changes
    assert said["horaires d’ouverture"][1] == (
        "mardi 10\xa0h – 12\xa0h, 14\xa0h – 19\xa0h ; samedi 20\xa0h – minuit"
    )


def test_a_venue_may_have_no_opening_hours(cast, browse):
    page = browse("member").post(
        f"/lieux/{cast.venue.pk}/accueil", WELCOME | {"description": "Fermé l’hiver"}, follow=True
    )

    venue = Venue.objects.get(pk=cast.venue.pk)
    assert page.status_code == 200
    assert (venue.description, venue.opening_ranges.count()) == ("Fermé l’hiver", 0)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"day0_opens1": "10:00"}, "donnez l’ouverture et la fermeture"),
        ({"day0_opens1": "19:00", "day0_closes1": "10:00"}, "doit suivre l’ouverture"),
        (
            {"day0_opens1": "10:00", "day0_closes1": "15:00",
             "day0_opens2": "14:00", "day0_closes2": "18:00"},
            "se chevauchent",
        ),
        ({"day0_opens1": "dix heures", "day0_closes1": "12:00"}, "saisissez 18:30"),
        ({"phone": "12"}, "numéro de téléphone valable"),
        ({"website": "pas une adresse"}, "URL"),
    ],
)  # fmt: skip
def test_mistakes_in_the_public_face_are_told_and_change_nothing(cast, browse, hours, words):
    response = browse("member").post(
        f"/lieux/{cast.venue.pk}/accueil", WELCOME | {"description": "Nouvelle salle"} | hours
    )

    assert response.status_code == 400
    assert words in response.text
    assert "Nouvelle salle" in response.text
    assert Venue.objects.get(pk=cast.venue.pk).description == ""


def picture(size=(900, 600)) -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, "JPEG")
    return SimpleUploadedFile("photo.jpg", file.getvalue(), content_type="image/jpeg")


def test_an_image_is_sent_framed_anew_and_deleted(cast, browse, media, at):
    client, url = browse("member"), f"/lieux/{cast.venue.pk}/image"

    sent = client.post(url, {"image": picture(), "credit": "Y. Abgrall"}, follow=True)
    first = Venue.objects.get(pk=cast.venue.pk)
    framed = client.post(url, {"crop_x": "0.2", "crop_y": "0", "crop_width": "0.7"}, follow=True)
    second = Venue.objects.get(pk=cast.venue.pk)

    assert f"/images/{first.image_key}/480.jpg" in sent.text
    assert "Crédit&nbsp;: Y. Abgrall" in sent.text
    assert second.image_key != first.image_key
    assert second.image_crop == {"x": 0.2, "y": 0, "width": 0.7}
    assert f"/images/{second.image_key}/480.jpg" in framed.text
    whole = client.get(f"{url}/entiere")
    assert whole.status_code == 200
    assert b"".join(whole.streaming_content)
    asked = client.get(f"{url}/suppression").text
    client.post(f"{url}/suppression")
    assert "Supprimer l’image de" in asked
    assert Venue.objects.get(pk=cast.venue.pk).image_key == ""
    assert client.get(f"{url}/suppression").status_code == 404


def test_a_bad_image_is_refused_with_its_rule(cast, browse, media):
    client, url = browse("member"), f"/lieux/{cast.venue.pk}/image"

    small = client.post(url, {"image": picture((300, 200)), "credit": "Y. Abgrall"})
    none = client.post(url, {"credit": ""})

    assert small.status_code == 400
    assert "au moins 600 × 400" in small.text
    assert 'value="Y. Abgrall"' in small.text
    assert "Choisissez un fichier" in none.text
    assert not list(media.rglob("*.jpg"))


def test_teachers_information_is_kept(cast, browse):
    client, url = browse("member"), f"/lieux/{cast.venue.pk}/enseignants"

    page = client.post(
        url,
        {
            "description": "Rencontrer les artistes.",
            "level_ids": ["COLLEGE4", "CAP1"],
            "domain_ids": ["15"],
            "partner_kind": "LIVE_THEATRE",
            "legal_status": "ASSOCIATION",
            "places": ["culturalPartner"],
            "whole": "",
            "departments": ["29", "2A"],
            "network_ids": ["SCENES_NATIONALES"],
            "phone": "02 98 00 00 00",
            "email": "scolaires@theatre.example",
            "website": "theatre.example/ecoles",
        },
        follow=True,
    )

    info = TeacherInfo.objects.get(venue=cast.venue)
    assert "est enregistré." in page.text
    assert "pas encore référencé" in page.text
    assert info.mobility == ["culturalPartner", "29", "2A"]
    assert (info.domain_ids, info.level_ids) == ([15], ["COLLEGE4", "CAP1"])
    client.post(url, {"whole": "mainland", "departments": ["29"]})
    info.refresh_from_db()
    assert len(info.mobility) == 96
    assert "2A" in info.mobility
    assert 'value="mainland" selected' in client.get(url).text
    refused = client.post(url, {"domain_ids": ["3"]})
    assert refused.status_code == 400


def test_a_referenced_venue_is_told_so(cast, browse):
    cast.venue.adage_id, cast.venue.adage_referenced_at = "128", datetime(2026, 1, 1, tzinfo=UTC)
    cast.venue.save()

    page = browse("member").get(f"/lieux/{cast.venue.pk}/enseignants").text

    assert "pas encore référencé" not in page
