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

from finance.encryption import decrypt
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
# §11.2, with local credits as sources of their own: who pays which part of a booking. The part of
# each programme is rounded down, the national credit takes the rest: nothing is lost.
_SOURCES = """
    JOIN finance_financeevent e ON e.id = p.event_id
    LEFT JOIN finance_bookingfinanceincident item ON item.id = e.incident_item_id
    LEFT JOIN bookings_booking b ON b.id = COALESCE(p.booking_id, item.booking_id)
    LEFT JOIN bookings_deposit d ON d.id = b.deposit_id
    LEFT JOIN collective_collectivebooking cb
        ON cb.id = COALESCE(p.collective_booking_id, item.collective_booking_id)
    LEFT JOIN collective_schoolbudget budget ON budget.id = cb.budget_id
    CROSS JOIN LATERAL (
        SELECT prog.label AS source,
               div({cents} * SUM(m.cents), b.amount_cents::numeric * b.quantity)::bigint AS cents
        FROM bookings_localmovement m
        JOIN bookings_localcredit lc ON lc.id = m.credit_id
        JOIN bookings_localprogramme prog ON prog.id = lc.programme_id
        WHERE m.booking_id = b.id AND m.kind = 'SPENT' AND b.amount_cents > 0
        GROUP BY prog.id
        UNION ALL
        SELECT '', {cents} - COALESCE((
            SELECT SUM(div({cents} * one.cents, b.amount_cents::numeric * b.quantity))
            FROM (
                SELECT SUM(m.cents) AS cents FROM bookings_localmovement m
                JOIN bookings_localcredit lc ON lc.id = m.credit_id
                WHERE m.booking_id = b.id AND m.kind = 'SPENT' AND b.amount_cents > 0
                GROUP BY lc.programme_id
            ) one), 0)::bigint
    ) part
"""
_KIND = """
    CASE WHEN part.source <> '' THEN 'LOCAL : ' || part.source
         WHEN cb.id IS NOT NULL THEN 'EACC'
         WHEN d.type = 'GRANT_18' THEN 'PC' ELSE 'EACI' END
"""
_MINISTRY = """
    CASE budget.ministry WHEN 'MENjs' THEN 'EDUCATION_NATIONALE' WHEN 'MMe' THEN 'MER'
         WHEN 'MAg' THEN 'AGRICULTURE' WHEN 'MAr' THEN 'ARMEES' ELSE '' END
"""
_DOWN_PAYMENT = f"""
    SELECT c.bank_account_id, c.creditor_siren, c.creditor_name || ' - ' || a.label,
           {_KIND}, {_MINISTRY}, -SUM(part.cents)::bigint
    FROM finance_cashflow c
    JOIN finance_bankaccount a ON a.id = c.bank_account_id
    JOIN finance_cashflowpricing link ON link.cashflow_id = c.id
    JOIN finance_pricing p ON p.id = link.pricing_id
    {_SOURCES.format(cents="p.amount_cents")}
    WHERE c.batch_id = %(batch)s AND (cb.id IS NOT NULL OR b.amount_cents > 0)
    GROUP BY 1, 2, 3, 4, 5, cb.id IS NOT NULL HAVING SUM(part.cents) <> 0 OR MAX(part.source) = ''
    ORDER BY 1, cb.id IS NOT NULL, 4, 5
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
           {_MINISTRY} AS ministry, SUM(part.cents)::bigint
    FROM finance_invoice i
    JOIN finance_cashflow c ON c.invoice_id = i.id
    JOIN finance_cashflowpricing link ON link.cashflow_id = c.id
    JOIN finance_pricing p ON p.id = link.pricing_id
    JOIN finance_pricingline line ON line.pricing_id = p.id
    {_SOURCES.format(cents="line.amount_cents")}
    WHERE i.batch_id = %(batch)s
    GROUP BY 1, 2, 3, 4, 5, 6, cb.id IS NOT NULL
    ORDER BY i.reference, cb.id IS NOT NULL, kind, ministry, line.category DESC
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
        (
            [venues, pk, siren, _text(name), decrypt(iban), bic]
            for venues, pk, siren, name, iban, bic in rows
        ),
    )


def down_payment_lines(batch: CashflowBatch) -> Iterator[bytes]:
    """§11.2: net amount per account and kind of credit, in euros; free bookings left out."""
    rows = _rows(_DOWN_PAYMENT, batch)
    return _csv(
        DOWN_PAYMENT_HEADERS,
        (
            [account, siren, _text(name), _text(kind), ministry, Decimal(cents) / 100]
            for account, siren, name, kind, ministry, cents in rows
        ),
    )


def invoice_lines(batch: CashflowBatch) -> Iterator[bytes]:
    """§11.3: per justificatif, kind of line and kind of credit, in cents with our sign."""
    rows = _rows(_INVOICES, batch)
    return _csv(
        INVOICE_HEADERS,
        (
            [
                account,
                clock.paris_day(made_at).isoformat(),
                reference,
                category,
                _text(kind),
                ministry,
                cents,
            ]
            for account, made_at, reference, category, kind, ministry, cents in rows
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
