"""Codes of schools, and the ministries' file of budgets (§2.7, §2.9)."""

import pytest
from django.core.management import call_command

from collective.exceptions import BadBudgetFile
from collective.models import Institution, SchoolBudget
from collective.services.budgets import ImportOptions, import_budgets
from collective.uai import is_uai
from passpro.kernel.actor import Actor
from tests.collective.factories import BudgetFactory, InstitutionFactory, SchoolYearFactory

BY = Actor.job("Import")
OPTIONS = ImportOptions(start_year=2025, ministry="MENjs", is_final=False)


@pytest.mark.parametrize(
    ("code", "holds"),
    [("0910620E", True), ("0910620F", False), ("910620E", False), ("0910620e", False)],
)
def test_the_letter_of_a_school_is_checked(code, holds):
    assert is_uai(code) is holds


@pytest.mark.django_db
def test_a_file_is_tried_then_imported(tmp_path, capsys):
    year, first = SchoolYearFactory(), InstitutionFactory(is_active=False)
    second, third = InstitutionFactory(), "0290347V"  # ADAGE alone knows the third
    BudgetFactory(institution=second, year=year, ministry="MMe", amount_cents=1_00)
    text = (
        "UAICode;Effectif;montant par élève\n"
        f"{first.uai};100;25,50\n{first.uai};10;20\n{second.uai};4;25\n{third};1;10\n"
    )

    tried = import_budgets(text=text, options=OPTIONS, by=BY, dry_run=True)
    assert (tried.created, tried.updated, tried.total_cents) == (2, 1, 2860_00)
    assert SchoolBudget.objects.count() == 1
    assert not Institution.objects.filter(uai=third).exists()
    file = tmp_path / "budgets.csv"
    file.write_text(text, encoding="utf-8-sig")
    call_command("import_school_budgets", str(file), "--year=2025", "--ministry=MENjs")
    again = import_budgets(text=text, options=OPTIONS, by=BY)

    assert again.unchanged == 3
    assert Institution.objects.get(pk=first.pk).is_active
    new = Institution.objects.get(uai=third)
    assert (new.name, new.city) == ("DU PORT DE COMMERCE", "Brest")
    rows = SchoolBudget.objects.order_by("institution__uai")
    found = {row.institution_id: (row.amount_cents, row.ministry) for row in rows}
    assert found == {
        first.pk: (2750_00, "MENjs"), second.pk: (100_00, "MMe"), new.pk: (10_00, "MENjs"),
    }  # fmt: skip


@pytest.mark.django_db
def test_one_mistake_stops_the_whole_file():
    SchoolYearFactory()
    school, unknown = InstitutionFactory(), InstitutionFactory.build()
    for text, said in [
        (f"UAI;depositAmount\n{school.uai};100\n{unknown.uai};5\n", "établissement inconnu"),
        (f"UAI;depositAmount\n{school.uai};cent\n", "Ligne 2"),
        ("UAI;depositAmount\n0910620F;100\n", "n’est pas un code UAI"),
        ("code;depositAmount\n", "colonne UAI"),
    ]:
        with pytest.raises(BadBudgetFile) as refusal:
            import_budgets(text=text, options=OPTIONS, by=BY)
        assert said in refusal.value.details["lines"][0]
    assert not SchoolBudget.objects.exists()
