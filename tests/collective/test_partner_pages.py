"""Pages of the partner beyond the first offer: templates, requests, dates, images, lists, files."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from collective.enums import BookingStatus, DisplayStatus
from collective.exceptions import ActionNotAllowed, MadeByPartner
from collective.models import (
    CollectiveExport,
    CollectiveOffer,
    CollectiveStock,
    CollectiveTemplate,
    OfferFlag,
)
from collective.presentation import price_lines
from collective.services import book, copies, dates, export, jobs, publish
from collective.services.details import find_redactor
from offers.models import ModerationRule
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.collective.factories import (
    NOW,
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveRequestFactory,
    CollectiveStockFactory,
    CollectiveTemplateFactory,
    InstitutionFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)
from tests.venues.factories import MembershipFactory, ProviderFactory

pytestmark = pytest.mark.django_db
BY = Actor("USER", "Camille Le Goff")


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        SchoolYearFactory()
        yield


@pytest.fixture
def venue():
    return ReferencedVenueFactory(name="Grande salle")


@pytest.fixture
def partner(venue):
    client = Client()
    client.force_login(MembershipFactory(offerer=venue.offerer, user=UserFactory()).user)
    return client


def url(name, *args):
    return reverse(f"collective:{name}", args=args)


def text(answer):
    shown = answer.content.decode()
    return shown.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def typed(venue, **other):
    return {
        "venue": venue.pk, "title": "Atelier masques", "description": "Une matinée de jeu.",
        "domain_ids": ["15"], "formats": ["ATELIER_DE_PRATIQUE"], "level_ids": ["COLLEGE4"],
        "location": "SCHOOL", "intervention_area": ["01"], "accessibility": ["none"],
        "booking_emails": "reservations@example.org", "contact_by_form": "on", **other,
    }  # fmt: skip


def test_a_template_from_its_first_line_to_the_offer_made_from_it(partner, venue):
    refused = partner.post(
        url("template_create"), typed(venue, contact_by_form="", start_day="01/04/2026")
    )
    assert refused.status_code == 400
    assert "Choisissez au moins un moyen de contact." in text(refused)
    assert "Renseignez la date de fin." in text(refused)
    assert not CollectiveTemplate.objects.exists()

    partner.post(url("template_create"), typed(venue))
    template = CollectiveTemplate.objects.get()
    page = text(partner.get(url("template", template.pk)))
    assert "Relisez, puis publiez" in page
    assert "Toute l’année" in page
    partner.post(url("template_publish", template.pk))
    dated = typed(venue, start_day="02/04/2026", end_day="30/04/2026")
    partner.post(url("template_edit", template.pk), dated)
    assert "Du 2 avril 2026 au 30 avril 2026" in text(partner.get(url("template", template.pk)))
    assert "Atelier masques" in text(partner.get(url("template_preview", template.pk)))

    made = partner.post(url("template_offer", template.pk))
    offer = CollectiveOffer.objects.get()
    assert made.url == url("details", offer.pk)
    assert (offer.template, offer.contact_email) == (template, "reservations@example.org")
    asked = partner.get(url("template_actions"), {"verb": "archive", "vitrine": template.pk})
    assert "pour de bon" in text(asked)
    partner.post(
        url("template_actions"), {"verb": "archive", "vitrine": template.pk, "confirm": "1"}
    )
    template.refresh_from_db()
    assert template.display_status_at(NOW) == DisplayStatus.ARCHIVED
    listed = text(partner.get(url("templates"), {"statut": "ARCHIVED", "q": str(template.pk)}))
    assert "Atelier masques" in listed
    assert "Aucune offre vitrine" in text(partner.get(url("templates"), {"statut": "HIDDEN"}))


def test_a_request_becomes_one_draft_for_that_school_and_teacher(partner, venue):
    school, teacher = InstitutionFactory(), find_redactor(
        email="claire@ac.example", first_name="Claire", last_name="Vidal"
    )  # fmt: skip
    asked = CollectiveRequestFactory(
        template=CollectiveTemplateFactory(venue=venue), institution=school, redactor=teacher,
        requested_day=clock.paris_day(NOW) + timedelta(days=30), students=27,
    )  # fmt: skip
    assert "À répondre" in text(partner.get(url("requests")))
    assert "Nous aimerions venir en mai." in text(partner.get(url("request", asked.pk)))
    for _ in range(2):
        partner.post(url("request_offer", asked.pk))
    offer = CollectiveOffer.objects.get()
    assert (offer.institution, offer.teacher, offer.request) == (school, teacher, asked)
    assert "Demande de l’enseignant" in text(partner.get(url("details", offer.pk)))
    assert "À répondre" not in text(partner.get(url("requests")))
    assert "Aucune demande" in text(partner.get(url("requests"), {"q": "introuvable"}))


def test_the_date_is_removed_with_its_pre_booking_and_another_one_is_given(partner, venue):
    """Seed 001: delete the line of stock, create a new one, the teacher pre-books again."""
    school = InstitutionFactory()
    stock = CollectiveStockFactory(
        offer=CollectiveOfferFactory(venue=venue, institution=school, title="D-00021")
    )
    offer = stock.offer
    first = CollectiveBookingFactory(stock=stock)
    assert "La préréservation est annulée" in text(partner.get(url("remove_date", offer.pk)))
    partner.post(url("remove_date", offer.pk))

    first.refresh_from_db()
    assert (first.status, first.cancellation_reason) == ("CANCELLED", "DATE_REMOVED")
    page = text(partner.get(url("detail", offer.pk)))
    assert "En attente d’une nouvelle date" in page
    assert "Date supprimée" in page
    assert not CollectiveOffer.objects.bookable(NOW).exists()
    assert not CollectiveOffer.objects.released().exists()
    assert jobs.expire(now=stock.starts_at)["unbooked"] == 0
    with pytest.raises(ActionNotAllowed):
        dates.remove_date(offer_id=offer.pk, by=BY)
    partner.post(
        url("dates", offer.pk),
        {
            "start_day": "20/04/2026", "hour": "10:00", "limit_day": "10/04/2026",
            "price": "180", "participants": "25", "price_detail": "25 x 7,20 €",
        },
    )  # fmt: skip
    assert CollectiveStock.objects.get().price_cents == 180_00
    with clock.at(NOW + timedelta(hours=1)):
        again = book.prebook(
            offer_id=offer.pk,
            visitor=book.Visitor("a@ac.example", school.uai, "A", "B", may_prebook=True),
        )
        read = CollectiveOffer.objects.with_display_status(clock.now()).get()
        assert read.display_status == read.display_status_at(clock.now()) == "PREBOOKED"
        assert read.last_booking() == again
    assert OutboxMessage.objects.filter(event="collective/cancelled_by_partner").exists()


def test_what_a_confirmed_offer_refuses_about_its_date(venue):
    booking = CollectiveBookingFactory(stock__offer__venue=venue, confirmed=True)
    with pytest.raises(ActionNotAllowed):
        dates.remove_date(offer_id=booking.stock.offer_id, by=BY)


def test_an_offer_of_software_is_not_edited_here_but_copied_and_archived(partner, venue):
    offer = CollectiveStockFactory(
        offer__venue=venue, offer__provider=ProviderFactory(name="Harmonie")
    ).offer
    by = Actor.user(UserFactory())
    page = text(partner.get(url("detail", offer.pk)))
    assert "Harmonie a créé cette offre" in page
    assert "Modifier la date limite" not in page
    assert partner.get(url("details", offer.pk)).status_code == 302
    with pytest.raises(MadeByPartner):
        dates.change_deadline(offer_id=offer.pk, booking_limit_at=NOW + timedelta(days=2), by=by)
    key = Actor.api_key("abc")
    dates.change_deadline(offer_id=offer.pk, booking_limit_at=NOW + timedelta(days=2), by=key)
    copy = copies.duplicate_offer(offer_id=offer.pk, by=by)
    assert copy.provider is None
    assert copy.stock.price_cents == offer.stock.price_cents
    publish.archive_offer(offer_id=offer.pk, by=by)


def test_many_offers_are_archived_or_none(partner, venue):
    good = CollectiveStockFactory(offer__venue=venue, offer__title="Bonne").offer
    held = CollectiveBookingFactory(stock__offer__venue=venue).stock.offer
    both = {"offre": [good.pk, held.pk]}
    assert "Bonne" in text(partner.get(url("archive_many"), both))
    refused = partner.post(url("archive_many"), both, follow=True)
    assert "Rien n’est archivé" in text(refused)
    good.refresh_from_db()
    assert good.archived_at is None
    partner.post(url("archive_many"), {"offre": [good.pk]})
    good.refresh_from_db()
    assert good.archived_at == NOW


def test_an_image_is_given_copied_with_the_offer_and_removed(partner, venue):
    offer = CollectiveStockFactory(offer__venue=venue).offer
    file = BytesIO()
    Image.new("RGB", (400, 600), "purple").save(file, "PNG")
    small = BytesIO()
    Image.new("RGB", (40, 60), "purple").save(small, "PNG")
    at = url("image", "offre", offer.pk)
    wrong = partner.post(at, {"image": SimpleUploadedFile("a.png", small.getvalue())})
    assert wrong.status_code == 400
    partner.post(at, {"image": SimpleUploadedFile("a.png", file.getvalue()), "credit": "Léa"})
    offer.refresh_from_db()
    assert offer.image_key
    assert offer.image_credit == "Léa"
    assert partner.get(url("image_original", "offre", offer.pk)).status_code == 200
    copy = copies.duplicate_offer(offer_id=offer.pk, by=BY)
    assert copy.image_key
    assert copy.image_key != offer.image_key
    partner.post(url("image_remove", "offre", offer.pk))
    offer.refresh_from_db()
    assert offer.image_key == ""
    assert partner.get(url("image", "affiche", offer.pk)).status_code == 404


def test_the_list_shows_the_first_of_each_state_and_one_state_in_pages(
    partner, venue, django_assert_max_num_queries
):
    for number in range(23):
        limit = NOW + timedelta(days=23 - number)
        CollectiveStockFactory(
            offer__venue=venue, offer__title=f"Offre {number:02}", booking_limit_at=limit
        )
    CollectiveBookingFactory(stock__offer__venue=venue, stock__offer__title="Retenue")
    page = text(partner.get(url("list")))
    assert "23 offres" in page
    assert "4 600,00 €" in page
    assert "24 offres" in page
    assert page.count("Offre 2") + page.count("Offre 1") > 0
    # The limit that comes next is first, the rest is one click away.
    assert "Offre 22" in page
    assert "Offre 05" not in page
    assert "Voir les 23 offres de ce statut" in page
    with django_assert_max_num_queries(25):
        second = text(partner.get(url("list"), {"statut": "PUBLISHED", "page": "2"}))
    assert "Offre 00" in second
    assert "Offre 22" not in second
    assert "Retenue" not in second
    assert "Aucune offre ne correspond" in text(partner.get(url("list"), {"ou": "ADDRESS"}))


def test_the_list_of_bookings_its_filters_and_one_of_them(partner, venue):
    stock = CollectiveStockFactory(
        offer__venue=venue, offer__title="D-00003",
        price_detail="ACCOMPAGNATEUR GROUPE à 0,00 € x 2\nSCOLAIRE SECONDAIRE à 8,00 € x 25\nBus",
        booking_limit_at=NOW + timedelta(days=5),
    )  # fmt: skip
    booking = CollectiveBookingFactory(stock=stock)
    CollectiveBookingFactory(stock__offer__title="D’ailleurs")
    page = text(partner.get(url("bookings")))
    assert "1 réservation" in page
    assert "D’ailleurs" not in page
    assert "Claire Vidal" in page
    assert "dans 5 jours" in page
    for query, is_found in (
        ({"q": str(booking.pk)}, True),
        ({"q": "Vidal", "statut": "PENDING", "lieu": venue.pk}, True),
        ({"statut": "FINAL"}, False),
        ({"periode": "reservee", "du": "02/03/2026", "au": "02/03/2026"}, True),
        ({"periode": "payee", "du": "02/03/2026"}, False),
        ({"au": "01/03/2026"}, False),
    ):
        shown = text(partner.get(url("bookings"), query))
        assert ("Aucune réservation pour ces filtres" not in shown) is is_found, query
    detail = text(partner.get(url("booking", booking.pk)))
    for words in ("SCOLAIRE SECONDAIRE", "8,00 €", "200,00 €", "Bus", "claire", "Préréservée"):
        assert words.lower() in detail.lower()
    lines = price_lines(stock)
    assert [line.total_cents for line in lines] == [0, 200_00, 0]
    assert [line.is_counted for line in lines] == [True, True, False]


@pytest.mark.parametrize("of", ["BOOKINGS", "OFFERS"])
def test_a_file_has_one_line_each_in_local_time_and_only_its_owner_reads_it(
    partner, venue, of, django_capture_on_commit_callbacks
):
    booking = CollectiveBookingFactory(
        stock__offer__venue=venue, stock__offer__title="=Réservée", confirmed=True
    )
    CollectiveBookingFactory()
    for kind in ("CSV", "XLSX"):
        with django_capture_on_commit_callbacks(execute=True):
            partner.post(url("export"), {"format": kind, "of": of})
    page = text(partner.get(url("exports")))
    assert page.count("1 ligne") == 2
    made, sheet = CollectiveExport.objects.order_by("pk")
    content = b"".join(partner.get(url("export_file", made.pk)).streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    line = dict(zip(*rows, strict=True))
    assert line["Nom de l’offre"] == "'=Réservée"
    day = {"BOOKINGS": "Date et heure de réservation", "OFFERS": "Date de préréservation"}[of]
    assert line[day] == "02/03/2026 10:00:00"  # 9:00 UTC
    assert "200,00" in rows[1]
    cells = list(load_workbook(sheet.file).active.values)
    assert cells[0] == tuple(rows[0])
    assert 200 in cells[1]
    other = Client()
    other.force_login(MembershipFactory(user=UserFactory()).user)
    assert other.get(url("export_file", made.pk)).status_code == 404
    assert booking.status == BookingStatus.CONFIRMED

    lost = CollectiveExport.objects.create(
        user=made.user, of=of, format="CSV", created_at=NOW - timedelta(minutes=5)
    )
    with clock.at(NOW):
        assert export.tend_exports(now=NOW) == {"deleted": 0, "given_again": 1}
    lost.refresh_from_db()
    assert lost.state == "DONE"
    assert not export.make_export(export_id=lost.pk)
    later = NOW + timedelta(hours=25)
    assert export.tend_exports(now=later)["deleted"] == 3


def test_the_teams_rules_say_what_to_look_at(venue):
    venue.offerer.is_trusted = False
    venue.offerer.save()
    for name, field, operator, value in (
        ("Prix", "PRICE", "AT_LEAST", "150"),
        ("Mot", "TEXT", "WORD", "loto"),
        ("Pas pour les écoles", "CATEGORY", "NOT_IN", "LIVRE"),
    ):
        rule = ModerationRule.objects.create(name=name, is_on=True)
        rule.conditions.create(field=field, operator=operator, value=value)
    draft = CollectiveOfferFactory(venue=venue, draft=True, institution=InstitutionFactory())
    CollectiveStockFactory(offer=draft)
    publish.publish_offer(offer_id=draft.pk, by=BY)
    assert list(OfferFlag.objects.values_list("rule_name", flat=True)) == ["Prix"]
