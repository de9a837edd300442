"""Exports: the right columns and lines, safe in a spreadsheet, private, deleted in time."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from openpyxl import load_workbook

from bookings import exports
from bookings.models import Booking, BookingExport
from bookings.services.export import ask_export, make_export, tend_exports, wanted_bookings
from passpro.kernel import clock
from passpro.kernel.exports import ExportFormat, ExportState, TooManyExports
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def made(user, query="", kind=ExportFormat.CSV):
    export = ask_export(user=user, query=query, kind=kind)
    make_export(export_id=export.pk)
    export.refresh_from_db()
    return export


def rows_of(export):
    text = export.file.read().decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def test_each_place_is_a_line_with_the_columns_of_the_contract(cast, at):
    with at("2026-11-20T18:05+01:00"):
        BookingFactory(
            stock=StockFactory(
                offer__venue=cast.venue,
                offer__title="Nuit du conte",
                price_cents=1250,
                price_category__price_cents=1250,
                beginning_at=clock.now() + timedelta(days=10),
            ),
            quantity=2,
            price_category_label="Réduit",
            deposit__user__last_name="Abgrall",
        )
    rows = rows_of(made(cast.alice, "q=Abgrall"))

    assert list(rows[0]) == list(exports.TITLES)
    assert len(rows) == 2
    assert rows[0]["Nom de l’offre"] == "Nuit du conte"
    assert rows[0]["Date et heure de réservation"] == "20/11/2026 18:05"
    assert rows[0]["Prix de la réservation"] == "12,50"
    assert rows[0]["Statut de la contremarque"] == "confirmé"
    assert (rows[0]["Duo"], rows[0]["Type d’offre"]) == ("Oui", "offre grand public")
    assert rows[0]["Date et heure de remboursement"] == ""


def test_hours_are_those_of_the_venue(cast, at):
    cast.venue.department_code = "974"
    cast.venue.save()
    with at("2026-11-20T18:05+00:00"):
        BookingFactory(stock=StockFactory(offer__venue=cast.venue))

    rows = list(
        exports.lines_of(wanted_bookings(cast.alice, f"lieu={cast.venue.pk}&du=2026-11-01"))
    )

    assert "20/11/2026 22:05" in {row[7] for row in rows}


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1"])
@pytest.mark.parametrize("kind", ExportFormat.values)
def test_a_text_never_becomes_a_formula(cast, text, kind):
    BookingFactory(stock=StockFactory(offer__venue=cast.venue, offer__title=text))
    export = made(cast.alice, kind=kind)

    if kind == "CSV":
        assert f"'{text}" in {row["Nom de l’offre"] for row in rows_of(export)}
    else:
        sheet = load_workbook(io.BytesIO(export.file.read())).active
        cells = [row[1] for row in sheet.iter_rows()]
        assert all(cell.data_type == "s" for cell in cells)


def test_the_spreadsheet_has_a_bold_heading_and_prices_in_euros(cast):
    sheet = load_workbook(io.BytesIO(made(cast.alice, kind=ExportFormat.XLSX).file.read())).active

    assert [cell.value for cell in sheet[1]] == list(exports.TITLES)
    assert sheet["A1"].font.bold
    assert sheet["L2"].value == cast.booking.amount_cents / 100
    assert "€" in sheet["L2"].number_format
    assert sheet["N2"].value in (None, "")


def test_the_code_of_an_uncollected_good_stays_hidden(cast):
    good = BookingFactory(
        stock=StockFactory(undated=True, offer__venue=cast.venue, offer__good=True),
        cancellation_limit_at=None,
    )

    rows = rows_of(made(cast.alice, f"offre={good.offer_id}"))

    assert [row["Contremarque"] for row in rows] == ["–"]


@pytest.mark.parametrize(
    "query", ["statut=USED", "q=introuvable", "offre=0", "", "dans=offre&q=lac"]
)
def test_the_export_has_what_the_list_shows(cast, query):
    BookingFactory(stock=StockFactory(offer__venue=cast.venue), used=True)
    BookingFactory(used=True)
    shown = {
        booking.countermark
        for booking in Booking.objects.filter(offerer=cast.offerer)
        if booking.countermark in cast.client("member").get(f"/reservations?{query}").text
    }

    assert {row["Contremarque"] for row in rows_of(made(cast.alice, query))} == shown


def test_the_rights_are_those_of_the_moment_it_is_made(cast):
    export = ask_export(user=cast.alice, query="", kind=ExportFormat.CSV)
    cast.alice.memberships.all().delete()

    make_export(export_id=export.pk)
    export.refresh_from_db()

    assert rows_of(export) == []


def test_a_second_worker_does_nothing(cast):
    export = made(cast.alice)

    assert make_export(export_id=export.pk) is False


def test_one_person_does_not_fill_the_queue(cast, monkeypatch):
    for _ in range(3):
        ask_export(user=cast.alice, query="", kind=ExportFormat.CSV)

    with pytest.raises(TooManyExports):
        ask_export(user=cast.alice, query="", kind=ExportFormat.CSV)


def test_a_failure_is_told(cast, monkeypatch):
    export = ask_export(user=cast.alice, query="", kind=ExportFormat.CSV)
    monkeypatch.setattr("bookings.exports.write_csv", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        make_export(export_id=export.pk)

    export.refresh_from_db()
    assert export.state == ExportState.FAILED


def test_files_are_deleted_after_their_delay_and_lost_ones_given_again(cast, settings, monkeypatch):
    old = made(cast.alice)
    name = old.file.name
    now = clock.now() + settings.EXPORTS_KEPT + timedelta(minutes=1)
    lost = BookingExport.objects.create(
        user=cast.alice, format="CSV", created_at=now - timedelta(minutes=5)
    )

    done = tend_exports(now=now)

    lost.refresh_from_db()
    assert done == {"deleted": 1, "given_again": 1}
    assert lost.state == ExportState.DONE
    assert not default_storage.exists(name)
    assert not BookingExport.objects.filter(pk=old.pk).exists()
