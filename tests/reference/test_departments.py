import pytest

from passpro.reference.departments import DEPARTMENTS, department_of


@pytest.mark.parametrize(
    ("postal_code", "code"),
    [
        ("75011", "75"), ("01000", "01"), ("29200", "29"), ("20000", "2A"), ("20137", "2A"),
        ("20200", "2B"), ("20600", "2B"), ("97110", "971"), ("97400", "974"), ("98800", "988"),
        ("00000", ""), ("96000", ""), ("99000", ""), ("98000", ""), ("7501", ""), ("750111", ""),
        ("7501a", ""), ("٧٥٠١١", ""), ("", ""),
    ],
)  # fmt: skip
def test_department_of_a_postal_code(postal_code, code):
    assert department_of(postal_code) == code


def test_the_list_has_the_two_departments_of_corsica():
    assert len([code for code in DEPARTMENTS if len(code) == 2]) == 96
    assert "20" not in DEPARTMENTS
