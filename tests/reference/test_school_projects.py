"""Our own lists of the school world, counted against the published ones."""

import pytest

from passpro.reference.education import ACADEMIES, CULTURAL_DOMAINS, STUDENT_LEVELS
from passpro.reference.school_projects import FORMATS, NATIONAL_PROGRAMMES, levels_word


def test_the_lists_have_the_published_sizes():
    assert len(CULTURAL_DOMAINS) == 18
    assert len(STUDENT_LEVELS) == 12
    assert len(FORMATS) == 8
    assert len(NATIONAL_PROGRAMMES) == 7
    assert len(ACADEMIES) == 30
    assert [one.id for one in NATIONAL_PROGRAMMES.values() if one.is_active] == [1, 3, 6, 7]
    assert NATIONAL_PROGRAMMES[1].domain_ids == {6}


@pytest.mark.parametrize(
    ("levels", "word"),
    [(["GENERAL2"], "Lycée - Seconde"), (["COLLEGE4", "COLLEGE3"], "Multiniveaux"), ([], "")],
)
def test_a_card_says_one_word_for_several_levels(levels, word):
    assert levels_word(levels) == word
