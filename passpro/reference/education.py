"""School world: levels, domains, académies; what a venue tells teachers (portal.md §5.7, §14)."""

from dataclasses import dataclass

from passpro.reference.departments import DEPARTMENTS


@dataclass(frozen=True, slots=True)
class StudentLevel:
    """A school level; `programme` names the one its schools must carry, if any."""

    id: str
    label: str
    group: str
    programme: str = ""


@dataclass(frozen=True, slots=True)
class CulturalDomain:
    """Artistic and cultural domain; ids are shared with ADAGE, an inactive one is never offered."""

    id: int
    label: str
    is_active: bool = True


# In the order of display.
STUDENT_LEVELS: tuple[StudentLevel, ...] = (
    StudentLevel(
        "ECOLES_MARSEILLE_MATERNELLE",
        "Écoles Marseille - Maternelle",
        "PRIMARY",
        "marseille_en_grand",
    ),
    StudentLevel(
        "ECOLES_MARSEILLE_CP_CE1_CE2",
        "Écoles Marseille - CP, CE1, CE2",
        "PRIMARY",
        "marseille_en_grand",
    ),
    StudentLevel(
        "ECOLES_MARSEILLE_CM1_CM2", "Écoles Marseille - CM1, CM2", "PRIMARY", "marseille_en_grand"
    ),
    StudentLevel("COLLEGE6", "Collège - 6e", "COLLEGE"),
    StudentLevel("COLLEGE5", "Collège - 5e", "COLLEGE"),
    StudentLevel("COLLEGE4", "Collège - 4e", "COLLEGE"),
    StudentLevel("COLLEGE3", "Collège - 3e", "COLLEGE"),
    StudentLevel("CAP1", "CAP - 1re année", "CAP"),
    StudentLevel("CAP2", "CAP - 2e année", "CAP"),
    StudentLevel("GENERAL2", "Lycée - Seconde", "LYCEE"),
    StudentLevel("GENERAL1", "Lycée - Première", "LYCEE"),
    StudentLevel("GENERAL0", "Lycée - Terminale", "LYCEE"),
)
LEVEL_LABELS: dict[str, str] = {level.id: level.label for level in STUDENT_LEVELS}

CULTURAL_DOMAINS: tuple[CulturalDomain, ...] = (
    CulturalDomain(1, "Architecture"),
    CulturalDomain(2, "Arts du cirque et arts de la rue"),
    CulturalDomain(3, "Gastronomie et arts du goût", False),
    CulturalDomain(4, "Arts numériques"),
    CulturalDomain(5, "Arts visuels, arts plastiques, arts appliqués"),
    CulturalDomain(6, "Cinéma, audiovisuel"),
    CulturalDomain(7, "Culture scientifique, technique et industrielle"),
    CulturalDomain(8, "Danse"),
    CulturalDomain(9, "Design"),
    CulturalDomain(10, "Développement durable"),
    CulturalDomain(11, "Univers du livre, de la lecture et des écritures"),
    CulturalDomain(12, "Musique"),
    CulturalDomain(13, "Patrimoine"),
    CulturalDomain(14, "Photographie"),
    CulturalDomain(15, "Théâtre, expression dramatique, marionnettes"),
    CulturalDomain(16, "Bande dessinée"),
    CulturalDomain(17, "Média et information"),
    CulturalDomain(18, "Mémoire"),
)
DOMAIN_LABELS: dict[int, str] = {domain.id: domain.label for domain in CULTURAL_DOMAINS}

# Académie → codes of its départements; its name is its identifier.
ACADEMIES: dict[str, tuple[str, ...]] = {
    "Amiens": ("02", "60", "80"),
    "Aix-Marseille": ("04", "05", "13", "84"),
    "Besançon": ("25", "39", "70", "90"),
    "Bordeaux": ("24", "33", "40", "47", "64"),
    "Clermont-Ferrand": ("03", "15", "43", "63"),
    "Corse": ("2A", "2B"),
    "Créteil": ("77", "93", "94"),
    "Dijon": ("21", "58", "71", "89"),
    "Grenoble": ("07", "26", "38", "73", "74"),
    "Guadeloupe": ("971", "977", "978"),
    "Guyane": ("973",),
    "La Réunion": ("974",),
    "Lille": ("59", "62"),
    "Limoges": ("19", "23", "87"),
    "Lyon": ("01", "42", "69"),
    "Martinique": ("972",),
    "Mayotte": ("976",),
    "Montpellier": ("11", "30", "34", "48", "66"),
    "Nancy-Metz": ("54", "55", "57", "88"),
    "Nantes": ("44", "49", "53", "72", "85"),
    "Nice": ("06", "83", "98"),
    "Normandie": ("14", "50", "61", "27", "76", "975"),
    "Orléans-Tours": ("18", "28", "36", "37", "41", "45"),
    "Paris": ("75",),
    "Poitiers": ("16", "17", "79", "86"),
    "Reims": ("08", "10", "51", "52"),
    "Rennes": ("22", "29", "35", "56"),
    "Strasbourg": ("67", "68"),
    "Toulouse": ("09", "12", "31", "32", "46", "65", "81", "82"),
    "Versailles": ("78", "91", "92", "95"),
}
_ACADEMY_OF = {code: name for name, codes in ACADEMIES.items() for code in codes}


def academy_of(department_code: str) -> str:
    """Name of the académie of a département, empty when there is none."""
    return _ACADEMY_OF.get(department_code, "")


# Where a partner goes: départements, and two places that are nobody's département.
AT_SCHOOL, AT_VENUE = "school", "culturalPartner"
MOBILITY_PLACES: tuple[tuple[str, str], ...] = (
    (AT_VENUE, "Dans mes locaux"),
    (AT_SCHOOL, "Dans l’établissement scolaire"),
)
OVERSEAS = frozenset(code for code in DEPARTMENTS if len(code) == 3)
MAINLAND = tuple(code for code in DEPARTMENTS if code not in OVERSEAS)

LEGAL_STATUSES: dict[str, str] = {
    "ASSOCIATION": "Association",
    "LOCAL_AUTHORITY": "Collectivité territoriale ou régie directe",
    "PUBLIC_BODY": "Établissement public",
    "COMPANY": "Société commerciale",
    "COOPERATIVE": "Coopérative (SCOP, SCIC)",
    "SOLE_TRADER": "Entreprise individuelle ou micro-entreprise",
    "FOUNDATION": "Fondation ou fonds de dotation",
    "OTHER": "Autre",
}

# Category → its subcategories, as teachers look for partners.
PARTNER_KINDS: dict[str, dict[str, str]] = {
    "Spectacle vivant": {
        "LIVE_THEATRE": "Théâtre ou salle pluridisciplinaire",
        "LIVE_COMPANY": "Compagnie ou ensemble",
        "LIVE_MUSIC": "Salle de concerts ou orchestre",
        "LIVE_CIRCUS": "Cirque et arts de la rue",
    },
    "Cinéma et audiovisuel": {
        "CINEMA_ROOM": "Salle de cinéma",
        "CINEMA_TRAVELLING": "Cinéma itinérant",
        "CINEMA_FESTIVAL": "Festival ou association de diffusion",
    },
    "Arts visuels": {
        "ART_CENTRE": "Centre d’art ou galerie",
        "ART_STUDIO": "Artiste ou atelier",
    },
    "Livre et lecture": {
        "BOOK_LIBRARY": "Bibliothèque ou médiathèque",
        "BOOK_SHOP": "Librairie",
        "BOOK_AUTHOR": "Auteur, éditeur ou association",
    },
    "Musées et patrimoine": {
        "HERITAGE_MUSEUM": "Musée",
        "HERITAGE_MONUMENT": "Monument ou site",
        "HERITAGE_ARCHIVES": "Archives",
    },
    "Sciences": {"SCIENCE_CENTRE": "Centre de culture scientifique"},
    "Pratique artistique": {
        "PRACTICE_CONSERVATORY": "Conservatoire ou école",
        "PRACTICE_WORKSHOP": "Atelier ou association",
    },
    "Autre": {"OTHER": "Autre partenaire culturel"},
}
PARTNER_KIND_LABELS: dict[str, str] = {
    code: f"{category} – {label}"
    for category, kinds in PARTNER_KINDS.items()
    for code, label in kinds.items()
}

PARTNER_NETWORKS: dict[str, str] = {
    "ACCR": "Centres culturels de rencontre",
    "ART_ET_ESSAI": "Cinémas art et essai",
    "CANOPE": "Réseau Canopé",
    "CCSTI": "Centres de culture scientifique, technique et industrielle",
    "CEMEA": "CEMÉA",
    "CDN": "Centres dramatiques nationaux",
    "CCN": "Centres chorégraphiques nationaux",
    "CIRQUE": "Pôles nationaux du cirque",
    "CONSERVATOIRES": "Conservatoires à rayonnement",
    "FRAC": "Fonds régionaux d’art contemporain",
    "FRANCAS": "Les Francas",
    "LIGUE": "Ligue de l’enseignement",
    "MUSEES": "Musées de France",
    "SCENES_NATIONALES": "Scènes nationales",
    "SMAC": "Scènes de musiques actuelles",
    "VPAH": "Villes et Pays d’art et d’histoire",
}
