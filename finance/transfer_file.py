"""SEPA credit transfer file of a batch: ISO 20022 pain.001.001.03 (§11.4).

Written here because the usual library has no place for the payer's code, the SIREN or the purpose,
and takes the time of the system; it brings the official schema against which we check.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

from django.conf import settings

from finance.exceptions import PayerMissing, TransferFileInvalid
from finance.models import CashflowBatch
from passpro.kernel import clock, money

SCHEMA = "pain.001.001.03"
_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
_SPELT = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "‘": "'", "–": "-", "—": "-"}
)


def sepa_text(text: str, length: int) -> str:
    """Only the SEPA characters: accents transliterated, the rest dropped, cut to `length`."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT))
    return " ".join("".join(c for c in plain if c in _ALLOWED).split())[:length].strip()


@dataclass(frozen=True, slots=True)
class Payment:
    """One transfer of a batch, in cents, positive."""

    reference: str
    cents: int
    iban: str
    bic: str
    name: str
    siren: str


def payments_of(batch: CashflowBatch) -> list[Payment]:
    """Negative cashflows in their order, then what came back and is paid again."""
    new = [
        Payment(
            one.end_to_end_id, one.paid_cents, one.iban, one.bic, one.creditor_name,
            one.creditor_siren,
        )
        for one in batch.cashflows.filter(amount_cents__lt=0).order_by("pk")
    ]  # fmt: skip
    again = [
        Payment(
            one.end_to_end_id, one.paid_cents, one.iban, one.bic, one.cashflow.creditor_name,
            one.cashflow.creditor_siren,
        )
        for one in batch.repaid.select_related("cashflow").order_by("pk")
    ]  # fmt: skip
    return [*new, *again]


def build_transfer_file(batch: CashflowBatch) -> bytes | None:
    """The file of a batch, checked against its schema; None when there is nothing to transfer.

    The same batch always gives the same bytes. Raises PayerMissing, TransferFileInvalid.
    """
    payer = (settings.PAYER_NAME, settings.PAYER_IBAN, settings.PAYER_BIC, settings.PAYER_ID)
    if not all(payer):
        raise PayerMissing
    payments = payments_of(batch)
    if not payments:
        return None
    document = ET.Element("Document", xmlns=f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}")
    root = ET.SubElement(document, "CstmrCdtTrfInitn")
    count = str(len(payments))
    total = _euros(sum(payment.cents for payment in payments))
    made_at = batch.created_at.astimezone(clock.PARIS)
    _header(root, made_at, count, total)
    _payment_block(root, batch, made_at, count, total, payments)
    ET.indent(document)
    content: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=True)
    if not _schema().is_valid(content.decode()):
        raise TransferFileInvalid
    return content


@cache
def _schema() -> Any:
    """Read once: parsing it takes longer than checking a file."""
    import xmlschema  # it changes the standard library's etree: only when needed

    return xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / f"{SCHEMA}.xsd"))


def _add(parent: ET.Element, path: str, text: str, **attributes: str) -> ET.Element:
    """Append the nested elements of `path` (a/b/c) with the text in the last one."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    parent.attrib.update(attributes)
    return parent


def _euros(cents: int) -> str:
    return money.decimal_comma(cents).replace(",", ".")


def _header(root: ET.Element, made_at: datetime, count: str, total: str) -> None:
    header = ET.SubElement(root, "GrpHdr")
    _add(header, "MsgId", f"passCulture-SCT-{made_at:%Y%m%d-%H%M%S}")
    _add(header, "CreDtTm", f"{made_at:%Y-%m-%dT%H:%M:%S}")
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", total)
    party = ET.SubElement(header, "InitgPty")
    _add(party, "Nm", sepa_text(settings.PAYER_NAME, 70))
    _add(party, "Id/OrgId/Othr/Id", sepa_text(settings.PAYER_ID, 35))


def _payment_block(
    root: ET.Element,
    batch: CashflowBatch,
    made_at: datetime,
    count: str,
    total: str,
    payments: list[Payment],
) -> None:
    block = ET.SubElement(root, "PmtInf")
    _add(block, "PmtInfId", batch.label)
    _add(block, "PmtMtd", "TRF")
    _add(block, "NbOfTxs", count)
    _add(block, "CtrlSum", total)
    kind = ET.SubElement(block, "PmtTpInf")
    _add(kind, "SvcLvl/Cd", "SEPA")
    _add(kind, "CtgyPurp/Cd", settings.TRANSFER_CATEGORY_PURPOSE)
    execution = made_at.date() + timedelta(days=settings.TRANSFER_EXECUTION_DELAY_DAYS)
    _add(block, "ReqdExctnDt", execution.isoformat())
    _add(block, "Dbtr/Nm", sepa_text(settings.PAYER_NAME, 70))
    _add(block, "DbtrAcct/Id/IBAN", settings.PAYER_IBAN)
    _add(block, "DbtrAgt/FinInstnId/BIC", settings.PAYER_BIC)
    _add(block, "ChrgBr", "SLEV")
    text = f"{batch.label} du {batch.first_day:%d/%m/%Y} au {batch.last_day:%d/%m/%Y}"
    for payment in payments:
        _transaction(block, payment, text)


def _transaction(block: ET.Element, payment: Payment, text: str) -> None:
    line: Any = ET.SubElement(block, "CdtTrfTxInf")
    _add(line, "PmtId/EndToEndId", payment.reference)
    _add(line, "Amt/InstdAmt", _euros(payment.cents), Ccy="EUR")
    _add(line, "CdtrAgt/FinInstnId/BIC", payment.bic)
    creditor = ET.SubElement(line, "Cdtr")
    _add(creditor, "Nm", sepa_text(payment.name, 70))
    _add(creditor, "Id/OrgId/Othr/Id", payment.siren)
    _add(line, "CdtrAcct/Id/IBAN", payment.iban)
    _add(line, "RmtInf/Ustrd", sepa_text(text, 140))


def amounts_of(content: bytes) -> dict[str, int]:
    """Cents of each end-to-end id of a file made here, for the nightly control."""
    found = {}
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
    for line in ET.fromstring(content).iter(f"{space}CdtTrfTxInf"):  # noqa: S314 - our own file
        reference = line.findtext(f"{space}PmtId/{space}EndToEndId", "")
        found[reference] = int(Decimal(line.findtext(f"{space}Amt/{space}InstdAmt", "0")) * 100)
    return found
