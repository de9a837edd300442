"""Closed lists: categories, music and show types (API-160)."""

from typing import Any

from offers.api.kinds import MUSIC_LABELS, music_types_of_2024, show_types
from passpro.partner_api import contract
from passpro.reference.categories import OFFLINE, ONLINE, subcategory
from venues.api.door import Call

_WHERE = {OFFLINE: "PHYSICAL", ONLINE: "DIGITAL"}


def _conditional(code: str) -> dict[str, bool]:
    facts = contract.categories()[code]
    return {name: name in facts.get("required", []) for name in facts.get("fields", [])}


def event_categories(call: Call) -> list[dict[str, Any]]:
    return [
        {"id": code, "conditionalFields": _conditional(code), "label": subcategory(code).label}
        for code in contract.category_codes("event", "create")
    ]


def product_categories(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "id": code,
            "conditionalFields": _conditional(code),
            "locationType": _WHERE.get(subcategory(code).where),
        }
        for code in contract.category_codes("product", "create")
    ]


def list_show_types(call: Call) -> list[dict[str, Any]]:
    return [{"id": name, "label": label} for name, (_, label) in show_types().items()]


def all_music_types(call: Call) -> list[dict[str, Any]]:
    return [{"id": n, "label": MUSIC_LABELS[n]} for n in contract.enums()["TiteliveMusicType"]]


def event_music_types(call: Call) -> list[dict[str, Any]]:
    names = contract.enums()["TiteliveEventMusicType"]
    return [{"id": name, "label": MUSIC_LABELS[name]} for name in names]


def older_music_types(call: Call) -> list[dict[str, Any]]:
    return [{"id": name, "label": label} for name, (_, label) in music_types_of_2024().items()]
