"""Files of a batch for accountants (§11): comma, texts quoted and numbers not, one header line.

Pure readers: the same batch gives the same bytes, so that a file can be made again and compared.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from finance.enums import BatchFileKind
from finance.exports import OneLine
from finance.models import CashflowBatch
from passpro.kernel import clock

_ACCOUNT = [
    "Identifiant des coordonnées bancaires",
    "SIREN de la structure",
    "Nom de la structure - Libellé des coordonnées bancaires",
]
BANK_ACCOUNT_HEADERS = ["Lieux liés au compte bancaire", *_ACCOUNT, "IBAN", "BIC"]
# §11.1, with the venues that the structure's default account pays (D-9).
_BANK_ACCOUNTS = """
    WITH payer AS (
        SELECT v.id AS venue_id, COALESCE(l.bank_account_id, d.bank_account_id) AS account_id
        FROM venues_venue v
        LEFT JOIN finance_venuebankaccountlink l ON l.venue_id = v.id
            AND l.started_at <= %(cutoff)s AND (l.ended_at IS NULL OR l.ended_at > %(cutoff)s)
        LEFT JOIN finance_offererdefaultaccount d ON l.id IS NULL AND d.offerer_id = v.offerer_id
            AND d.started_at <= %(cutoff)s AND (d.ended_at IS NULL OR d.ended_at > %(cutoff)s)
    )
    SELECT string_agg(p.venue_id::text, ', ' ORDER BY p.venue_id), a.id, o.siren,
           o.name || ' - ' || a.label, a.iban, a.bic
    FROM payer p
    JOIN finance_bankaccount a ON a.id = p.account_id
    JOIN venues_offerer o ON o.id = a.offerer_id
    GROUP BY a.id, o.id ORDER BY a.id
"""

DOWN_PAYMENT_HEADERS = [*_ACCOUNT, "Type de réservation", "Ministère", "Montant net offreur"]
_KIND = "CASE WHEN d.type = 'GRANT_18' THEN 'PC' ELSE 'EACI' END"
_DOWN_PAYMENT = f"""
    SELECT c.bank_account_id, c.creditor_siren, c.creditor_name || ' - ' || a.label,
           {_KIND}, -SUM(p.amount_cents)::bigint
    FROM finance_cashflow c
    JOIN finance_bankaccount a ON a.id = c.bank_account_id
    JOIN finance_cashflowpricing link ON link.cashflow_id = c.id
    JOIN finance_pricing p ON p.id = link.pricing_id
    JOIN bookings_booking b ON b.id = p.booking_id AND b.amount_cents > 0
    LEFT JOIN bookings_deposit d ON d.id = b.deposit_id
    WHERE c.batch_id = %(batch)s
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 4
"""  # noqa: S608 - constant text

INVOICE_HEADERS = [
    _ACCOUNT[0],
    "Date du justificatif",
    "Référence du justificatif",
    "Type de ticket de facturation",
    "Type de réservation",
    "Ministère",
    "Somme des tickets de facturation",
]
_INVOICES = f"""
    SELECT i.bank_account_id, i.created_at, i.reference, line.category, {_KIND} AS kind,
           SUM(line.amount_cents)::bigint
    FROM finance_invoice i
    JOIN finance_cashflow c ON c.invoice_id = i.id
    JOIN finance_cashflowpricing link ON link.cashflow_id = c.id
    JOIN finance_pricing p ON p.id = link.pricing_id
    JOIN finance_pricingline line ON line.pricing_id = p.id
    JOIN bookings_booking b ON b.id = p.booking_id
    LEFT JOIN bookings_deposit d ON d.id = b.deposit_id
    WHERE i.batch_id = %(batch)s
    GROUP BY 1, 2, 3, 4, 5 ORDER BY i.reference, kind, line.category DESC
"""  # noqa: S608 - constant text


def _rows(sql: str, batch: CashflowBatch) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"batch": batch.pk, "cutoff": batch.cutoff_at})
        return list(cursor.fetchall())


def _csv(headers: list[str], rows: Iterator[list[Any]]) -> Iterator[bytes]:
    writer = csv.writer(OneLine(), quoting=csv.QUOTE_NONNUMERIC)
    yield writer.writerow(headers).encode()
    for row in rows:
        yield writer.writerow(row).encode()


def bank_account_lines(batch: CashflowBatch) -> Iterator[bytes]:
    """§11.1: accounts that pay a venue at the cut-off, with the venues."""
    rows = _rows(_BANK_ACCOUNTS, batch)
    return _csv(
        BANK_ACCOUNT_HEADERS,
        ([venues, pk, siren, _text(name), *bank] for venues, pk, siren, name, *bank in rows),
    )


def down_payment_lines(batch: CashflowBatch) -> Iterator[bytes]:
    """§11.2: net amount per account and kind of credit, in euros; free bookings left out."""
    rows = _rows(_DOWN_PAYMENT, batch)
    return _csv(
        DOWN_PAYMENT_HEADERS,
        (
            [account, siren, _text(name), kind, "", Decimal(cents) / 100]
            for account, siren, name, kind, cents in rows
        ),
    )


def invoice_lines(batch: CashflowBatch) -> Iterator[bytes]:
    """§11.3: per justificatif, kind of line and kind of credit, in cents with our sign."""
    rows = _rows(_INVOICES, batch)
    return _csv(
        INVOICE_HEADERS,
        (
            [account, clock.paris_day(made_at).isoformat(), reference, category, kind, "", cents]
            for account, made_at, reference, category, kind, cents in rows
        ),
    )


_LINES: dict[str, Callable[[CashflowBatch], Iterator[bytes]]] = {
    BatchFileKind.BANK_ACCOUNTS: bank_account_lines,
    BatchFileKind.DOWN_PAYMENT: down_payment_lines,
    BatchFileKind.INVOICES: invoice_lines,
}
_BASES = {
    BatchFileKind.BANK_ACCOUNTS: "bank_accounts",
    BatchFileKind.DOWN_PAYMENT: "down_payment_{label}",
    BatchFileKind.INVOICES: "invoices_{label}",
}


def base_name(batch: CashflowBatch, kind: BatchFileKind) -> str:
    return _BASES[kind].format(label=batch.label)


def extension(kind: BatchFileKind) -> str:
    """§11.3: the file of justificatifs is zipped."""
    return "zip" if kind == BatchFileKind.INVOICES else "csv"


def file_name(batch: CashflowBatch, kind: BatchFileKind, *, made_at: datetime) -> str:
    """« down_payment_VIR1_20260516_050000.csv », Paris time."""
    moment = f"{made_at.astimezone(clock.PARIS):%Y%m%d_%H%M%S}"
    return f"{base_name(batch, kind)}_{moment}.{extension(kind)}"


def content_of(batch: CashflowBatch, kind: BatchFileKind) -> bytes:
    """The bytes of the file; the same batch gives the same bytes."""
    text = b"".join(_LINES[kind](batch))
    if extension(kind) != "zip":
        return text
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # The cut-off, not now: made again, it is the same file.
        entry = zipfile.ZipInfo(f"{base_name(batch, kind)}.csv", batch.last_day.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text)
    return packed.getvalue()


def _text(text: str) -> str:
    return " ".join(text.translate(str.maketrans('";', "  ")).split())
