"""Read what the bank answers to a transfer file: pain.002 (status) and camt.054 (returns), §11.4.

No entity, no external document; the message must follow the official schema of its version, else
nothing is read. Pure: says which transfers did not arrive, changes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from finance.exceptions import BankAnswerUnreadable

MAX_BYTES = 20 * 1024 * 1024
REJECTED = "RJCT"
_SPACE = "urn:iso:std:iso:20022:tech:xsd:"
# Those of the SEPA rule books since 2009; their schemas are in finance/schemas.
VERSIONS = ("pain.002.001.03", "pain.002.001.10", "camt.054.001.02", "camt.054.001.08")
_PREFIX = re.compile(r"(?<=/)[\w-]*:|\{[^}]*\}")
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
    """A transfer (`end_to_end_id`), or all those of a block or of a message, not arrived."""

    end_to_end_id: str = ""
    block_id: str = ""
    message_id: str = ""
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
    """Raises BankAnswerUnreadable: too big, not XML, hostile, neither of both messages, or not as
    their schema wants it.
    """
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
            _check(root)
            return Answer(kind, _text(node, "GrpHdr", "MsgId"), list(read(node)))
    raise BankAnswerUnreadable


def _check(root: Any) -> None:
    space = str(root.tag).removeprefix("{").partition("}")[0]
    version = space.removeprefix(_SPACE)
    if version not in VERSIONS:
        known = ", ".join(VERSIONS)
        raise BankAnswerUnreadable(f"Cette version n’est pas lue ; demandez l’une de : {known}.")
    error = next(_schema(version).iter_errors(root), None)
    if error is not None:
        place = _PREFIX.sub("", error.path or "")
        raise BankAnswerUnreadable(f"Ce fichier ne suit pas le schéma {version} ({place}).")


@cache
def _schema(version: str) -> Any:
    """Read once: parsing it takes longer than checking a file."""
    import xmlschema  # it changes the standard library's etree: only when needed

    return xmlschema.XMLSchema(str(files("finance") / "schemas" / f"{version}.xsd"))


def _statuses(report: Any) -> Iterator[Rejection]:
    """pain.002: the whole message, a payment block, or transactions one by one."""
    blocks = _children(report, "OrgnlPmtInfAndSts")
    if not blocks:
        for group in _children(report, "OrgnlGrpInfAndSts"):
            if _text(group, "GrpSts") == REJECTED:
                code, text = _reason(group)
                yield Rejection(message_id=_text(group, "OrgnlMsgId"), code=code, text=text)
    for block in blocks:
        lines = _children(block, "TxInfAndSts")
        if not lines and _text(block, "PmtInfSts") == REJECTED:
            code, text = _reason(block)
            yield Rejection(block_id=_text(block, "OrgnlPmtInfId"), code=code, text=text)
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
