"""Music and show types as the partner API names them ↔ our pairs of codes (CAT-24, API-160).

Names of 2024 are made of both labels, « JAZZ-BEBOP »; music has since had nineteen plain names.
"""

import re
import unicodedata
from functools import cache
from typing import Any

from passpro.partner_api import contract
from passpro.reference.artistic_types import MUSIC_TYPES, OTHER, SHOW_TYPES, Kind

Pair = tuple[int, int]

_FIRST = {
    "ARTS_DE_LA_RUE": "ART_DE_LA_RUE",
    "HUMOUR_CAFE_THEATRE": "HUMOUR",
    "SPECTACLE_MUSICAL_CABARET_OPERETTE": "SPECTACLE_MUSICAL",
    "AUTRE_SPECTACLE_SUR_GLACE_HISTORIQUE_AQUATIQUE": "OTHER",
    "CHANSONS_VARIETES": "CHANSON_VARIETE",
    "AUTRE": "OTHER",
}
# Where the name is not made of the label as it is spelt.
_WHOLE = {
    "CIRQUE-CIRQUE_TRADITIONEL": "CIRQUE-CIRQUE_TRADITIONNEL",
    "HUMOUR-SEUL_E_EN_SCENE": "HUMOUR-SEUL_EN_SCENE",
    "CHANSON_VARIETE-CHANSON_A_TEXTE": "CHANSON_VARIETE-CHANSON_À_TEXTE",
    "ELECTRO-DRUM_BASS": "ELECTRO-DRUM_AND_BASS",
    "ELECTRO-ELECTRO_EXPERIMENTAL": "ELECTRO-EXPERIMENTAL",
    "HIP_HOP_RAP-R_B_CONTEMPORAIN": "HIP_HOP_RAP-R&B_CONTEMPORAIN",
    "MUSIQUE_DU_MONDE-MUSIQUE_LATINE_CONTEMPORAINE": "MUSIQUE_DU_MONDE-LATINE_CONTEMPORAINE",
    "REGGAE-2_TONE": "REGGAE-TWO_TONE",
    "ROCK-ROCK_ELECTRO": "ROCK-ELECTRO",
    "ROCK-ROCK_EXPERIMENTAL": "ROCK-EXPERIMENTAL",
    "ROCK-ROCK_ROLL": "ROCK-ROCK_N_ROLL",
}
# First-level code of each plain name; the first name of a code is the one answered.
_MUSIC = {
    "MUSIQUE_CLASSIQUE": 600,
    "JAZZ-BLUES": 501,
    "ELECTRO": 880,
    "POP": 800,
    "ROCK": 820,
    "METAL": 840,
    "ALTERNATIF": 850,
    "VARIETES": 1000,
    "FUNK-SOUL-RNB-DISCO": 930,
    "RAP-HIP HOP": 900,
    "REGGAE-RAGGA": 530,
    "MUSIQUE_DU_MONDE": 700,
    "COUNTRY-FOLK": 870,
    "AUTRES": OTHER,
    "BANDES_ORIGINALES": OTHER,
    "VIDEOS_MUSICALES": OTHER,
    "COMPILATIONS": OTHER,
    "AMBIANCE": OTHER,
    "ENFANTS": OTHER,
}
_MUSIC_NAMES = {520: "JAZZ-BLUES", 860: "COUNTRY-FOLK"} | {
    code: name for name, code in reversed(_MUSIC.items())
}
MUSIC_LABELS = {
    "MUSIQUE_CLASSIQUE": "Musique classique",
    "JAZZ-BLUES": "Jazz / Blues",
    "BANDES_ORIGINALES": "Bandes originales",
    "ELECTRO": "Electro",
    "POP": "Pop",
    "ROCK": "Rock",
    "METAL": "Metal",
    "ALTERNATIF": "Alternatif",
    "VARIETES": "Variétés",
    "FUNK-SOUL-RNB-DISCO": "Funk / Soul / R&B / Disco",
    "RAP-HIP HOP": "Rap / Hip-hop",
    "REGGAE-RAGGA": "Reggae / Ragga",
    "MUSIQUE_DU_MONDE": "Musique du monde",
    "COUNTRY-FOLK": "Country / Folk",
    "VIDEOS_MUSICALES": "Vidéos musicales",
    "COMPILATIONS": "Compilations",
    "AMBIANCE": "Ambiance",
    "ENFANTS": "Enfants",
    "AUTRES": "Autres",
}


def _slug(label: str) -> str:
    plain = unicodedata.normalize("NFD", label)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).upper()
    return re.sub(r"[^A-Z0-9]+", "_", plain).strip("_")


def _named(kinds: tuple[Kind, ...]) -> dict[str, tuple[Pair, str]]:
    found = {}
    for kind in kinds:
        first = _FIRST.get(_slug(kind.label), _slug(kind.label))
        for code, label in kind.children:
            name = f"{first}-{'OTHER' if code == OTHER else _slug(label)}"
            found[_WHOLE.get(name, name)] = ((kind.code, code), label)
        if kind.code == OTHER:
            found["OTHER"] = ((OTHER, OTHER), "Autre")
    return found


@cache
def show_types() -> dict[str, tuple[Pair, str]]:
    """Name → pair of codes and label."""
    named = _named(SHOW_TYPES)
    return {name: named[name] for name in contract.enums()["ShowType"] if name in named}


@cache
def music_types_of_2024() -> dict[str, tuple[Pair, str]]:
    named = _named(MUSIC_TYPES)
    return {name: named[name] for name in contract.enums()["MusicTypeDeprecated"] if name in named}


@cache
def _show_names() -> dict[Pair, str]:
    return {pair: name for name, (pair, _) in reversed(show_types().items())}


def stored_extra(sent: dict[str, Any]) -> dict[str, Any]:
    """`categoryRelatedFields` as an offer keeps them; null empties."""
    kept = {name: value for name, value in sent.items() if name not in {"category"}}
    if "musicType" in kept:
        name = kept.pop("musicType")
        if name in _MUSIC:
            kept["musicType"], kept["musicSubType"] = _MUSIC[name], OTHER
        elif name is not None:
            kept["musicType"], kept["musicSubType"] = music_types_of_2024()[name][0]
    if "showType" in kept:
        name = kept.pop("showType")
        if name is not None:
            kept["showType"], kept["showSubType"] = show_types()[name][0]
    return kept


def told_extra(subcategory_id: str, extra: dict[str, Any]) -> dict[str, Any]:
    """`categoryRelatedFields` of an answer: every field of the category, null when empty."""
    told: dict[str, Any] = {"category": subcategory_id}
    for name in contract.categories()[subcategory_id].get("fields", []):
        value = extra.get(name)
        if name == "musicType":
            value = _MUSIC_NAMES.get(int(value), "AUTRES") if value else None
        elif name == "showType" and value:
            pair = (int(value), int(extra.get("showSubType") or OTHER))
            value = _show_names().get(pair, "OTHER")
        told[name] = value or None
    return told
