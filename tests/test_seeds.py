"""docs/seeds.md answers every statement of the customer, and the proofs it names exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Ids of the customer's statements: individual offers, schools, money, structures.
COUNTS = {"IND": 74, "COL": 86, "FIN": 41, "STR": 60}
ROW = re.compile(r"^\| (?P<id>[A-Z]{3}-\d{3}) \| \d{3} \| .+ \| (?P<page>.+) \| (?P<proof>.+) \|$")
PROOF = re.compile(r"`(?P<path>[\w/.]+)(?:::(?P<test>\w+))?`")

LINES = [
    line for line in (ROOT / "docs/seeds.md").read_text().splitlines() if line.startswith("| ")
][1:]
ROWS = {match["id"]: match for line in LINES if (match := ROW.match(line))}


def test_every_statement_has_its_row_in_order():
    expected = [f"{kind}-{n:03}" for kind, count in COUNTS.items() for n in range(1, count + 1)]

    assert sorted(ROWS) == sorted(expected)
    assert len(LINES) == len(ROWS)


@pytest.mark.parametrize("kind", COUNTS)
def test_the_proofs_of_statements_exist(kind):
    mistakes = {name: _mistake(row) for name, row in ROWS.items() if name.startswith(kind)}

    assert {name: mistake for name, mistake in mistakes.items() if mistake} == {}


def _mistake(row: re.Match) -> str:
    """What is wrong with the proof of a row, or nothing."""
    if row["proof"] == "–":
        return "" if row["page"].startswith("planned: ") else "no proof of what is built"
    if row["proof"] == "information only":
        return ""
    named = list(PROOF.finditer(row["proof"]))
    for one in named:
        path = ROOT / one["path"]
        if not path.exists():
            return f"no file {one['path']}"
        if one["test"] and f"def {one['test']}(" not in path.read_text():
            return f"no test {one[0]}"
    return "" if named else "names no test"
