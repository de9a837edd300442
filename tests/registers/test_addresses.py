from decimal import Decimal

import pytest

from passpro.registers import addresses
from passpro.registers.exceptions import RegisterBusy, RegisterDown


def feature(**facts):
    facts = {
        "label": "12 Rue de Siam 29200 Brest",
        "score": 0.97,
        "id": "29019_9020_00012",
        "type": "housenumber",
        "name": "12 Rue de Siam",
        "postcode": "29200",
        "citycode": "29019",
        "city": "Brest",
        "context": "29, Finistère, Bretagne",
        **facts,
    }
    point = {"type": "Point", "coordinates": [-4.489182, 48.385914]}
    return {"type": "Feature", "geometry": point, "properties": facts}


def collection(*features):
    return 200, {"type": "FeatureCollection", "version": "draft", "features": list(features)}


@pytest.fixture
def ban(register, settings):
    settings.ADDRESS_BASE, settings.ADDRESS_BASE_URL = "http", register.url
    register.answers["/search/"] = collection(feature())
    register.answers["/reverse/"] = collection(feature())
    return register


def test_a_suggestion_of_the_real_service(ban):
    (found,) = addresses.search("  12 rue   de Siam ", limit=5)

    assert (found.street, found.postal_code, found.city) == ("12 Rue de Siam", "29200", "Brest")
    assert (found.latitude, found.longitude) == (Decimal("48.38591"), Decimal("-4.48918"))
    assert (found.ban_id, found.kind) == ("29019_9020_00012", "housenumber")
    assert ban.calls[0][:2] == ("/search/", {"q": "12 rue de Siam", "limit": "5"})


def test_the_same_question_is_asked_once_a_day(ban):
    addresses.search("12 rue de Siam")
    addresses.search("12 RUE de siam")
    assert len(ban.calls) == 1

    ban.answers["/search/"] = collection()
    assert addresses.search("nulle part") == []
    assert addresses.search("nulle part") == []
    assert len(ban.calls) == 2


def test_a_failure_is_not_kept(ban):
    ban.moods = ["500", "500"]
    with pytest.raises(RegisterDown):
        addresses.search("rue de Siam")

    assert len(addresses.search("rue de Siam")) == 1


def test_too_short_a_text_asks_nothing(ban):
    assert addresses.search("  ru ") == []
    assert ban.calls == []


def test_what_the_service_refuses_finds_nothing(ban):
    ban.answers["/search/"] = (400, {"code": 400, "message": "q: must contain a letter"})

    assert addresses.search("+++") == []


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "Feature"},
        feature() | {"geometry": {"type": "Point", "coordinates": []}},
        feature() | {"geometry": None},
        feature(type="planet"),
        "text",
        None,
    ],
)
def test_a_broken_line_is_left_out(ban, broken):
    ban.answers["/search/"] = collection(broken, feature())

    assert len(addresses.search("rue de Siam")) == 1


def test_an_answer_without_lines_is_a_failure(ban):
    ban.answers["/search/"] = (200, {"message": "ok"})

    with pytest.raises(RegisterDown):
        addresses.search("rue de Siam")


def test_the_limit_of_the_service_is_told(ban):
    ban.moods = ["429"]

    with pytest.raises(RegisterBusy):
        addresses.search("rue de Siam")


def test_the_nearest_address_of_a_point(ban):
    found = addresses.reverse(Decimal("48.38591"), Decimal("-4.48918"))

    assert found.label == "12 Rue de Siam 29200 Brest"
    assert ban.calls[0][1] == {"lat": "48.38591", "lon": "-4.48918", "limit": "1"}


def test_a_sure_address_is_located_and_a_doubtful_one_gives_its_town(ban):
    assert addresses.locate(street="12 rue de Siam", postal_code="29200", city="Brest").street

    ban.answers["/search/"] = collection(feature(score=0.4, type="municipality", name="Brest"))
    found = addresses.locate(street="hangar nord", postal_code="29200", city="Brest")

    assert (found.street, found.city) == ("", "Brest")
    assert ban.calls[-1][1] == {
        "q": "Brest", "limit": "1", "type": "municipality", "postcode": "29200",
    }  # fmt: skip


def test_nothing_is_asked_when_the_service_is_switched_off(settings):
    settings.ADDRESS_BASE = "off"

    with pytest.raises(RegisterDown):
        addresses.search("rue de Siam")
    with pytest.raises(RegisterDown):
        addresses.reverse(Decimal(48), Decimal(-4))


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("12 rue de siam brest", "12 rue de Siam 29200 Brest"),
        ("12 bis rue de siam 29200", "12 bis rue de Siam 29200 Brest"),
        ("place au beu", "Place au Beurre 29000 Quimper"),
        ("place de la mairie 35200 rennes", "Place de la Mairie 35200 Rennes"),
        ("saint étienne", "Saint-Étienne"),
        ("75011", "Paris 11e"),
    ],
)
def test_the_sandbox_answers_offline(typed, label):
    assert addresses.search(typed)[0].label == label


def test_the_sandbox_is_sure_only_of_a_whole_address():
    whole = addresses.search("3 place au beurre quimper")[0]
    half = addresses.search("place au")[0]

    assert whole.score >= addresses.GOOD_SCORE > half.score
    assert addresses.search("zzzz") == []


def test_the_sandbox_finds_its_own_points_again():
    one = addresses.search("rue de siam brest")[0]

    assert addresses.reverse(one.latitude, one.longitude).street == "Rue de Siam"
    assert addresses.reverse(Decimal("0"), Decimal("0")) is None


def test_the_sandbox_gives_the_centre_of_a_town():
    assert addresses.municipality(city="Bastia", postal_code="20200").city_code == "2B033"
    assert addresses.municipality(city="", postal_code="97400").city == "Saint-Denis"
    assert addresses.municipality(city="Atlantide", postal_code="") is None
    found = addresses.locate(street="route inconnue", postal_code="29200", city="Brest")
    assert (found.kind, found.city) == ("municipality", "Brest")
