"""The simulator: rule book examples through the command, custom rules, what cannot be read."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

USED = "2026-05-10T12:00:00Z"


def ask(cases: list[Any], monkeypatch: Any, *, wrong: bool = False) -> list[dict[str, Any]]:
    lines = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in cases)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines + "\n\n"))
    out = io.StringIO()
    if wrong:
        with pytest.raises(CommandError, match="illisible"):
            call_command("simulate_reimbursement", "--stdin", stdout=out)
    else:
        call_command("simulate_reimbursement", "--stdin", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def case(**facts: Any) -> dict[str, Any]:
    return {
        "id": "a",
        "kind": "individual",
        "subcategory": "CONCERT",
        "revenue_before_cents": 0,
        "unit_amount_cents": 25_00,
        "quantity": 2,
        "used_at_utc": USED,
        "custom_rules": [],
        **facts,
    }


def test_one_case_from_options() -> None:
    out = io.StringIO()
    call_command(
        "simulate_reimbursement",
        "--subcategory=SPECTACLE_REPRESENTATION",
        "--kind=individual",
        "--revenue-before=3999000",
        "--amount=750",
        "--quantity=2",
        f"--used-at={USED}",
        stdout=out,
    )

    assert json.loads(out.getvalue()) == {
        "id": None,
        "rule_code": "STANDARD_92",
        "reimbursed_cents": 13_80,
        "contribution_cents": 1_20,
        "revenue_after_cents": 40_005_00,
    }


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (("individual", "SEANCE_CINE", 19_950_00, 60_00), ("STANDARD_95", 57_00, 20_010_00)),
        (("individual", "VISITE", 150_000_00, 24_90), ("STANDARD_90", 22_41, 150_024_90)),
        (("individual", "LIVRE_PAPIER", 20_000_00, 18_55), ("BOOK_95", 17_62, 20_018_55)),
        (("individual", "VOD", 0, 12_00), ("NOT_REIMBURSED", 0, 12_00)),
        (("individual", "CONCERT", 30_000_00, 10), ("STANDARD_100", 10, 30_000_10)),
        (("collective", "CONCERT", 180_000_00, 1_250_00), ("COLLECTIVE_100", 1_250_00, 18_000_000)),
    ],
)
def test_examples_of_the_rule_book(facts: Any, expected: Any, monkeypatch: Any) -> None:
    kind, code, before, cents = facts
    asked = case(
        kind=kind,
        subcategory=code,
        revenue_before_cents=before,
        unit_amount_cents=cents,
        quantity=1,
    )

    answer = ask([asked], monkeypatch)[0]

    found = (answer["rule_code"], answer["reimbursed_cents"], answer["revenue_after_cents"])
    assert found == expected
    assert answer["contribution_cents"] == cents - answer["reimbursed_cents"]


def rule(scope: str, **facts: Any) -> dict[str, Any]:
    return {
        "scope": scope,
        "valid_from_utc": "2026-01-01T00:00:00Z",
        "valid_until_utc": None,
        "subcategories": [],
        **facts,
    }


@pytest.mark.parametrize(
    ("rules", "paid", "code"),
    [
        ([rule("offer", amount_cents=18_00)], 36_00, "CUSTOM"),
        ([rule("structure", rate="0.9"), rule("venue", rate="0.8")], 40_00, "CUSTOM"),
        ([rule("venue", rate="0.8", subcategories=["LIVRE_PAPIER"])], 50_00, "STANDARD_100"),
        (
            [
                rule("venue", rate="0.8", subcategories=["LIVRE_PAPIER"]),
                rule("structure", rate="0.7", subcategories=["CONCERT"]),
            ],
            35_00,
            "CUSTOM",
        ),
        ([rule("offer", amount_cents=1_00, subcategories=["LIVRE_PAPIER"])], 2_00, "CUSTOM"),
        ([rule("venue", rate="0.5", valid_until_utc=USED)], 50_00, "STANDARD_100"),
        ([rule("venue", rate="0.5", valid_from_utc=USED)], 25_00, "CUSTOM"),
        ([rule("offer", amount_cents=30_00)], 60_00, "CUSTOM"),
    ],
)
def test_custom_rules_by_scope_period_and_subcategory(
    rules: list[Any], paid: int, code: str, monkeypatch: Any
) -> None:
    answer = ask([case(custom_rules=rules)], monkeypatch)[0]

    assert (answer["reimbursed_cents"], answer["rule_code"]) == (paid, code)
    assert answer["contribution_cents"] == 50_00 - paid
    assert answer["revenue_after_cents"] == 50_00


def test_a_custom_rule_pays_what_no_scale_pays_but_never_a_collective_booking(
    monkeypatch: Any,
) -> None:
    rules = [rule("structure", rate=str(Decimal("0.5")))]
    vod, school = ask(
        [
            case(subcategory="VOD", custom_rules=rules),
            case(kind="collective", custom_rules=rules),
        ],
        monkeypatch,
    )

    assert (vod["reimbursed_cents"], vod["rule_code"]) == (25_00, "CUSTOM")
    assert (school["reimbursed_cents"], school["rule_code"]) == (50_00, "COLLECTIVE_100")


def test_the_year_of_the_new_scale_starts_at_paris_midnight(monkeypatch: Any) -> None:
    before, after = ask(
        [
            case(used_at_utc="2021-08-31T21:59:59Z", revenue_before_cents=50_000_00),
            case(used_at_utc="2021-08-31T22:00:00Z", revenue_before_cents=50_000_00),
        ],
        monkeypatch,
    )

    assert before["rule_code"] == "STANDARD_85_BEFORE_2021_09"
    assert after["rule_code"] == "STANDARD_92"


def test_a_line_that_cannot_be_read_says_why_and_the_others_are_answered(monkeypatch: Any) -> None:
    answers = ask(
        [
            case(id=1, subcategory="CINEMA"),
            "{",
            case(id=2, quantity=0),
            case(id=3, used_at_utc="hier"),
            case(id=4, custom_rules=[rule("venue")]),
            case(id=5, custom_rules=[rule("ville", rate="1")]),
            case(id=6),
        ],
        monkeypatch,
        wrong=True,
    )

    assert [answer["id"] for answer in answers] == [1, None, 2, 3, 4, 5, 6]
    assert all("error" in answer for answer in answers[:-1])
    assert answers[-1]["rule_code"] == "STANDARD_100"


def test_missing_options_are_named() -> None:
    with pytest.raises(CommandError, match="--amount manque"):
        call_command("simulate_reimbursement", "--subcategory=CONCERT")
