"""PDF and CSV of what was paid (§11.2, §12.5, §19), and the nightly control."""

import csv
import io
import logging
import re
import zipfile
import zlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from bookings.models import LocalCredit, LocalMovement, LocalProgramme
from finance import accounting, documents, inconsistencies
from finance.accounting import down_payment_lines, invoice_lines
from finance.documents import invoice_context, store_invoice_pdf
from finance.enums import BatchFileKind
from finance.exports import HEADERS, csv_lines, details, details_of
from finance.models import (
    Cashflow,
    Invoice,
    MoneyAlert,
    OffererDefaultAccount,
    PricingLine,
    ReferenceScheme,
)
from finance.rates import percent
from finance.services.batch_files import make_missing_files
from finance.statement import TEMPLATE, statement_data
from passpro.kernel.actor import SYSTEM
from passpro.kernel.paper import draw
from tests.finance.factories import paid_venue, used_booking
from tests.finance.test_admin import agent
from tests.finance.world import DAY, NOW, fortnight, old_venue, pay
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def read(lines: Any) -> list[list[str]]:
    text = b"".join(lines).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("1", "100\u00a0%"), ("0.95", "95\u00a0%"), ("0.925", "92,5\u00a0%"), ("0", "0\u00a0%")],
)
def test_percent(rate: str, expected: str) -> None:
    assert percent(Decimal(rate)) == expected


def test_the_pdf_is_kept_under_its_token_and_can_be_made_again() -> None:
    fortnight()
    pay()
    invoice = Invoice.objects.order_by("pk").first()

    store_invoice_pdf(invoice.pk)
    store_invoice_pdf(invoice.pk)

    invoice.refresh_from_db()
    assert invoice.pdf.name == (
        f"justificatifs/{invoice.token}/16052026-F260000001-"
        "Justificatif-de-remboursement-pass-Culture.pdf"
    )
    with invoice.pdf.open("rb") as file:
        assert file.read(5) == b"%PDF-"
    assert default_storage.listdir(f"justificatifs/{invoice.token}")[1] == [
        invoice.pdf.name.rsplit("/", 1)[1]
    ]
    store_invoice_pdf(invoice.pk + 1_000)  # gone meanwhile: nothing to do


def test_the_pdf_is_accessible_and_the_same_to_the_byte() -> None:
    fortnight()
    pay()
    invoice = Invoice.objects.order_by("pk").first()

    def drawn() -> bytes:
        store_invoice_pdf(invoice.pk)
        invoice.refresh_from_db()
        with invoice.pdf.open("rb") as file:
            content: bytes = file.read()
            return content

    first = drawn()
    assert first == drawn()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", first, re.DOTALL)
    opened = first + b"".join(_inflate(stream) for stream in streams)
    for mark in (b"http://www.aiim.org/pdfua/ns/id/", b"/MarkInfo", b"/Lang", b"/StructTreeRoot"):
        assert mark in opened, mark
    assert opened.count(b"/S/TH") + opened.count(b"/S /TH") > 20


def test_signs_that_no_typeface_has_do_not_stop_a_document() -> None:
    fortnight()
    pay()
    data = statement_data(invoice_context(Invoice.objects.order_by("pk").first()))
    data["offerer"]["name"] = "Łódź, ночь, 漢字 🎭 & #strong[x]"

    assert draw(TEMPLATE, data).startswith(b"%PDF-")


def _inflate(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_what_the_document_says_adds_up() -> None:
    hall = old_venue(name="Salle", city="Brest")
    account = paid_venue(hall)
    annex = old_venue(offerer=hall.offerer, name="Annexe")
    from tests.finance.factories import link_account

    link_account(annex, account)
    used_booking(venue=hall, used_at=DAY, cents=19_990_00)
    used_booking(venue=hall, used_at=DAY, cents=81_50, quantity=2)
    used_booking(venue=annex, used_at=DAY, cents=5_50)
    pay()

    context = invoice_context(Invoice.objects.get())

    total = context["total"]
    assert total.paid_cents == context["paid_cents"] == Invoice.objects.get().reimbursed_cents
    assert [(v.label, v.bookings_cents, v.contribution_cents, v.paid_cents)
            for v in context["venues"]] == [
        ("Annexe", 5_50, 0, 5_50),
        ("Salle", 20_153_00, 8_15, 20_144_85),
    ]  # fmt: skip
    assert sum(v.paid_cents for v in context["venues"]) == total.paid_cents
    assert [row["rate"] for row in context["groups"][0].rows] == ["100\u00a0%", "95\u00a0%"]
    assert (context["bookings_count"], context["shows_bookings"]) == (3, True)


def test_local_credits_are_a_source_of_their_own_in_accounting() -> None:
    hall = old_venue(name="Salle")
    paid_venue(hall)
    booking = used_booking(venue=hall, used_at=DAY, cents=10_01, quantity=2, local_cents=10_00)
    used_booking(venue=hall, used_at=DAY, cents=5_00)
    programme = LocalProgramme.objects.create(
        label="100 € de la Région", authority="Région", amount_cents=100_00,
        starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
    )  # fmt: skip
    credit = LocalCredit.objects.create(
        programme=programme, user=booking.beneficiary, amount_cents=100_00, spent_cents=10_00
    )
    LocalMovement.objects.create(
        credit=credit, booking=booking, kind="SPENT", cents=10_00, **SYSTEM.as_columns()
    )
    pay()
    batch = Invoice.objects.get().batch

    down = list(csv.reader(io.StringIO(b"".join(down_payment_lines(batch)).decode())))
    lines = list(csv.reader(io.StringIO(b"".join(invoice_lines(batch)).decode())))

    assert [(row[3], row[5]) for row in down[1:]] == [
        ("LOCAL : 100 € de la Région", "10"),
        ("PC", "15.02"),
    ]
    by_kind = {(row[3], row[4]): int(row[6]) for row in lines[1:]}
    assert by_kind["OFFERER_REVENUE", "LOCAL : 100 € de la Région"] == -10_00
    assert by_kind["OFFERER_REVENUE", "PC"] == -15_02
    assert sum(by_kind.values()) == -25_02


def test_a_long_list_of_bookings_is_left_to_the_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    fortnight()
    pay()
    monkeypatch.setattr(documents, "BOOKINGS_IN_ANNEX", 2)

    assert not invoice_context(Invoice.objects.order_by("pk").first())["shows_bookings"]


def test_the_csv_has_a_bom_and_adds_up_to_the_justificatif() -> None:
    world = fortnight()
    pay()
    invoice = Invoice.objects.order_by("pk").first()

    lines = list(csv_lines(details_of(invoice)))
    rows = read(lines)

    assert lines[0].startswith(b'\xef\xbb\xbf"R')
    assert rows[0] == HEADERS
    assert len(rows[0]) == len(rows[1]) == 22
    first, second = rows[2], rows[3]
    assert first[0] == "Validées et remboursables sur mai : 1ère quinzaine"
    assert first[1:6] == [
        "2026-05-16", "F260000001", "VIR1", world.accounts[0].label, world.accounts[0].iban,
    ]  # fmt: skip
    booking = world.bookings[1]
    assert first[15:17] == [booking.countermark, "2026-05-10 13:00:00"]
    assert first[18:] == ["81,50", "95\u00a0%", "77,43", "offre grand public"]
    assert second[18:21] == ["19990,00", "100\u00a0%", "19990,00"]
    total = sum(Decimal(row[20].replace(",", ".")) for row in rows[1:])
    assert total * 100 == invoice.reimbursed_cents


def test_details_are_those_of_the_persons_structures_on_days_of_the_cashflows() -> None:
    world = fortnight()
    pay()
    hall, shop = world.bookings[0].venue, world.bookings[3].venue
    alice = MembershipFactory(offerer=hall.offerer).user
    MembershipFactory(offerer=shop.offerer, user=alice)
    day = date(2026, 5, 16)

    def count(first: date, last: date, **facts: Any) -> int:
        return (
            len(read(csv_lines(details(user=alice, first_day=first, last_day=last, **facts)))) - 1
        )

    assert count(day, day) == 5
    assert count(day + timedelta(days=3), day) == 5  # either order
    assert count(day, day, venue_id=shop.pk) == 2
    assert count(day + timedelta(days=1), day + timedelta(days=9)) == 0
    bob = MembershipFactory().user
    assert not details(user=bob, first_day=day, last_day=day).exists()


def test_a_title_that_looks_like_a_formula_stays_text() -> None:
    venue = old_venue()
    paid_venue(venue)
    used_booking(venue=venue, used_at=DAY, cents=5_00)
    from offers.models import Offer

    Offer.objects.update(title='=HYPERLINK("x";"y")')
    pay()

    rows = read(csv_lines(details_of(Invoice.objects.get())))
    assert rows[1][9] == '\'=HYPERLINK("x";"y")'

    Offer.objects.update(title="-2+3")
    rows = read(csv_lines(details_of(Invoice.objects.get())))
    assert rows[1][9] == "'-2+3"
    assert rows[1][18] == "5,00"


def test_the_accounting_file_adds_up_to_the_cashflows() -> None:
    world = fortnight()
    batch = pay()

    text = b"".join(down_payment_lines(batch)).decode()
    rows = list(csv.reader(io.StringIO(text)))

    assert rows[1][0] == str(world.accounts[0].pk)
    assert [row[3] for row in rows[1:]] == ["PC", "PC"]
    assert [row[5] for row in rows[1:]] == ["20067.43", "18.55"]
    name = accounting.file_name(batch, BatchFileKind.DOWN_PAYMENT, made_at=NOW)
    assert name == "down_payment_VIR1_20260516_050000.csv"


def test_accounts_of_the_cutoff_are_listed_with_the_venues_they_pay() -> None:
    world = fortnight()
    batch = pay()
    first = world.accounts[0]
    second = old_venue(offerer=first.offerer)
    OffererDefaultAccount.objects.create(
        offerer=first.offerer, bank_account=first, started_at=DAY, opened_by="test"
    )
    hall = first.venue_links.get().venue

    text = b"".join(accounting.bank_account_lines(batch)).decode()
    rows = list(csv.reader(io.StringIO(text)))

    assert rows[0][:2] == [
        "Lieux liés au compte bancaire",
        "Identifiant des coordonnées bancaires",
    ]
    assert [row[1] for row in rows[1:]] == [str(account.pk) for account in world.accounts]
    assert rows[1][0] == f"{hall.pk}, {second.pk}"
    assert rows[1][4] == first.iban


def test_the_file_of_justificatifs_adds_up_to_them() -> None:
    fortnight()
    batch = pay()

    packed = accounting.content_of(batch, BatchFileKind.INVOICES)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["invoices_VIR1.csv"]
        text = archive.read("invoices_VIR1.csv").decode()
    rows = list(csv.reader(io.StringIO(text)))[1:]

    assert packed == accounting.content_of(batch, BatchFileKind.INVOICES)
    assert [row[2:5] for row in rows] == [
        ["F260000001", "OFFERER_REVENUE", "PC"],
        ["F260000001", "OFFERER_CONTRIBUTION", "PC"],
        ["F260000002", "OFFERER_REVENUE", "PC"],
        ["F260000002", "OFFERER_CONTRIBUTION", "PC"],
    ]
    for invoice in Invoice.objects.all():
        cents = sum(int(row[6]) for row in rows if row[2] == invoice.reference)
        assert cents == invoice.amount_cents


def test_files_are_made_once_and_a_lost_one_is_asked_again(monkeypatch: Any) -> None:
    fortnight()
    batch = pay()

    assert make_missing_files(batch_id=batch.pk, now=NOW) == 3
    assert make_missing_files(batch_id=batch.pk, now=NOW) == 0
    before = dict(batch.files.values_list("kind", "sha256"))
    batch.files.filter(kind="INVOICES").delete()
    later = NOW + timedelta(hours=2)
    assert inconsistencies.control(now=later)["files_asked_again"] == 1
    assert make_missing_files(batch_id=batch.pk, now=later) == 1
    assert dict(batch.files.values_list("kind", "sha256")) == before


def test_a_file_that_fails_leaves_the_others(
    monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fortnight()
    batch = pay()
    real = accounting.content_of

    def broken(batch: Any, kind: Any) -> bytes:
        if kind == BatchFileKind.DOWN_PAYMENT:
            raise OSError("disk")
        return real(batch, kind)

    monkeypatch.setattr("finance.services.batch_files.content_of", broken)
    assert make_missing_files(batch_id=batch.pk, now=NOW) == 2
    monkeypatch.undo()
    assert make_missing_files(batch_id=batch.pk, now=NOW) == 1
    assert "could not be made" in caplog.text


def test_drawing_a_pdf_says_nothing_in_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    fortnight()
    pay()

    with caplog.at_level(logging.INFO):
        store_invoice_pdf(Invoice.objects.order_by("pk").first().pk)

    said = {r.name.split(".")[0] for r in caplog.records if r.levelno < logging.WARNING}
    assert not said & {"weasyprint", "fontTools"}


def test_the_control_finds_nothing_after_a_payment() -> None:
    fortnight()
    pay()

    assert not any(inconsistencies.control(now=NOW).values())


def test_the_control_names_what_is_wrong(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    world = fortnight()
    pay()
    Cashflow.objects.filter(bank_account=world.accounts[1]).update(amount_cents=-18_56)
    ReferenceScheme.objects.update(next_number=9)
    world.bookings[0].status = "USED"
    world.bookings[0].reimbursed_at = None
    world.bookings[0].save()

    found = {name: count for name, count in inconsistencies.control(now=NOW).items() if count}

    assert found == {
        "batches_unlike_their_cashflows": 1,
        "cashflows_unlike_their_pricings": 1,
        "invoices_unlike_their_cashflows": 1,
        "paid_bookings_not_frozen": 1,
        "numberings_with_a_gap": 1,
        "transfer_files_unlike_their_cashflows": 1,
    }
    assert "money to look at" in caplog.text
    # The team sees it on its home page until it is gone; the same night again adds nothing.
    inconsistencies.control(now=NOW)
    assert MoneyAlert.objects.filter(gone_at=None).count() == len(found)
    assert set(found) <= set(inconsistencies.LABELS)
    finance = agent(client, "Finance")
    assert "Alertes du contrôle de nuit" in finance.get("/admin/").text
    page = finance.get("/admin/finance/moneyalert/?file=a-traiter").text
    assert "Numérotations avec un trou" in page
    ReferenceScheme.objects.update(next_number=3)
    inconsistencies.control(now=NOW)
    assert MoneyAlert.objects.get(control="numberings_with_a_gap").gone_at == NOW
    assert PricingLine.objects.exists()


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_the_control_reads_the_transfer_file_again(harm: str) -> None:
    fortnight()
    name = pay().transfer_file.name
    content = default_storage.open(name).read()
    default_storage.delete(name)
    if harm == "changed":
        default_storage.save(name, ContentFile(content.replace(b"18.55", b"81.55")))

    assert inconsistencies.control(now=NOW)["transfer_files_unlike_their_cashflows"] == 1


def test_the_control_asks_again_for_a_missing_pdf(
    django_capture_on_commit_callbacks: Any,
) -> None:
    fortnight()
    pay()
    Invoice.objects.update(pdf="")

    with django_capture_on_commit_callbacks(execute=True):
        counts = inconsistencies.control(now=NOW + timedelta(hours=2))

    assert counts["pdfs_asked_again"] == 2
    assert not Invoice.objects.filter(pdf="").exists()
