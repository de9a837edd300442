import pytest
from django.core.cache import cache
from stdnum.fr import siren as siren_rules
from stdnum.fr import siret as siret_rules

from passpro.registers import companies
from passpro.registers.companies_sandbox import _COMPANIES, _ESTABLISHMENTS
from passpro.registers.exceptions import NotDisclosed, RegisterBusy, RegisterDown, UnknownNumber
from passpro.registers.text import readable

SIREN, SIRET = "780000089", "78000008900018"


def unit(*, disclosed="O", state="A", **facts):
    period = {
        "dateFin": None,
        "dateDebut": "2015-01-01",
        "etatAdministratifUniteLegale": state,
        "denominationUniteLegale": "LA CALE SECHE",
        "nomUniteLegale": None,
        "categorieJuridiqueUniteLegale": "9220",
        "activitePrincipaleUniteLegale": "90.04Z",
        "nicSiegeUniteLegale": "00018",
        **facts,
    }
    before = {**period, "dateFin": "2014-12-31", "denominationUniteLegale": "ANCIEN NOM"}
    body = {
        "siren": SIREN,
        "statutDiffusionUniteLegale": disclosed,
        "prenomUsuelUniteLegale": facts.pop("prenomUsuelUniteLegale", None),
        "periodesUniteLegale": [before, period],
    }
    return 200, {"header": {"statut": 200, "message": "ok"}, "uniteLegale": body}


def place(*, disclosed="O", state="A", head_office=True, **facts):
    address = {
        "numeroVoieEtablissement": "1",
        "indiceRepetitionEtablissement": "B",
        "typeVoieEtablissement": "QUAI",
        "libelleVoieEtablissement": "DU PORT DE L'ABER",
        "codePostalEtablissement": "29200",
        "libelleCommuneEtablissement": "BREST",
        "codeCommuneEtablissement": "29019",
        **facts,
    }
    body = {
        "siren": SIREN,
        "siret": SIRET,
        "statutDiffusionEtablissement": disclosed,
        "etablissementSiege": head_office,
        "uniteLegale": {"denominationUniteLegale": "LA CALE SECHE"},
        "adresseEtablissement": address,
        "periodesEtablissement": [
            {
                "dateFin": None,
                "etatAdministratifEtablissement": state,
                "enseigne1Etablissement": None,
            }
        ],
    }
    return 200, {"header": {"statut": 200}, "etablissement": body}


@pytest.fixture
def insee(register, settings):
    settings.COMPANY_REGISTER, settings.COMPANY_REGISTER_URL = "http", register.url + "/V3.11"
    settings.COMPANY_REGISTER_TOKEN = "a-token"
    register.answers[f"/V3.11/siren/{SIREN}"] = unit()
    register.answers[f"/V3.11/siret/{SIRET}"] = place()
    return register


def test_a_company_and_its_head_office(insee):
    found = companies.company(SIREN)

    assert (found.name, found.legal_category, found.activity_code) == (
        "LA CALE SECHE", "9220", "90.04Z",
    )  # fmt: skip
    assert found.is_active
    assert found.is_disclosed
    office = found.head_office
    assert (office.street, office.postal_code, office.city) == (
        "1 bis quai du Port de l'Aber", "29200", "Brest",
    )  # fmt: skip
    assert office.is_head_office
    assert office.is_open
    assert [path for path, _, _ in insee.calls] == [
        f"/V3.11/siren/{SIREN}",
        f"/V3.11/siret/{SIRET}",
    ]
    assert insee.calls[0][2]["Authorization"] == "Bearer a-token"


def test_an_answer_is_kept_a_quarter_of_an_hour(insee):
    companies.company(SIREN)
    companies.company(SIREN)

    assert len(insee.calls) == 2


def test_a_sole_trader_has_a_first_and_a_last_name(insee):
    insee.answers[f"/V3.11/siren/{SIREN}"] = unit(
        denominationUniteLegale=None, nomUniteLegale="CARIOU", prenomUsuelUniteLegale="NOLWENN"
    )

    assert companies.company(SIREN).name == "Nolwenn Cariou"


def test_an_unknown_number_is_not_a_failure(insee):
    for _ in range(10):
        cache.delete("register:companies:http:siren:780000097")
        with pytest.raises(UnknownNumber) as caught:
            companies.company("780000097")
    assert caught.value.field == "siren"
    with pytest.raises(UnknownNumber) as caught:
        companies.establishment("78000009700011")
    assert caught.value.field == "siret"


@pytest.mark.parametrize("answer", [unit(disclosed="P"), (403, {"header": {"statut": 403}})])
def test_a_company_that_hides_its_data(insee, answer):
    insee.answers[f"/V3.11/siren/{SIREN}"] = answer

    found = companies.company(SIREN)

    assert not found.is_disclosed
    assert found.head_office is None


@pytest.mark.parametrize("answer", [place(disclosed="P"), (403, {})])
def test_a_place_that_hides_its_data(insee, answer):
    insee.answers[f"/V3.11/siret/{SIRET}"] = answer

    with pytest.raises(NotDisclosed):
        companies.establishment(SIRET)
    assert companies.company(SIREN).head_office is None


def test_masked_words_are_nothing(insee):
    insee.answers[f"/V3.11/siret/{SIRET}"] = place(
        numeroVoieEtablissement="[ND]", libelleVoieEtablissement="[ND]",
        typeVoieEtablissement=None, indiceRepetitionEtablissement=None,
    )  # fmt: skip

    assert companies.establishment(SIRET).street == ""


def test_what_is_ceased_or_closed_says_so(insee):
    insee.answers[f"/V3.11/siren/{SIREN}"] = unit(state="C")
    insee.answers[f"/V3.11/siret/{SIRET}"] = place(state="F")

    assert not companies.company(SIREN).is_active
    assert not companies.establishment(SIRET).is_open


@pytest.mark.parametrize(
    "broken",
    [
        (200, {"header": {"statut": 200}}),
        (200, {"uniteLegale": {"periodesUniteLegale": []}}),
        (200, {"uniteLegale": {}}),
        (401, {"header": {"statut": 401}}),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_failure_and_is_not_kept(insee, broken):
    insee.answers[f"/V3.11/siren/{SIREN}"] = broken
    with pytest.raises(RegisterDown):
        companies.company(SIREN)

    insee.answers[f"/V3.11/siren/{SIREN}"] = unit()
    assert companies.company(SIREN).is_active


def test_slow_broken_and_limited_answers(insee):
    insee.moods = ["500", "503"]
    with pytest.raises(RegisterDown):
        companies.company(SIREN)
    insee.moods = ["429"]
    with pytest.raises(RegisterBusy):
        companies.company(SIREN)


def test_nothing_is_asked_when_the_register_is_switched_off(settings):
    settings.COMPANY_REGISTER = "off"

    with pytest.raises(RegisterDown):
        companies.company(SIREN)
    with pytest.raises(RegisterDown):
        companies.establishment(SIRET)
    assert companies.examples() == []


def test_the_sandbox_has_one_company_for_each_case():
    assert companies.company(SIREN).head_office.city == "Brest"
    assert companies.establishment("78000003000020").name == "MUSÉE DES BEAUX-ARTS"
    assert companies.company("780000030").is_local_authority
    assert companies.company("780000105").is_school
    assert not companies.company("780000170").is_active
    assert not companies.company("780000162").is_disclosed
    with pytest.raises(NotDisclosed):
        companies.establishment("78000016200013")
    with pytest.raises(UnknownNumber):
        companies.company("780000212")
    with pytest.raises(RegisterDown):
        companies.company("780000188")
    assert companies.examples()


def test_the_numbers_of_the_sandbox_pass_their_control():
    assert all(siren_rules.is_valid(number) for number in _COMPANIES)
    assert all(siret_rules.is_valid(number) for number in _ESTABLISHMENTS)


@pytest.mark.parametrize(
    ("capitals", "words"),
    [
        ("SAINT-JEAN DU DOIGT", "Saint-Jean du Doigt"),
        ("L'ABER-WRAC'H", "l'Aber-Wrac'h"),
        ("DE LA GARE", "De la Gare"),
        ("Déjà lisible", "Déjà lisible"),
    ],
)
def test_capitals_become_readable(capitals, words):
    assert readable(capitals) == words
