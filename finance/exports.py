"""The CSV file of a venue's reimbursements (§19): streamed, BOM, `;`, decimal comma."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from finance.enums import PricingStatus
from finance.models import CashflowBatch, Invoice, Pricing
from finance.rates import percent
from passpro.kernel import clock, money

if TYPE_CHECKING:
    from passpro.accounts.models import User

FILE_NAME = "remboursements_pass_culture.csv"
PAGE = 2_000
HEADERS = [
    "Réservations concernées par le remboursement",
    "Date du justificatif",
    "N° du justificatif",
    "N° de virement",
    "Intitulé du compte bancaire",
    "IBAN",
    "Raison sociale du lieu",
    "Adresse du lieu",
    "SIRET du lieu",
    "Nom de l'offre",
    "N° de réservation (offre collective)",
    "Nom (offre collective)",
    "Prénom (offre collective)",
    "Nom de l'établissement (offre collective)",
    "Date de l'événement (offre collective)",
    "Contremarque",
    "Date de validation de la réservation",
    "Intitulé du tarif",
    "Montant de la réservation",
    "Barème",
    "Montant remboursé",
    "Type d'offre",
]
_MONTHS = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
]  # fmt: skip


def details(
    *, user: "User", first_day: date, last_day: date, venue_id: int | None = None
) -> "QuerySet[Pricing]":
    """Invoiced pricings the person may see, whose cashflow was made on these Paris days.

    Both days are included and may come in either order.
    """
    first_day, last_day = sorted([first_day, last_day])
    rows = Pricing.objects.visible_to(user).filter(
        cashflow_link__cashflow__created_at__gte=clock.paris_midnight(first_day),
        cashflow_link__cashflow__created_at__lt=clock.paris_midnight(last_day + timedelta(days=1)),
    )
    return rows.filter(venue=venue_id) if venue_id else rows


def details_of(invoice: Invoice) -> "QuerySet[Pricing]":
    return Pricing.objects.filter(cashflow_link__cashflow__invoice=invoice)


def csv_lines(pricings: "QuerySet[Pricing]") -> Iterator[bytes]:
    """The file, line by line, newest use first; memory does not grow with the number of rows."""
    writer = csv.writer(OneLine(), delimiter=";", quoting=csv.QUOTE_ALL)
    yield ("\ufeff" + writer.writerow(HEADERS)).encode()
    rows = (
        pricings.filter(status=PricingStatus.INVOICED)
        .select_related("booking__offer", "venue__offerer", "custom_rule")
        .select_related(
            "cashflow_link__cashflow__batch", "cashflow_link__cashflow__invoice__bank_account"
        )
        .order_by("-value_at", "-booking_id")
    )
    for pricing in rows.iterator(chunk_size=PAGE):
        yield writer.writerow([_safe(cell) for cell in _cells(pricing)]).encode()


class OneLine:
    """What csv needs to hand back the line it has written."""

    def write(self, text: str) -> str:
        return text


def _safe(cell: str) -> str:
    """A text that a spreadsheet would run as a formula is shown as text."""
    return f"'{cell}" if cell[:1] in {"=", "+", "@", "\t", "\r"} else cell


def _cells(pricing: Pricing) -> list[str]:
    cashflow = pricing.cashflow_link.cashflow
    booking, venue = pricing.booking, pricing.venue
    invoice = cast(Invoice, cashflow.invoice)  # only invoiced pricings are exported
    address = venue.one_line_address or venue.offerer.one_line_address
    used_at = pricing.value_at.astimezone(ZoneInfo(booking.time_zone))
    rate = pricing.rate
    return [
        period_label(cashflow.batch),
        clock.paris_day(invoice.created_at).isoformat(),
        invoice.reference,
        cashflow.batch.label,
        invoice.bank_account.label,
        cashflow.iban,
        venue.name,
        address,
        venue.siret or "",
        booking.offer.title,
        *[""] * 5,  # columns of collective bookings
        booking.countermark,
        _seconds(used_at),
        booking.price_category_label,
        money.decimal_comma(booking.total_cents),
        percent(rate) if rate else "",
        money.decimal_comma(-pricing.amount_cents),
        "offre grand public",
    ]


def _seconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def period_label(batch: CashflowBatch) -> str:
    """« Validées et remboursables sur mai : 1ère quinzaine »."""
    day = batch.last_day
    half = "1ère" if day.day == 15 else "2nde"
    return f"Validées et remboursables sur {_MONTHS[day.month - 1]} : {half} quinzaine"
