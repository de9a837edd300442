"""The CSV file of a venue's reimbursements (§19): streamed, BOM, `;`, decimal comma."""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Q, Value, When

from collective.models import CollectiveBooking
from finance.enums import PricingStatus
from finance.models import CashflowBatch, Invoice, Pricing
from finance.querysets import PricingQuerySet
from finance.rates import percent
from passpro.kernel import clock, money
from passpro.kernel.exports import harmless

if TYPE_CHECKING:
    from passpro.accounts.models import User

FILE_NAME = "remboursements_pass_culture.csv"
PAGE = 2_000
# Ours alone begin with a minus sign and stay figures.
_AMOUNT = re.compile(r"-?\d+,\d{2}")
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
# Teacher and school of a collective booking, paid or corrected.
_SCHOOL = [
    f"{path}collective_booking__{name}"
    for path in ("", "event__incident_item__")
    for name in ("redactor", "institution")
]
_COLLECTIVE_LAST = Case(
    When(
        Q(collective_booking__isnull=False)
        | Q(event__incident_item__collective_booking__isnull=False),
        then=Value(1),
    ),
    default=Value(0),
    output_field=IntegerField(),
)
_MONTHS = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
]  # fmt: skip


def details(
    *, user: "User", first_day: date, last_day: date, venue_id: int | None = None
) -> PricingQuerySet:
    """Invoiced pricings the person may see, whose cashflow was made on these Paris days.

    Both days are included and may come in either order.
    """
    first_day, last_day = sorted([first_day, last_day])
    rows = Pricing.objects.visible_to(user).filter(
        cashflow_link__cashflow__created_at__gte=clock.paris_midnight(first_day),
        cashflow_link__cashflow__created_at__lt=clock.paris_midnight(last_day + timedelta(days=1)),
    )
    return rows.filter(venue=venue_id) if venue_id else rows


def details_of(invoice: Invoice) -> PricingQuerySet:
    return Pricing.objects.filter(cashflow_link__cashflow__invoice=invoice)


def csv_lines(pricings: PricingQuerySet) -> Iterator[bytes]:
    """The file, line by line, newest use first; memory does not grow with the number of rows."""
    writer = csv.writer(OneLine(), delimiter=";", quoting=csv.QUOTE_ALL)
    yield ("\ufeff" + writer.writerow(HEADERS)).encode()
    rows = (
        pricings.filter(status=PricingStatus.INVOICED)
        .with_subjects()
        .select_related("venue__offerer", *_SCHOOL)
        .select_related(
            "cashflow_link__cashflow__batch", "cashflow_link__cashflow__invoice__bank_account"
        )
        .order_by(_COLLECTIVE_LAST, "-value_at", "-pk")
    )
    for pricing in rows.iterator(chunk_size=PAGE):
        yield writer.writerow([_safe(cell) for cell in _cells(pricing)]).encode()


class OneLine:
    """What csv needs to hand back the line it has written."""

    def write(self, text: str) -> str:
        return text


def _safe(cell: str) -> str:
    """A text that a spreadsheet would run as a formula is shown as text."""
    return cell if _AMOUNT.fullmatch(cell) else harmless(cell)


def _cells(pricing: Pricing) -> list[str]:
    cashflow = pricing.cashflow_link.cashflow
    booking, collective, venue = pricing.individual, pricing.collective, pricing.venue
    invoice = cast(Invoice, cashflow.invoice)  # only invoiced pricings are exported
    address = venue.one_line_address or venue.offerer.one_line_address
    zone = ZoneInfo(venue.time_zone if venue.department_code else venue.offerer.time_zone)
    rate = pricing.rate
    return [
        period_label(cashflow.batch, is_incident=pricing.is_incident),
        clock.paris_day(invoice.created_at).isoformat(),
        invoice.reference,
        cashflow.batch.label,
        invoice.bank_account.label,
        cashflow.iban,
        venue.name,
        address,
        venue.siret or "",
        pricing.title,
        *_school_cells(collective, zone),
        booking.countermark if booking else "",
        _seconds(pricing.value_at.astimezone(zone)),
        booking.price_category_label if booking else "",
        money.decimal_comma(pricing.gross_cents),
        percent(rate) if rate else "",
        money.decimal_comma(-pricing.amount_cents),
        "offre collective" if collective else "offre grand public",
    ]


def _school_cells(booking: CollectiveBooking | None, zone: ZoneInfo) -> list[str]:
    """Columns 11 to 15; empty for a young person's booking."""
    if booking is None:
        return [""] * 5
    return [
        str(booking.pk),
        booking.redactor.last_name,
        booking.redactor.first_name,
        booking.institution.name,
        f"{booking.stock.starts_at.astimezone(zone):%d/%m/%Y %H:%M}",
    ]


def _seconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def period_label(batch: CashflowBatch, *, is_incident: bool = False) -> str:
    """« Validées et remboursables sur mai : 1ère quinzaine », « Incident sur mai : … »."""
    day = batch.last_day
    half = "1ère" if day.day == 15 else "2nde"
    words = "Incident sur" if is_incident else "Validées et remboursables sur"
    return f"{words} {_MONTHS[day.month - 1]} : {half} quinzaine"
