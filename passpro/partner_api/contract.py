"""The contract of the partner API: routes, shapes of bodies and answers, closed lists.

Everything that can be said as data lives in `contract/*.json` (README.md gives the keys); doors
parse by it, the OpenAPI document is drawn from it and the tests walk it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

Field = dict[str, Any]
Shape = dict[str, Any]
Route = dict[str, Any]

_FOLDER = Path(__file__).parent / "contract"


def _read(name: str) -> Any:
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


@cache
def routes() -> dict[tuple[str, str], Route]:
    """By (method, path) with `{names}` in the path."""
    return {(one["method"], one["path"]): one for one in _read("routes")}


@cache
def shapes() -> dict[str, Shape]:
    return _read("shapes")


@cache
def enums() -> dict[str, list[str]]:
    return _read("enums")


@cache
def categories() -> dict[str, dict[str, Any]]:
    """What each category of the individual API asks and allows."""
    return _read("categories")


def category_codes(kind: str, operation: str) -> list[str]:
    """Codes that a body may name: `kind` is event or product, `operation` create, edit or read."""
    return [
        code
        for code, facts in categories().items()
        if facts["kind"] == kind and (operation != "create" or facts.get("creatable"))
    ]


# Fields of the categories, by name; `musicType` also takes the values of 2024.
CATEGORY_FIELDS: dict[str, Field] = {
    "author": {"type": "str", "null": True},
    "ean": {"type": "str", "null": True, "pattern": r"^\d{13}$", "says": "ean"},
    "musicType": {"type": "enum", "null": True, "enum": "AnyMusicType"},
    "performer": {"type": "str", "null": True},
    "showType": {"type": "enum", "null": True, "enum": "ShowType"},
    "speaker": {"type": "str", "null": True},
    "stageDirector": {"type": "str", "null": True},
    "visa": {"type": "str", "null": True},
}


def category_shape(code: str, operation: str) -> Shape:
    """The shape of `categoryRelatedFields` for one category."""
    facts = categories()[code]
    asked = facts.get("required", []) if operation == "create" else []
    fields: dict[str, Field] = {"category": {"type": "str", "required": True, "const": code}}
    for name in facts.get("fields", []):
        field = dict(CATEGORY_FIELDS[name])
        if name in asked:
            field.pop("null")
            field["required"] = True
        fields[name] = field
    return {"fields": fields}


def enum_values(field: Field) -> list[str]:
    if "values_of" in field:
        return list(shapes()[field["values_of"]]["enum"])
    name = field["enum"]
    if name == "AnyMusicType":
        return [*enums()["TiteliveMusicType"], *enums()["MusicTypeDeprecated"]]
    return enums()[name]
