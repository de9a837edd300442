"""Columns of the files of offers (§12.7) and bookings (§12.9), written a line at a time."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as _UNWRITABLE
from openpyxl.styles import Font

from collective.enums import BookingStatus, DisplayStatus
from collective.lifecycle import stock_of
from collective.models import CollectiveBooking
from collective.querysets import CollectiveBookingQuerySet, CollectiveOfferQuerySet
from passpro.kernel.exports import harmless, quoted

BOOKING_TITLES = (
    "Lieu",
    "Nom de l’offre",
    "Date de l’évènement",
    "Nom et prénom du bénéficiaire",
    "Email du bénéficiaire",
    "Date et heure de réservation",
    "Date et heure de validation",
    "Prix de la réservation",
    "Statut de la réservation",
    "Date et heure de remboursement",
    "uai de l’institution",
    "nom de l’institution",
)
OFFER_TITLES = (
    "Nom de l’offre",
    "Numéro de l’offre",
    "Statut",
    "Type de localisation",
    "Localisation",
    "Structure",
    "Établissement",
    "Code postal",
    "UAI",
    "Email de l’enseignant",
    "Prénom de l’enseignant",
    "Nom de l’enseignant",
    "Date de début",
    "Date de fin",
    "Prix",
    "Nombre de participants",
    "Date de publication",
    "Date limite de réservation",
    "Date de préréservation",
    "Date de réservation",
    "Date de remboursement",
)
_WORDS = {
    BookingStatus.PENDING: "préréservé",
    BookingStatus.CONFIRMED: "réservé",
    BookingStatus.USED: "validé",
    BookingStatus.REIMBURSED: "remboursé",
    BookingStatus.CANCELLED: "annulé",
}
_CHUNK = 1_000


def booking_lines(bookings: CollectiveBookingQuerySet, now: datetime) -> Iterator[list[Any]]:
    """One line a booking, hours of the venue; a price is a Decimal of euros."""
    for one in bookings.with_facts().iterator(chunk_size=_CHUNK):
        zone = ZoneInfo(one.venue.time_zone)
        yield [
            one.venue.shown_name,
            one.stock.offer.title,
            _local(one.stock.starts_at, zone),
            f"{one.redactor.last_name} {one.redactor.first_name}",
            one.redactor.email,
            _local(one.created_at, zone),
            _local(one.confirmed_at, zone),
            Decimal(one.stock.price_cents) / 100,
            _word(one, now),
            _local(one.reimbursed_at, zone),
            one.institution.uai,
            one.institution.full_name,
        ]


def _word(booking: CollectiveBooking, now: datetime) -> str:
    if booking.is_final(now):
        return "confirmé"
    return _WORDS[BookingStatus(booking.status)]


def offer_lines(offers: CollectiveOfferQuerySet, now: datetime) -> Iterator[list[Any]]:
    """One line an offer, hours of the venue."""
    found = offers.select_related("venue__offerer", "institution", "teacher", "stock")
    with_bookings = found.prefetch_related("stock__bookings__redactor")
    for offer in with_bookings.iterator(chunk_size=_CHUNK):
        zone, booking, stock = (
            ZoneInfo(offer.venue.time_zone),
            offer.last_booking(),
            stock_of(offer),
        )
        teacher = booking.redactor if booking else offer.teacher
        school = offer.institution
        yield [
            offer.title,
            offer.pk,
            DisplayStatus(offer.display_status).label,
            offer.get_location_display(),
            offer.location_text,
            offer.venue.offerer.name,
            school.full_name if school else "",
            school.postal_code if school else "",
            school.uai if school else "",
            teacher.email if teacher else "",
            teacher.first_name if teacher else "",
            teacher.last_name if teacher else "",
            _local(stock.starts_at, zone) if stock else "",
            _local(stock.ends_at, zone) if stock else "",
            Decimal(stock.price_cents) / 100 if stock else "",
            stock.participants if stock else "",
            _local(offer.validated_at, zone),
            _local(stock.booking_limit_at, zone) if stock else "",
            _local(booking.created_at, zone) if booking else "",
            _local(booking.confirmed_at, zone) if booking else "",
            _local(booking.reimbursed_at, zone) if booking else "",
        ]


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M:%S}" if moment else ""


def write_csv(titles: tuple[str, ...], lines: Iterator[list[Any]], file: IO[bytes]) -> None:
    """Byte order mark, semicolons, texts quoted, comma in the prices (§12.9)."""
    file.write(f"\ufeff{';'.join(map(quoted, titles))}\r\n".encode())
    for line in lines:
        file.write(f"{';'.join(map(_cell, line))}\r\n".encode())


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    return str(value) if isinstance(value, int) else quoted(harmless(value))


def write_xlsx(titles: tuple[str, ...], lines: Iterator[list[Any]], file: IO[bytes]) -> None:
    """One sheet, bold heading, prices in euros; written as it goes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Offres scolaires")
    sheet.freeze_panes = "A2"
    for number in range(len(titles)):
        sheet.column_dimensions[chr(ord("A") + number)].width = 18
    sheet.append([_written(sheet, title, bold=True) for title in titles])
    for line in lines:
        sheet.append([_written(sheet, value) for value in line])
    book.save(file)


def _written(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, str):
        value = _UNWRITABLE.sub("", harmless(value))
    cell = WriteOnlyCell(sheet, value=value)
    if bold:
        cell.font = Font(bold=True)
    if isinstance(value, Decimal):
        cell.number_format = '#,##0.00 "€"'
    return cell
