"""Group projects of schools: formats, national programmes (collective.md §1.2, §1.3)."""

from dataclasses import dataclass

from passpro.reference.education import CULTURAL_DOMAINS, LEVEL_LABELS

# Id → the label that software and screens exchange.
FORMATS: dict[str, str] = {
    "ATELIER_DE_PRATIQUE": "Atelier de pratique",
    "CONCERT": "Concert",
    "CONFERENCE_RENCONTRE": "Conférence, rencontre",
    "FESTIVAL_SALON_CONGRES": "Festival, salon, congrès",
    "PROJECTION_AUDIOVISUELLE": "Projection audiovisuelle",
    "REPRESENTATION": "Représentation",
    "VISITE_GUIDEE": "Visite guidée",
    "VISITE_LIBRE": "Visite libre",
}


@dataclass(frozen=True, slots=True)
class NationalProgramme:
    """A programme of the ministries; chosen only while active, for one of its domains."""

    id: int
    label: str
    is_active: bool
    domain_ids: frozenset[int]


_ALL_DOMAINS = frozenset(domain.id for domain in CULTURAL_DOMAINS if domain.is_active)

NATIONAL_PROGRAMMES: dict[int, NationalProgramme] = {
    programme.id: programme
    for programme in (
        NationalProgramme(1, "Collège au cinéma", True, frozenset({6})),
        NationalProgramme(2, "Le Prix des Incorruptibles", False, frozenset()),
        NationalProgramme(3, "Lycéens et apprentis au cinéma", True, frozenset({6})),
        NationalProgramme(4, "Olympiade culturelle de PARIS 2024", False, _ALL_DOMAINS),
        NationalProgramme(5, "Théâtre au collège", False, frozenset()),
        NationalProgramme(6, "Jeunes en librairie", True, frozenset({11})),
        NationalProgramme(7, "PRADO (plan national de la DILCRAH)", True, _ALL_DOMAINS),
    )
}
SEVERAL_LEVELS = "Multiniveaux"


def levels_word(level_ids: list[str]) -> str:
    """What a teacher's card says: the only level's label, or one word for several (§1.1)."""
    if len(level_ids) == 1:
        return LEVEL_LABELS.get(level_ids[0], level_ids[0])
    return SEVERAL_LEVELS if level_ids else ""
