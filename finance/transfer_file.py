"""SEPA credit transfer file of a batch: ISO 20022 pain.001.001.03 (§11.4).

Written here because the usual library has no place for the payer's code, the SIREN or the purpose,
and takes the time of the system; it brings the official schema against which we check.
"""

import io
import re
import unicodedata
import zipfile
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
MESSAGE_ID = "passCulture-SCT-%Y%m%d-%H%M%S"
_OUR_MESSAGE = re.compile(r"(?P<day>passCulture-SCT-\d{8}-\d{6})(?P<number>(-\d+)?)")
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


def build_transfer_files(batch: CashflowBatch) -> list[bytes]:
    """The messages of a batch, each checked against the schema; none when nothing is transferred.

    One, unless the bank takes no more than so many payments or bytes at once (settings): then each
    is whole by itself, with its own reference and sums, in the same order. The same batch always
    gives the same bytes. Raises PayerMissing, TransferFileInvalid.
    """
    payer = (settings.PAYER_NAME, settings.PAYER_IBAN, settings.PAYER_BIC, settings.PAYER_ID)
    if not all(payer):
        raise PayerMissing
    payments = payments_of(batch)
    most = settings.TRANSFER_FILE_MOST_PAYMENTS
    parts = [payments[start : start + most] for start in range(0, len(payments), most)]
    while True:
        numbers = [f"-{n}" if len(parts) > 1 else "" for n in range(1, len(parts) + 1)]
        files = [_message(batch, *part) for part in zip(parts, numbers, strict=True)]
        too_big = {
            index
            for index, content in enumerate(files)
            if len(content) > settings.TRANSFER_FILE_MOST_BYTES and len(parts[index]) > 1
        }
        if not too_big:
            break
        parts = [half for n, part in enumerate(parts) for half in _halves(part, n in too_big)]
    if not all(_schema().is_valid(content.decode()) for content in files):
        raise TransferFileInvalid
    return files


def _halves(part: list[Payment], is_too_big: bool) -> list[list[Payment]]:
    middle = len(part) // 2
    return [part[:middle], part[middle:]] if is_too_big else [part]


def _message(batch: CashflowBatch, payments: list[Payment], number: str) -> bytes:
    document = ET.Element("Document", xmlns=f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}")
    root = ET.SubElement(document, "CstmrCdtTrfInitn")
    count = str(len(payments))
    total = _euros(sum(payment.cents for payment in payments))
    made_at = batch.created_at.astimezone(clock.PARIS)
    _header(root, f"{made_at:{MESSAGE_ID}}{number}", made_at, count, total)
    _payment_block(root, batch, number, made_at, count, total, payments)
    ET.indent(document)
    content: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=True)
    return content


def pack(files: list[bytes], name: str) -> tuple[str, bytes]:
    """(name, content) to keep: the message, or several in one archive that is always the same."""
    if len(files) == 1:
        return f"{name}.xml", files[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, content in enumerate(files, 1):
            entry = zipfile.ZipInfo(f"{name}-{number}.xml")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return f"{name}.zip", packed.getvalue()


def _unpacked(content: bytes) -> list[bytes]:
    if not content.startswith(b"PK"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


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


def _header(root: ET.Element, message_id: str, made_at: datetime, count: str, total: str) -> None:
    header = ET.SubElement(root, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", f"{made_at:%Y-%m-%dT%H:%M:%S}")
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", total)
    party = ET.SubElement(header, "InitgPty")
    _add(party, "Nm", sepa_text(settings.PAYER_NAME, 70))
    _add(party, "Id/OrgId/Othr/Id", sepa_text(settings.PAYER_ID, 35))


def _payment_block(
    root: ET.Element,
    batch: CashflowBatch,
    number: str,
    made_at: datetime,
    count: str,
    total: str,
    payments: list[Payment],
) -> None:
    block = ET.SubElement(root, "PmtInf")
    _add(block, "PmtInfId", f"{batch.label}{number}")
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
    """Cents of each end-to-end id of what was kept, for the nightly control."""
    return {key: cents for block in blocks_of(content).values() for key, cents in block.items()}


def blocks_of(content: bytes) -> dict[str, dict[str, int]]:
    """{reference of the block: {end-to-end id: cents}}, one block a message."""
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
    found: dict[str, dict[str, int]] = {}
    for message in _unpacked(content):
        for block in ET.fromstring(message).iter(f"{space}PmtInf"):  # noqa: S314 - our own file
            amounts = found.setdefault(block.findtext(f"{space}PmtInfId", ""), {})
            for line in block.iter(f"{space}CdtTrfTxInf"):
                reference = line.findtext(f"{space}PmtId/{space}EndToEndId", "")
                cents = Decimal(line.findtext(f"{space}Amt/{space}InstdAmt", "0")) * 100
                amounts[reference] = int(cents)
    return found


def batch_of_message(message_id: str) -> tuple[CashflowBatch | None, str]:
    """The batch that a message came from, and the reference of its only block."""
    found = _OUR_MESSAGE.fullmatch(message_id)
    if found is None:
        return None, ""
    try:
        made_at = datetime.strptime(found["day"], MESSAGE_ID).replace(tzinfo=clock.PARIS)
    except ValueError:
        return None, ""
    batch = CashflowBatch.objects.filter(
        created_at__gte=made_at, created_at__lt=made_at + timedelta(seconds=1)
    ).first()
    return batch, f"{batch.label}{found['number']}" if batch else ""
