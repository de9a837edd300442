"""« Réservations »: filters, statuses in words, hidden codes, a constant number of queries."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bookings.views import pro_list
from offers.models import Stock
from offers.search import search_text
from passpro.accounts.models import User
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db


def of_theatre(cast, **facts):
    return BookingFactory(stock=StockFactory(offer__venue=cast.venue), **facts)


def of_a_good(cast, title, facts, **booking):
    stock = StockFactory(
        undated=True, offer__good=True, offer__venue=cast.venue, offer__title=title, **facts
    )
    return BookingFactory(stock=stock, cancellation_limit_at=None, **booking)


def listed(cast, **query):
    return cast.client("member").get("/reservations", query)


def test_a_filtered_list_shows_its_bookings_and_only_those_of_the_structure(cast):
    mine, foreign = of_theatre(cast, used=True), BookingFactory(used=True)

    page = listed(cast, statut="USED").text

    assert mine.countermark in page
    assert foreign.countermark not in page
    assert cast.booking.countermark not in page


def test_an_uncollected_good_hides_its_code_until_it_is_validated(cast):
    good = BookingFactory(
        stock=StockFactory(undated=True, offer__venue=cast.venue, offer__good=True),
        cancellation_limit_at=None,
    )

    assert good.countermark not in listed(cast, offre=good.offer_id).text


def test_a_booking_past_its_limit_reads_confirmed(cast):
    booking = of_theatre(cast, cancellation_limit_at=clock.now() - timedelta(minutes=1))

    assert "Confirmée" in listed(cast, offre=booking.offer_id).text


def test_a_search_without_result_says_so(cast):
    answer = listed(cast, q="introuvable")

    assert answer.status_code == 200
    assert "introuvable" in answer.text


def test_a_wrong_date_is_named_and_nothing_breaks(cast):
    answer = listed(cast, du="32/13/2026")

    assert answer.status_code in {200, 400}
    assert "32/13/2026" in answer.text


def test_days_are_those_of_each_venue(cast):
    """LST-05: an evening in Guadeloupe is already the next day in Paris."""
    far = VenueFactory(offerer=cast.venue.offerer, department_code="971")
    evening = datetime(2027, 6, 11, 0, 30, tzinfo=UTC)  # 20:30 on the 10th there
    there = BookingFactory(stock=StockFactory(offer__venue=far, beginning_at=evening))
    here = of_theatre(cast)
    Stock.objects.filter(pk=here.stock_id).update(beginning_at=evening)

    on_the_10th, on_the_11th = (listed(cast, evenement=f"2027-06-{day}").text for day in (10, 11))

    assert there.countermark in on_the_10th
    assert here.countermark not in on_the_10th
    assert here.countermark in on_the_11th
    assert there.countermark not in on_the_11th


@pytest.mark.parametrize("days", [{"du": "0001-01-01"}, {"au": "9999-12-31"}])
def test_days_of_no_calendar_break_nothing(cast, days):
    assert of_theatre(cast).countermark in listed(cast, **days).text


def test_twenty_lines_ask_as_many_queries_as_one(cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = cast.client("member")
    client.get("/reservations")
    with CaptureQueriesContext(connection) as one:
        client.get("/reservations")
    for _ in range(19):
        of_theatre(cast)

    with django_assert_num_queries(len(one)):
        client.get("/reservations")


def test_a_booking_shows_its_dated_history(cast):
    booking = of_theatre(cast)
    cast.client("member").post(
        "/guichet", {"contremarque": booking.countermark, "action": "valider"}
    )

    page = cast.client("member").get(f"/reservations/{booking.pk}").text

    assert "Validée" in page
    assert booking.beneficiary.email in page
    assert booking.countermark in page


def test_beyond_the_most_that_is_listed_the_page_says_so(cast, monkeypatch):
    monkeypatch.setattr("bookings.views.pro_list.MOST_LISTED", 2)
    for _ in range(3):
        of_theatre(cast)

    answer = listed(cast, page="99")

    assert answer.status_code == 200
    assert "Plus de 2 réservations" in answer.text
    assert answer.text.count("row-title") == 2


@pytest.mark.parametrize("sort", ["offre", "-offre", "beneficiaire", "-beneficiaire", "date", "x"])
def test_lines_are_sorted_as_asked(cast, sort):
    of_theatre(cast, deposit__user__last_name="Zola")

    answer = listed(cast, sort=sort)

    names = [answer.text.index("Zola"), answer.text.index("<b>Petit")]
    if sort.endswith("beneficiaire"):
        assert (names[0] < names[1]) == sort.startswith("-")


def test_an_export_is_asked_then_downloaded_by_its_owner_alone(
    cast, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    client = cast.client("member")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/reservations/export?q=Petit", {"format": "CSV"}, follow=True)
    export = cast.alice.booking_exports.get()

    assert "En attente" in answer.text or "Télécharger" in answer.text
    link = f"/reservations/exports/{export.pk}"
    assert link in client.get("/reservations/exports").text
    file = client.get(link)
    assert cast.booking.beneficiary.email in b"".join(file.streaming_content).decode()
    assert "attachment" in file["Content-Disposition"]
    assert cast.client("outsider").get(link).status_code == 404


def test_an_unknown_format_is_refused_in_words(cast):
    answer = cast.client("member").post("/reservations/export", {"format": "PDF"}, follow=True)

    assert "Choisissez un format" in answer.text


def test_the_structures_of_the_person_are_a_filter(cast):
    from tests.venues.factories import MembershipFactory

    MembershipFactory(user=cast.alice, offerer=cast.other_offerer, role="MEMBER")
    other = BookingFactory(stock=StockFactory(offer__venue=cast.other_venue))

    page = listed(cast, structure=cast.other_offerer.pk).text

    assert other.countermark in page
    assert cast.booking.countermark not in page


def test_a_part_of_a_name_or_of_the_address_finds_a_person(cast):
    booking = of_theatre(
        cast,
        deposit__user__first_name="Zoé",
        deposit__user__last_name="L’Hérault Cœurdoux",
        deposit__user__email="zo.h@example.org",
    )
    for typed in ("zoe", "éraul", "Coeurdoux ZOÉ", "zoé l’hér", "o.h@EX", "z"):
        assert booking.countermark in listed(cast, q=typed).text, typed
    for typed in ("zoé martin", "…", "%", "zo5h"):
        assert booking.countermark not in listed(cast, q=typed).text, typed

    User.objects.filter(pk=booking.beneficiary_id).update(last_name="Le Goff")

    assert booking.countermark in listed(cast, q="goff zoé").text
    assert booking.countermark not in listed(cast, q="rault").text


def test_a_part_of_a_title_an_ean_or_a_code_finds_its_bookings(cast):
    facts = {
        "offer__description": "Un roman de Bretagne",
        "offer__extra_data": {"ean": "9782070360024"},
    }
    book = of_a_good(cast, "L’Été d’Éléonore", facts, countermark="ABCDEF", used=True)
    book.offer.search_text = search_text(book.offer)
    book.offer.save()
    for kind, typed in (("offre", "d’éléo"), ("ean", "8207036"), ("contremarque", "cde")):
        assert book.countermark in listed(cast, dans=kind, q=typed).text, kind
    for kind, typed in (("offre", "Bretagne"), ("ean", "8207037"), ("contremarque", "CEF")):
        assert book.countermark not in listed(cast, dans=kind, q=typed).text, kind


def test_a_code_that_is_not_shown_is_not_found_letter_by_letter(cast):
    to_collect = of_a_good(cast, "Un disque", {}, countermark="ABCDEF")

    assert "Un disque" not in listed(cast, dans="contremarque", q="ABCDE").text
    assert "Un disque" in listed(cast, dans="contremarque", q=to_collect.countermark).text


def test_the_list_goes_on_after_its_last_page(cast, monkeypatch):
    monkeypatch.setattr(pro_list, "MOST_LISTED", 2)
    monkeypatch.setattr(pro_list, "PAGE_SIZE", 2)
    at = clock.now() - timedelta(days=1)
    stock = StockFactory(offer__venue=cast.venue)
    codes = [BookingFactory(stock=stock, booked_at=at).countermark for _ in range(5)][::-1]
    seen, address = [], f"/reservations?offre={stock.offer_id}"
    for _ in range(3):
        page = cast.client("member").get(address).text
        seen += [code for code in codes if code in page]
        found = re.search(r'href="(\?[^"]*avant=[^"]*)">Réservations plus anciennes', page)
        address = "/reservations" + found[1].replace("&amp;", "&") if found else ""

    assert seen == codes
    assert address == ""
    assert cast.client("member").get("/reservations?avant=x-1").status_code == 200
