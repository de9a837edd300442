"""The frozen catalogue says exactly what the reference data says."""

import json
from pathlib import Path

import pytest

from passpro.reference.categories import CATEGORIES, SUBCATEGORIES, codes_where, subcategory

FACTS = json.loads((Path(__file__).parents[1] / "data" / "subcategories.json").read_text("utf-8"))
SAME = {
    "category_id": "category_id",
    "pro_label": "label",
    "app_label": "app_label",
    "search_group": "search_group",
    "native_category_id": "native_category_id",
    "online_offline": "where",
    "reimbursement_rule": "reimbursement_family",
    "is_event": "is_event",
    "is_selectable": "is_selectable",
    "can_be_duo": "can_be_duo",
    "can_expire": "can_expire",
    "can_be_educational": "can_be_educational",
    "can_be_withdrawable": "needs_withdrawal_type",
    "counts_in_digital_cap": "counts_in_digital_ceiling",
    "counts_in_physical_cap": "counts_in_physical_ceiling",
    "underage_bookable_when_free": "open_to_underage_when_free",
    "underage_bookable_when_paid": "open_to_underage_when_paid",
    "auto_used_when_free": "auto_used_when_free",
    "uses_book_ean": "shows_ean_at_desk",
}


WORDS = {"pro_label", "app_label"}


def _as_written(text: str) -> str:
    """The reference data in the spelling of our screens: « événement », typographic apostrophe."""
    return text.replace("vènement", "vénement").replace("'", "’")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_each_subcategory_equals_the_reference_data(fact):
    record = subcategory(fact["id"])

    assert {key: getattr(record, name) for key, name in SAME.items()} == {
        key: _as_written(fact[key]) if key in WORDS else fact[key] for key in SAME
    }
    assert [f.name for f in record.extra_fields] == [f["field"] for f in fact["conditional_fields"]]
    assert record.category_id in CATEGORIES


def test_the_catalogue_has_nothing_more_and_nothing_twice():
    assert [s.id for s in SUBCATEGORIES] == [fact["id"] for fact in FACTS]


def test_three_subcategories_follow_the_book_scale():
    assert codes_where(reimbursement_family="BOOK") == {
        "LIVRE_PAPIER",
        "LIVRE_NUMERIQUE",
        "ABO_LIVRE_NUMERIQUE",
    }
