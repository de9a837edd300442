"""Columns of the exports of bookings (§7.2), worked out by PostgreSQL, written a line at a time."""

from collections.abc import Iterator
from typing import IO, Any

from django.db.models import Case, CharField, DateTimeField, F, Func, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat, NullIf
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as _UNWRITABLE
from openpyxl.styles import Font

from bookings.querysets import BookingQuerySet
from passpro.kernel.exports import DANGEROUS, quoted
from venues.models.offerers import DEPARTMENT_ZONES

TITLES = (
    "Lieu",
    "Nom de l’offre",
    "Date de l’événement",
    "EAN",
    "Nom et prénom du bénéficiaire",
    "Email du bénéficiaire",
    "Téléphone du bénéficiaire",
    "Date et heure de réservation",
    "Date et heure de validation",
    "Contremarque",
    "Intitulé du tarif",
    "Prix de la réservation",
    "Statut de la contremarque",
    "Date et heure de remboursement",
    "Type d’offre",
    "Code postal du bénéficiaire",
    "Duo",
)
_PRICE = TITLES.index("Prix de la réservation")
# LST-23; keys are those of `with_shown_status`.
STATUS_WORDS = {
    "CONFIRMED": "réservé",
    "CONFIRMED_FINAL": "confirmé",
    "USED": "validé",
    "CANCELLED": "annulé",
    "REIMBURSED": "remboursé",
}
_CHUNK = 2_000


def lines_of(bookings: BookingQuerySet) -> Iterator[list[Any]]:
    """One row a place (LST-20), in columns of TITLES: texts, but the price in cents.

    `bookings` has `with_shown_status`. Read through a server-side cursor: memory does not grow
    with the number of rows. Texts that a spreadsheet would run as formulas begin with an
    apostrophe; the code of an uncollected good is « – » (LST-14).
    """
    department = Coalesce(NullIf("venue__department_code", Value("")), "offerer__department_code")
    bookings = bookings.annotate(department=department).annotate(zone=_zone())
    rows = bookings.values_list(*_columns(), "quantity")
    for *cells, quantity in rows.iterator(chunk_size=_CHUNK):
        line = [
            f"'{cell}" if cell.__class__ is str and cell.startswith(DANGEROUS) else cell
            for cell in cells
        ]
        for _ in range(quantity):
            yield line


def write_csv(lines: Iterator[list[Any]], file: IO[bytes]) -> None:
    """LST-21: byte order mark, semicolons, everything quoted but the price, comma in the price."""
    write = file.write
    heading = ";".join(quoted(title) for title in TITLES)
    write(f"\ufeff{heading}\r\n".encode())
    for line in lines:
        cents = line[_PRICE]
        cells = [
            f'"{cell}"' if '"' not in cell else quoted(cell)
            for cell in (*line[:_PRICE], *line[_PRICE + 1 :])
        ]
        cells.insert(_PRICE, f"{cents // 100},{cents % 100:02}")
        write(f"{';'.join(cells)}\r\n".encode())


def write_xlsx(lines: Iterator[list[Any]], file: IO[bytes]) -> None:
    """LST-22: one sheet, bold heading, columns 18 wide, prices in euros; written as it goes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Réservations")
    for number in range(len(TITLES)):
        sheet.column_dimensions[chr(ord("A") + number)].width = 18
    sheet.freeze_panes = "A2"
    heading = []
    for title in TITLES:
        cell = WriteOnlyCell(sheet, value=title)
        cell.font = Font(bold=True)
        heading.append(cell)
    sheet.append(heading)
    for line in lines:
        price = WriteOnlyCell(sheet, value=line[_PRICE] / 100)
        price.number_format = '#,##0.00 "€"'
        cells = [_UNWRITABLE.sub("", cell) for cell in (*line[:_PRICE], *line[_PRICE + 1 :])]
        cells.insert(_PRICE, price)
        sheet.append(cells)
    book.save(file)


def _zone() -> Case:
    """Zone of the venue, or of the structure for a virtual one: Booking.time_zone in SQL."""
    overseas = [When(department=code, then=Value(zone)) for code, zone in DEPARTMENT_ZONES.items()]
    return Case(*overseas, default=Value("Europe/Paris"), output_field=TextField())


def _local(field: str, shape: str) -> Coalesce:
    moment = Func(F("zone"), F(field), function="timezone", output_field=DateTimeField())
    text = Func(moment, Value(shape), function="to_char", output_field=TextField())
    return _or_nothing(text)


def _or_nothing(text: Any) -> Coalesce:
    return Coalesce(text, Value("", output_field=TextField()), output_field=TextField())


def _columns() -> list[Any]:
    moment = "DD/MM/YYYY HH24:MI"
    hidden = When(
        Q(has_tickets=True) | Q(status="CONFIRMED", stock__beginning_at__isnull=True),
        then=Value("–"),
    )
    words = [When(listed_status=value, then=Value(word)) for value, word in STATUS_WORDS.items()]
    return [
        Coalesce(NullIf("venue__public_name", Value("")), "venue__name"),
        F("offer__title"),
        _local("stock__beginning_at", moment),
        _or_nothing(KeyTextTransform("ean", "offer__extra_data")),
        Concat("beneficiary__last_name", Value(" "), "beneficiary__first_name"),
        F("beneficiary__email"),
        F("beneficiary__phone"),
        _local("booked_at", moment),
        _local("used_at", moment),
        Case(hidden, default=F("countermark"), output_field=CharField()),
        F("price_category_label"),
        F("amount_cents"),
        Case(*words, output_field=CharField()),
        _local("reimbursed_at", moment),
        Value("offre grand public"),
        F("beneficiary__postal_code"),
        Case(When(quantity=2, then=Value("Oui")), default=Value("Non")),
    ]
