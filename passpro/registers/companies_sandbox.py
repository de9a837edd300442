"""The company register of the sandbox: invented companies in real towns (SIR-09).

One for each case: open, several places, local authority, sole trader, hidden, ceased, no answer.

Numbers pass the control of their last digit; nobody is asked.
"""

from stdnum import luhn

from passpro.registers.companies import Company, Establishment
from passpro.registers.exceptions import NotDisclosed, RegisterDown

Place = tuple[str, str, str, str]
_DOWN_SIREN = "780000188"


def _siret(siren: str, number: int) -> str:
    body = f"{siren}{number:04d}"
    return body + luhn.calc_check_digit(body)


def _company(
    siren: str,
    name: str,
    legal_category: str,
    activity_code: str,
    *places: Place,
    is_active: bool = True,
    is_disclosed: bool = True,
    closed: tuple[int, ...] = (),
) -> tuple[Company, list[Establishment]]:
    """Places are (name, street, postal code, town); the first one is the head office."""
    establishments = [
        Establishment(
            siret=_siret(siren, number),
            name=place or name,
            street=street,
            postal_code=postal_code,
            city=city,
            city_code="",
            is_open=is_active and number not in closed,
            is_head_office=number == 1,
            activity_code=activity_code,
        )
        for number, (place, street, postal_code, city) in enumerate(places, start=1)
    ]
    head_office = establishments[0] if is_disclosed else None
    company = Company(
        siren, name, legal_category, activity_code, is_active, is_disclosed, head_office
    )
    return company, establishments


# Legal categories: 5499 and 5710 companies, 9220 association, 7210 town, 7331 public body,
# 1000 sole trader. Activities: 90.01Z shows, 47.61Z books, 59.14Z cinema, 91.02Z museum…
_ALL = [
    _company("780000006", "Théâtre des Embruns", "9220", "90.01Z",
             ("", "12 quai du Port", "29200", "Brest")),
    _company("780000014", "Librairie Page 29", "5710", "47.61Z",
             ("", "3 place au Beurre", "29000", "Quimper")),
    _company("780000022", "CINÉMA LE ROYAL", "5710", "59.14Z",
             ("", "8 avenue Jean Jaurès", "29600", "Morlaix"),
             ("LE ROYAL LANDERNEAU", "2 quai du Port", "29800", "Landerneau"),
             ("LE ROYAL PLAGE", "1 chemin des Jardins", "29600", "Morlaix"), closed=(3,)),
    _company("780000030", "VILLE DE BREST", "7210", "84.11Z",
             ("", "2 rue Frézier", "29200", "Brest"),
             ("MUSÉE DES BEAUX-ARTS", "24 rue de Traverse", "29200", "Brest"),
             ("MÉDIATHÈQUE DES CAPUCINS", "25 rue de Pontaniou", "29200", "Brest")),
    _company("780000048", "FESTIVAL DES PHARES", "9220", "90.02Z",
             ("", "4 rue du Théâtre", "56100", "Lorient")),
    _company("780000055", "CONSERVATOIRE DE CORNOUAILLE", "7331", "85.52Z",
             ("", "6 rue des Écoles", "29000", "Quimper")),
    _company("780000063", "LES GRANDES SCÈNES PRODUCTION", "5710", "90.02Z",
             ("", "18 boulevard Gambetta", "75011", "Paris 11e"),
             ("", "5 place du Marché", "69002", "Lyon 2e")),
    _company("780000071", "Nolwenn Cariou", "1000", "90.03B",
             ("ATELIER CARIOU", "9 impasse des Lilas", "29000", "Quimper")),
    _company("780000089", "LA CALE SÈCHE", "9220", "90.04Z",
             ("", "1 quai du Port", "29200", "Brest")),
    _company("780000097", "DISQUES DU LARGE", "5499", "47.63Z",
             ("", "22 rue de Siam", "29200", "Brest")),
    _company("780000105", "LYCÉE DES QUATRE VENTS", "7331", "85.31Z",
             ("", "30 avenue de la Gare", "29000", "Quimper")),
    _company("780000113", "CARNAVAL DES ÎLES", "9220", "90.01Z",
             ("", "7 rue Victor Hugo", "97200", "Fort-de-France")),
    _company("780000162", "", "1000", "90.03A", ("", "", "29000", "Quimper"),
             is_disclosed=False),
    _company("780000170", "LES TRÉTEAUX D’HIER", "9220", "90.01Z",
             ("", "11 rue de la République", "29600", "Morlaix"), is_active=False),
]  # fmt: skip
_COMPANIES = {company.siren: company for company, _ in _ALL}
_ESTABLISHMENTS = {place.siret: place for _, places in _ALL for place in places}

EXAMPLES = [
    ("780 000 089", "association La Cale Sèche, à Brest"),
    ("780 000 030 00020", "musée de la Ville de Brest, en régie directe"),
    ("780 000 162", "entreprise qui ne diffuse pas ses données"),
    ("780 000 170", "association fermée"),
    ("780 000 188", "le répertoire ne répond pas"),
]


class SandboxCompanies:
    def company(self, siren: str) -> Company | None:
        if siren == _DOWN_SIREN:
            raise RegisterDown(register="companies")
        return _COMPANIES.get(siren)

    def establishment(self, siret: str) -> Establishment | None:
        company = self.company(siret[:9])
        if company is not None and not company.is_disclosed:
            raise NotDisclosed(field="siret")
        return _ESTABLISHMENTS.get(siret)
