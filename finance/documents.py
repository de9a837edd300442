"""The PDF of a justificatif, drawn from what is stored, so that it can be made again (§12.5)."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from itertools import groupby
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from finance.enums import EventMotive
from finance.models import Invoice, InvoiceLine, Pricing
from finance.rates import percent
from finance.statement import draw_statement
from passpro.kernel import clock

# Above, the detail of the bookings is read in the CSV file: nobody prints a hundred pages.
BOOKINGS_IN_ANNEX = 1_000


@dataclass
class Sums:
    """A heading with its rows and their sums, in cents; positive = received by the venue.

    `incident_cents`: by how much bookings are lowered; `gross_cents`: the amounts of all rows.
    """

    label: str
    place: str = ""
    rows: list[Any] = field(default_factory=list)
    bookings_cents: int = 0
    contribution_cents: int = 0
    incident_cents: int = 0
    incident_contribution_cents: int = 0
    paid_cents: int = 0
    individual_cents: int = 0
    collective_cents: int = 0
    gross_cents: int = 0

    def add(self, *, bookings_cents: int, paid_cents: int) -> None:
        self.bookings_cents += bookings_cents
        self.paid_cents += paid_cents
        self.contribution_cents += bookings_cents - paid_cents

    def add_pricing(self, pricing: Pricing) -> None:
        """§12.5, table 3."""
        gross, paid = pricing.gross_cents, pricing.paid_cents
        self.paid_cents += paid
        self.gross_cents += gross
        if pricing.collective is None:
            self.individual_cents += paid
        else:
            self.collective_cents += paid
        if pricing.is_incident:
            self.incident_cents -= gross
            self.incident_contribution_cents += paid - gross
        else:
            self.bookings_cents += gross
            self.contribution_cents += gross - paid

    def add_sums(self, other: "Sums") -> None:
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_SUMMED = [one.name for one in fields(Sums) if one.name.endswith("_cents")]


def store_invoice_pdf(invoice_id: int) -> None:
    """Draw the document and keep it in the private storage; played again it replaces the file."""
    invoice = (
        Invoice.objects.select_related("bank_account__offerer", "batch")
        .filter(pk=invoice_id)
        .first()
    )
    if invoice is None:
        return
    name = file_path(invoice)
    content = draw_statement(invoice_context(invoice))
    if default_storage.exists(name):
        default_storage.delete(name)
    stored = default_storage.save(name, ContentFile(content))
    Invoice.objects.filter(pk=invoice.pk).update(pdf=stored)


def zip_of(invoices: list[Invoice]) -> IO[bytes]:
    """Their PDFs in one file, on disk beyond a few of them; those not drawn yet are drawn now."""
    packed: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for invoice in invoices:
            if not invoice.pdf or not default_storage.exists(str(invoice.pdf.name)):
                store_invoice_pdf(invoice.pk)
                invoice.refresh_from_db()
            entry = zipfile.ZipInfo(
                file_name(invoice), clock.paris_day(invoice.created_at).timetuple()[:6]
            )
            with invoice.pdf.open("rb") as pdf, archive.open(entry, "w") as target:
                shutil.copyfileobj(pdf, target)
    packed.seek(0)
    return packed


def file_name(invoice: Invoice) -> str:
    """« 19052026-F260000412-Justificatif-de-remboursement-pass-Culture.pdf »."""
    day = f"{clock.paris_day(invoice.created_at):%d%m%Y}"
    title = "Note-de-debit" if invoice.is_debit_note else "Justificatif-de-remboursement"
    return f"{day}-{invoice.reference}-{title}-pass-Culture.pdf"


def file_path(invoice: Invoice) -> str:
    return f"justificatifs/{invoice.token}/{file_name(invoice)}"


def invoice_context(invoice: Invoice) -> dict[str, Any]:
    """What the template shows; sums are taken from the stored lines, cashflows and pricings."""
    groups = _groups(invoice.lines.all())
    venues = _venues(invoice)
    cashflows = list(invoice.cashflows.filter(amount_cents__lt=0).order_by("pk"))
    total, all_venues = Sums("Total"), Sums("Total")
    for group in groups:
        total.add(bookings_cents=group.bookings_cents, paid_cents=group.paid_cents)
    for venue in venues:
        all_venues.add_sums(venue)
    count = sum(len(venue.rows) for venue in venues)
    return {
        "invoice": invoice,
        "batch": invoice.batch,
        "account": invoice.bank_account,
        "offerer": invoice.bank_account.offerer,
        "iban": grouped_iban(cashflows[0].iban if cashflows else invoice.bank_account.iban),
        "groups": groups,
        "total": total,
        "cashflows": cashflows,
        "paid_cents": -sum(cashflow.amount_cents for cashflow in cashflows),
        "venues": venues,
        "all_venues": all_venues,
        "bookings_count": count,
        "shows_bookings": count <= BOOKINGS_IN_ANNEX,
        "legal_line": settings.PAYER_LEGAL_LINE,
        "payer_name": settings.PAYER_NAME,
        "payer_iban": grouped_iban(settings.PAYER_IBAN),
        "payer_bic": settings.PAYER_BIC,
    }


def grouped_iban(iban: str) -> str:
    """« FR76 3000 6000 0112 3456 7890 189 »."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _groups(lines: Iterable[InvoiceLine]) -> list[Sums]:
    groups = []
    for _, members in groupby(lines, key=lambda line: line.group_position):
        rows = list(members)
        group = Sums(rows[0].group_label)
        for line in rows:
            group.add(bookings_cents=line.bookings_cents, paid_cents=line.paid_cents)
            group.rows.append(
                {
                    "label": line.label,
                    "rate": percent(line.rate),
                    "contribution_rate": percent(line.contribution_rate),
                    "bookings_cents": line.bookings_cents,
                    "contribution_cents": line.contribution_cents,
                    "paid_cents": line.paid_cents,
                }
            )
        groups.append(group)
    return groups


def _venues(invoice: Invoice) -> list[Sums]:
    """Each venue with its own sums: bookings count at their venue, not at the pricing point."""
    pricings = (
        Pricing.objects.filter(cashflow_link__cashflow__invoice=invoice)
        .with_subjects()
        .order_by("venue__name", "venue_id", "value_at", "pk")
    )
    venues = []
    for _, members in groupby(pricings, key=lambda pricing: pricing.venue_id):
        rows = list(members)
        venue = Sums(rows[0].venue.shown_name, rows[0].venue.city)
        for pricing in rows:
            venue.add_pricing(pricing)
            venue.rows.append(
                {
                    "pricing": pricing,
                    "booking": pricing.individual,
                    "title": pricing.title,
                    "kind": _kind(pricing),
                    "rate": "–" if pricing.rate is None else percent(pricing.rate),
                }
            )
        venues.append(venue)
    return venues


def _kind(pricing: Pricing) -> str:
    if pricing.is_incident:
        is_gesture = pricing.event.motive == EventMotive.INCIDENT_GESTURE
        return "Geste" if is_gesture else "Incident"
    return "Individuel" if pricing.collective is None else "Collectif"
