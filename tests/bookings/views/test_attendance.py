"""Attendance lists: who is awaited at a date, who came, on the page and on paper."""

from datetime import timedelta

import pytest

from bookings import attendance
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening(cast):
    """Two prices of one date: one duo to come, one person inside, one who gave up."""
    full = StockFactory(offer__venue=cast.venue, beginning_at=clock.now() + timedelta(hours=2))
    reduced = StockFactory(
        offer=full.offer, beginning_at=full.beginning_at, price_category__label="Réduit"
    )
    return {
        "stock": full,
        "duo": BookingFactory(stock=full, quantity=2, deposit__user__last_name="Abgrall"),
        "inside": BookingFactory(stock=reduced, used=True, deposit__user__last_name="Morvan"),
        "gone": BookingFactory(stock=reduced, cancelled=True, deposit__user__last_name="Parti"),
    }


def page(cast, evening, what="", person="member"):
    return cast.client(person).get(f"/guichet/seance/{evening['stock'].pk}{what}")


def test_names_e_mails_and_codes_of_every_price_are_listed(cast, evening):
    text = page(cast, evening).text

    for who in ("duo", "inside"):
        assert evening[who].countermark in text
        assert evening[who].beneficiary.email in text
    assert evening["gone"].beneficiary.last_name not in text
    assert text.index("Abgrall") < text.index("Morvan")


def test_places_are_counted_and_follow_the_desk(cast, evening):
    before = page(cast, evening, "/presents").text
    cast.client("member").post(
        "/guichet", {"contremarque": evening["duo"].countermark, "action": "valider"}
    )
    after = page(cast, evening, "/presents").text

    assert '1 <span class="stat-of">/ 3 présents' in before
    assert '3 <span class="stat-of">/ 3 présents' in after
    assert "Tout le monde est entré" in after
    assert "<html" not in after


def test_the_counter_stops_asking_the_day_after(cast, evening, at):
    with at(evening["stock"].beginning_at + timedelta(days=1)):
        answer = page(cast, evening, "/presents")

    assert answer.status_code == 286
    assert "hx-trigger" not in answer.text


def test_the_list_is_a_pdf(cast, evening):
    answer = page(cast, evening, "/liste.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "attachment" in answer["Content-Disposition"]


def test_a_crowd_has_no_pdf(cast, evening, monkeypatch):
    monkeypatch.setattr("bookings.views.attendance.MOST_GUESTS_ON_PAPER", 1)

    answer = page(cast, evening, "/liste.pdf")

    assert answer.status_code == 409
    assert "trop longue" in answer.text


@pytest.mark.parametrize("what", ["", "/presents", "/liste.pdf"])
def test_another_structure_sees_nothing(cast, evening, what):
    assert page(cast, evening, what, person="outsider").status_code == 404


def test_a_good_has_no_attendance_list(cast):
    good = StockFactory(undated=True, offer__venue=cast.venue, offer__good=True)

    assert cast.client("member").get(f"/guichet/seance/{good.pk}").status_code == 404


def test_dates_to_come_and_past_are_listed_with_what_to_print(cast, evening):
    past = StockFactory(
        offer__venue=cast.venue,
        offer__title="Déjà joué",
        beginning_at=clock.now() - timedelta(days=3),
    )
    coming = cast.client("member").get("/guichet/seances").text
    before = cast.client("member").get("/guichet/seances", {"passees": "1"}).text

    assert "liste à imprimer" in coming
    assert evening["stock"].offer.title in coming
    assert past.offer.title not in coming
    assert past.offer.title in before


def test_many_dates_ask_as_many_queries_as_one(cast, evening, django_assert_num_queries):
    now = clock.now()
    for days in range(5):
        BookingFactory(
            stock=StockFactory(offer__venue=cast.venue, beginning_at=now + timedelta(days=days + 1))
        )
    with django_assert_num_queries(2):
        rows = attendance.sessions_of(cast.alice).order_by("beginning_at", "offer_id")
        sessions = attendance.sessions_from(rows)
    assert [one.expected for one in sessions][:1] == [3]
