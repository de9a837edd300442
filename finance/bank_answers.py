"""Read what the bank answers to a transfer file: pain.002 (status) and camt.054 (returns), §11.4.

Structure only: no entity, no external document, whatever the version of the message. Pure: says
which transfers did not arrive, changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from finance.exceptions import BankAnswerUnreadable

MAX_BYTES = 20 * 1024 * 1024
REJECTED = "RJCT"
# ISO 20022 external codes that venues meet; the others are shown as they are.
REASONS = {
    "AC01": "IBAN incorrect",
    "AC04": "Compte clos",
    "AC06": "Compte bloqué",
    "AC13": "Type de compte incorrect",
    "AG01": "Opération interdite sur ce compte",
    "AM05": "Virement en double",
    "BE04": "Adresse du bénéficiaire manquante",
    "MD07": "Bénéficiaire décédé",
    "MS03": "Motif non communiqué",
    "RC01": "BIC incorrect",
    "RR04": "Raison réglementaire",
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """A transfer (`end_to_end_id`), or all those of a batch (`batch_label`), not arrived."""

    end_to_end_id: str = ""
    batch_label: str = ""
    code: str = ""
    text: str = ""
    amount_cents: int | None = None

    @property
    def words(self) -> str:
        """« Compte clos (AC04) »."""
        said = REASONS.get(self.code, self.text or "Motif non communiqué")
        return f"{said} ({self.code})" if self.code else said


@dataclass(frozen=True, slots=True)
class Answer:
    kind: str
    message_id: str
    rejections: list[Rejection]


def read_answer(content: bytes) -> Answer:
    """Raises BankAnswerUnreadable: too big, not XML, hostile, or neither of both messages."""
    if len(content) > MAX_BYTES:
        raise BankAnswerUnreadable("Ce fichier dépasse 20 Mo.")
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BankAnswerUnreadable from error
    for kind, body, read in (
        ("pain.002", "CstmrPmtStsRpt", _statuses),
        ("camt.054", "BkToCstmrDbtCdtNtfctn", _returns),
    ):
        for node in _all(root, body):
            return Answer(kind, _text(node, "GrpHdr", "MsgId"), list(read(node)))
    raise BankAnswerUnreadable


def _statuses(report: Any) -> Iterator[Rejection]:
    """pain.002: the whole message, a payment block, or transactions one by one."""
    for block in _children(report, "OrgnlPmtInfAndSts"):
        lines = _children(block, "TxInfAndSts")
        if not lines and _text(block, "PmtInfSts") == REJECTED:
            code, text = _reason(block)
            yield Rejection(batch_label=_text(block, "OrgnlPmtInfId"), code=code, text=text)
        for line in lines:
            if _text(line, "TxSts") == REJECTED:
                code, text = _reason(line)
                yield Rejection(
                    end_to_end_id=_text(line, "OrgnlEndToEndId"),
                    amount_cents=_cents(_text(line, "OrgnlTxRef", "Amt", "InstdAmt")),
                    code=code,
                    text=text,
                )


def _returns(notification: Any) -> Iterator[Rejection]:
    """camt.054: transactions that carry a return reason."""
    for line in _all(notification, "TxDtls"):
        for returned in _children(line, "RtrInf"):
            yield Rejection(
                end_to_end_id=_text(line, "Refs", "EndToEndId"),
                amount_cents=_cents(_text(line, "Amt") or _text(line, "AmtDtls", "TxAmt", "Amt")),
                code=_text(returned, "Rsn", "Cd"),
                text=_text(returned, "AddtlInf")[:200],
            )


def _reason(node: Any) -> tuple[str, str]:
    for found in _children(node, "StsRsnInf"):
        return _text(found, "Rsn", "Cd"), _text(found, "AddtlInf")[:200]
    return "", ""


def _name(node: Any) -> str:
    """Without the name space: versions of a message differ by it alone."""
    return str(node.tag).rsplit("}", 1)[-1]


def _all(node: Any, name: str) -> Iterator[Any]:
    return (one for one in node.iter() if _name(one) == name)


def _children(node: Any, name: str) -> list[Any]:
    return [one for one in node if _name(one) == name]


def _text(node: Any, *path: str) -> str:
    for name in path:
        found = _children(node, name)
        if not found:
            return ""
        node = found[0]
    return (node.text or "").strip()


def _cents(text: str) -> int | None:
    try:
        return int(Decimal(text) * 100)
    except InvalidOperation:
        return None
