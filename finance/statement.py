"""What a justificatif or a debit note says, as plain data for its page (§12.5, §12.6)."""

from typing import Any

from finance.models import Invoice
from passpro.kernel import clock
from passpro.kernel.money import euros
from passpro.kernel.paper import draw

TEMPLATE = "finance/pdf/invoice.typ"


def draw_statement(context: dict[str, Any]) -> bytes:
    """The PDF/UA file; the same context gives the same bytes: no clock, no random number."""
    return draw(TEMPLATE, statement_data(context))


def statement_data(context: dict[str, Any]) -> dict[str, Any]:
    """`documents.invoice_context` in words and printed amounts."""
    invoice: Invoice = context["invoice"]
    batch, offerer = context["batch"], context["offerer"]
    is_debt = invoice.is_debit_note
    return {
        "is_debit_note": is_debt,
        "reference": invoice.reference,
        "day": _day(invoice.created_at),
        "amount": euros(invoice.amount_cents if is_debt else invoice.reimbursed_cents),
        "batch": batch.label,
        "first_day": f"{batch.first_day:%d/%m/%y}",
        "last_day": f"{batch.last_day:%d/%m/%y}",
        "legal_line": context["legal_line"],
        "offerer": {
            "name": offerer.name,
            "address": offerer.one_line_address,
            "siren": offerer.grouped_siren,
        },
        "account": context["account"].label,
        "iban": context["iban"],
        "payer": {
            "name": context["payer_name"],
            "iban": context["payer_iban"],
            "bic": context["payer_bic"],
        },
        "groups": [
            {"label": group.label, **_amounts(group), "rows": [_rate(row) for row in group.rows]}
            for group in context["groups"]
        ],
        "total": _amounts(context["total"]),
        "transfers": [
            {"creditor": cashflow.creditor_name, "paid": euros(cashflow.paid_cents)}
            for cashflow in context["cashflows"]
        ],
        "paid": euros(context["paid_cents"]),
        "venues": [
            {
                "label": venue.label,
                "place": venue.place,
                **_amounts(venue),
                "rows": [_booking(row) for row in venue.rows] if context["shows_bookings"] else [],
            }
            for venue in context["venues"]
        ],
        "all_venues": _amounts(context["all_venues"]),
        "has_incidents": bool(context["all_venues"].incident_cents),
        "bookings_count": context["bookings_count"],
        "shows_bookings": context["shows_bookings"],
    }


def _amounts(sums: Any) -> dict[str, str]:
    return {
        "bookings": euros(sums.bookings_cents),
        "contribution": euros(sums.contribution_cents),
        "incidents": euros(sums.incident_cents),
        "incident_contribution": euros(sums.incident_contribution_cents),
        "paid": euros(sums.paid_cents),
        "individual": euros(sums.individual_cents),
        "collective": euros(sums.collective_cents),
        "gross": euros(sums.gross_cents),
    }


def _rate(row: dict[str, Any]) -> dict[str, str]:
    return {
        "label": row["label"],
        "rate": row["rate"],
        "contribution_rate": row["contribution_rate"],
        "bookings": euros(row["bookings_cents"]),
        "contribution": euros(row["contribution_cents"]),
        "paid": euros(row["paid_cents"]),
    }


def _booking(row: dict[str, Any]) -> dict[str, Any]:
    pricing, booking = row["pricing"], row["booking"]
    small = ""
    if booking:
        small = " · ".join(
            filter(None, [booking.price_category_label, "duo" if booking.quantity == 2 else ""])
        )
    return {
        "is_incident": pricing.is_incident,
        "day": _day(pricing.value_at),
        "code": (booking and booking.countermark) or "–",
        "title": row["title"],
        "small": small,
        "type": row["kind"],
        "gross": euros(pricing.gross_cents),
        "rate": row["rate"],
        "paid": euros(pricing.paid_cents),
    }


def _day(instant: Any) -> str:
    return f"{clock.paris_day(instant):%d/%m/%Y}"
