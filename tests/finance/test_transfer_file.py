"""The SEPA file of a batch (§11.4)."""

import hashlib
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sepaxml.validation import try_valid_xml

from finance.exceptions import PayerMissing
from finance.models import CashflowBatch
from finance.services.bank_answers import import_answer
from finance.services.batch import make_batch, remake_transfer_file
from finance.transfer_file import (
    SCHEMA,
    amounts_of,
    batch_of_message,
    blocks_of,
    build_transfer_files,
    sepa_text,
)
from passpro.kernel.actor import SYSTEM
from tests.finance.services.test_bank_answers import pain_002
from tests.finance.world import JOB, NOW, fortnight

pytestmark = pytest.mark.django_db
NS = {"s": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}


def content_of(batch: CashflowBatch) -> bytes:
    with batch.transfer_file.open("rb") as file:
        return bytes(file.read())


def test_the_file_follows_the_official_schema_and_says_what_is_paid() -> None:
    world = fortnight()
    offerer = world.accounts[0].offerer
    offerer.name = "Théâtre « L’Œil & Cie » – ça joue"
    offerer.save()

    batch = make_batch(now=NOW, by=JOB)
    content = content_of(batch)

    try_valid_xml(content, SCHEMA)
    assert batch.transfer_sha256 == hashlib.sha256(content).hexdigest()
    root = ET.fromstring(content)  # noqa: S314 - written by us

    def texts(path: str) -> list[str | None]:
        return [element.text for element in root.findall(f".//s:{path}", NS)]

    assert texts("NbOfTxs") == ["2", "2"]
    assert texts("CtrlSum") == ["20085.98", "20085.98"]
    assert texts("InstdAmt") == ["20067.43", "18.55"]
    assert texts("EndToEndId") == [f"VIR1-{account.pk}" for account in world.accounts[:2]]
    assert texts("MsgId") == ["passCulture-SCT-20260516-050000"]
    assert texts("ReqdExctnDt") == ["2026-05-23"]
    assert texts("Cdtr/s:Nm")[0] == "Theatre L'OEil Cie - ca joue"
    assert texts("CdtrAcct/s:Id/s:IBAN") == [account.iban for account in world.accounts[:2]]
    assert texts("Cdtr/s:Id/s:OrgId/s:Othr/s:Id")[0] == offerer.siren
    assert texts("Ustrd")[0] == "VIR1 du 01/05/2026 au 15/05/2026"
    assert texts("CtgyPurp/s:Cd") == ["GOVT"]
    paid = -sum(batch.cashflows.values_list("amount_cents", flat=True))
    assert Decimal(texts("CtrlSum")[0] or 0) * 100 == paid


def test_made_again_it_is_the_same_file() -> None:
    fortnight()
    batch = make_batch(now=NOW, by=JOB)
    before, sha = content_of(batch), batch.transfer_sha256

    again = remake_transfer_file(batch_id=batch.pk, by=SYSTEM)

    assert (content_of(again), again.transfer_sha256) == (before, sha)


def test_the_account_is_the_one_copied_when_the_batch_was_made() -> None:
    world = fortnight()
    batch = make_batch(now=NOW, by=JOB)
    before = build_transfer_files(batch)
    type(world.accounts[0]).objects.update(label="Autre")
    offerer = world.accounts[0].offerer
    offerer.name = "Nouveau nom"
    offerer.save()

    assert build_transfer_files(batch) == before


@pytest.mark.parametrize("name", ["PAYER_NAME", "PAYER_IBAN", "PAYER_BIC", "PAYER_ID"])
def test_without_the_payer_there_is_no_file_and_the_batch_is_unharmed(
    settings: Any, name: str
) -> None:
    fortnight()
    value = getattr(settings, name)
    setattr(settings, name, "")

    batch = make_batch(now=NOW, by=JOB)

    assert batch.status == "UNDER_REVIEW"
    assert not batch.transfer_file
    assert batch.transfer_error == PayerMissing.message
    setattr(settings, name, value)
    assert remake_transfer_file(batch_id=batch.pk, by=SYSTEM).transfer_sha256


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Éàùçîœ Æ ß", "Eaucioe AE ss"),
        ("A « B » & <C>", "A B C"),
        ("日本 \n x", "x"),
        ("a" * 80, "a" * 70),
    ],
)
def test_only_the_sepa_characters(text: str, expected: str) -> None:
    assert sepa_text(text, 70) == expected


@pytest.mark.parametrize(
    "limit", [{"TRANSFER_FILE_MOST_PAYMENTS": 1}, {"TRANSFER_FILE_MOST_BYTES": 2_500}]
)
def test_beyond_what_the_bank_takes_a_batch_leaves_as_several_messages(
    settings: Any, limit: dict[str, int]
) -> None:
    for name, value in limit.items():
        setattr(settings, name, value)
    first, second, *_ = fortnight().accounts

    batch = make_batch(now=NOW, by=JOB)

    content = content_of(batch)
    assert str(batch.transfer_file.name).endswith(".zip")
    assert blocks_of(content) == {
        "VIR1-1": {f"VIR1-{first.pk}": 20_067_43},
        "VIR1-2": {f"VIR1-{second.pk}": 18_55},
    }
    assert sum(amounts_of(content).values()) == -batch.sum_cents
    for message in build_transfer_files(batch):
        try_valid_xml(message, SCHEMA)
        assert b"<NbOfTxs>1</NbOfTxs>" in message
    assert batch_of_message("passCulture-SCT-20260516-050000-2") == (batch, "VIR1-2")
    assert batch_of_message("passCulture-SCT-20269916-050000") == (None, "")
    again = remake_transfer_file(batch_id=batch.pk, by=SYSTEM)
    assert content_of(again) == content
    # The bank refuses the second message: its transfers alone come back.
    report = import_answer(
        content=pain_002(status="RJCT", message="passCulture-SCT-20260516-050000-2", label=""),
        by=JOB,
    )
    assert [reference for reference, _, _ in report.returned] == [f"VIR1-{second.pk}"]
