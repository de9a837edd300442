"""The frozen types say exactly what the reference data says."""

import json
from pathlib import Path

from passpro.reference.artistic_types import MUSIC_TYPES, SHOW_TYPES, label_of

FACTS = json.loads(
    (Path(__file__).parents[1] / "data" / "music_show_types.json").read_text("utf-8")
)


def as_pairs(facts):
    return [
        (fact["code"], fact["label"], [(c["code"], c["label"]) for c in fact["children"]])
        for fact in facts
    ]


def test_the_trees_equal_the_reference_data():
    for kinds, name in ((MUSIC_TYPES, "music_types"), (SHOW_TYPES, "show_types")):
        assert [(k.code, k.label, list(k.children)) for k in kinds] == as_pairs(FACTS[name])


def test_labels_join_the_type_and_its_sub_type():
    assert label_of(MUSIC_TYPES, 501, 504) == "Jazz – Bebop"
    assert label_of(MUSIC_TYPES, 501, None) == "Jazz"
    assert label_of(SHOW_TYPES, -1, -1) == "Autre"
    assert label_of(SHOW_TYPES, 999, 1) == ""
