import pytest

from venues.exceptions import InvalidSiren, InvalidSiret
from venues.identifiers import clean_siren, clean_siret
from venues.models import grouped


@pytest.mark.parametrize(
    "typed", ["732829320", " 732 829 320 ", "732\u00a0829\u202f320", "732.829.320"]
)
def test_a_siren_is_read_with_its_spaces(typed):
    assert clean_siren(typed) == "732829320"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("73282932", "9 chiffres : vous en avez saisi 8"),
        ("7328293200", "9 chiffres : vous en avez saisi 10"),
        ("73282932A", "que des chiffres"),
        ("٧٣٢٨٢٩٣٢٠", "que des chiffres"),
        ("", "que des chiffres"),
        ("732829321", "n’existe pas"),
        ("000000000", "n’existe pas"),
    ],
)
def test_each_mistake_in_a_siren_has_its_sentence(typed, words):
    with pytest.raises(InvalidSiren, match=words) as refusal:
        clean_siren(typed)
    assert refusal.value.field == "siren"


def test_a_siret_begins_with_the_siren():
    assert clean_siret("732 829 320 00074", siren="732829320") == "73282932000074"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("7328293200007", "14 chiffres : vous en avez saisi 13"),
        ("7328293200007X", "que des chiffres"),
        ("73282932000075", "n’existe pas"),
        ("30000001500010", "autre structure"),
    ],
)
def test_each_mistake_in_a_siret_has_its_sentence(typed, words):
    with pytest.raises(InvalidSiret, match=words) as refusal:
        clean_siret(typed, siren="732829320")
    assert refusal.value.field == "siret"


@pytest.mark.parametrize("typed", ["35600000000048", "35600000042735"])
def test_post_offices_have_their_own_control_rule(typed):
    assert clean_siret(typed, siren="356000000") == typed


def test_post_offices_with_a_wrong_sum_are_refused():
    with pytest.raises(InvalidSiret, match="n’existe pas"):
        clean_siret("35600000042736", siren="356000000")


def test_numbers_are_grouped_for_reading():
    assert grouped("73282932000074") == "732\u00a0829\u00a0320\u00a000074"
    assert grouped("732829320") == "732\u00a0829\u00a0320"
