"""The five processes of the customer's document 003, told as they happen, to the payment."""

import pytest

from offers.models import Stock
from tests.stories.world import BOOKING_ADDRESS, Story, status, story

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings) -> Story:
    return story(settings)


def test_cinema_code_at_arrival_list_before_and_the_absent_is_paid_too(place):
    """IND-037 to IND-042."""
    screening = place.sells("SEANCE_CINE", in_days=5, price_cents=900)
    chloe, karim = place.young("Chloe"), place.young("Karim")

    seat = place.books(chloe, screening)
    place.books(karim, screening)
    for address in (chloe.email, BOOKING_ADDRESS):
        assert any(seat.countermark in one.body for one in place.mails_to(address))
    assert "délai d’annulation passé" in place.desk(seat.countermark)
    assert status(seat) == "CONFIRMED"

    place.wait(days=3)  # past the free cancellation, two days before the screening
    assert "ne peut plus être annulée" in place.gives_up(seat)
    printed = place.page(f"/guichet/seance/{screening.pk}")
    for told in (chloe.email, chloe.last_name, seat.countermark, karim.email):
        assert told in printed

    place.wait(days=2)
    assert f"{seat.countermark} validée" in place.desk(seat.countermark)
    place.wait(days=4)  # Karim never came: validated by itself 72 h after
    place.payday()

    assert place.paid_cents() == 2 * 900
    assert {one.status for one in screening.bookings.all()} == {"REIMBURSED"}
    place.nothing_is_wrong()


def test_book_set_aside_collected_or_back_on_sale(place):
    """IND-044 to IND-047."""
    book = place.sells("LIVRE_PAPIER", price_cents=1850, quantity=2)
    chloe, karim = place.young("Chloe"), place.young("Karim")

    taken, forgotten = place.books(chloe, book), place.books(karim, book)
    assert len(place.mails_to(BOOKING_ADDRESS)) == 2
    assert Stock.objects.get(pk=book.pk).remaining == 0
    # The shop gets the code from the person, not from its list.
    assert taken.countermark not in place.page(f"/reservations?offre={book.offer_id}")

    place.wait(days=2)
    assert f"{taken.countermark} validée" in place.desk(taken.countermark)
    place.wait(days=7)

    assert status(forgotten) == "CANCELLED"
    assert Stock.objects.get(pk=book.pk).remaining == 1
    assert place.left_cents(karim) == 300_00
    assert "annulée" in place.mails_to(karim.email)[-1].body
    assert "annulée" in place.desk(forgotten.countermark)
    place.payday()

    assert place.paid_cents() == 1850
    assert status(taken) == "REIMBURSED"
    place.nothing_is_wrong()


def test_book_given_up_within_the_week(place):
    """IND-046."""
    book = place.sells("LIVRE_PAPIER", price_cents=1850, quantity=1)
    chloe = place.young("Chloe")
    kept_aside = place.books(chloe, book)

    place.wait(days=6)
    place.gives_up(kept_aside)

    assert status(kept_aside) == "CANCELLED"
    assert place.left_cents(chloe) == 300_00
    assert Stock.objects.get(pk=book.pk).remaining == 1
    place.payday()
    assert place.paid_cents() == 0


def test_show_for_two_then_validated_by_hand_taken_back_and_validated_again(place):
    """IND-048, IND-065, IND-069 to IND-071."""
    show = place.sells("SPECTACLE_REPRESENTATION", in_days=6, price_cents=2200, offer__duo=True)
    chloe, karim = place.young("Chloe"), place.young("Karim")

    pair = place.books(chloe, show, places=2)
    quitter = place.books(karim, show)
    assert place.left_cents(chloe) == 300_00 - 2 * 2200
    place.wait(days=1)
    place.gives_up(quitter)  # within 48 h of the booking
    assert place.left_cents(karim) == 300_00

    place.wait(days=5)
    place.desk(pair.countermark)
    assert "2 <span" in place.page(f"/guichet/seance/{show.pk}/presents")
    place.desk(pair.countermark, "invalider")
    assert status(pair) == "CONFIRMED"
    place.desk(pair.countermark)
    place.payday()

    assert place.paid_cents() == 2 * 2200
    assert status(pair) == "REIMBURSED"
    assert "a été remboursée" in place.desk(pair.countermark)
    place.nothing_is_wrong()


def test_practice_checked_at_the_first_session_and_paid_even_when_absent(place):
    """IND-048."""
    workshop = place.sells("ATELIER_PRATIQUE_ART", in_days=4, price_cents=4000)
    chloe, karim = place.young("Chloe"), place.young("Karim")
    present, absent = place.books(chloe, workshop), place.books(karim, workshop)

    place.wait(days=4)
    answer = place.sends("/guichet/plusieurs", contremarques=f"{present.countermark}\nZZZZZZ")
    assert "1 validée, 1 refusée" in answer
    place.wait(days=4)
    assert status(absent) == "USED"
    place.payday()

    assert place.paid_cents() == 2 * 4000
    place.nothing_is_wrong()


def test_digital_debited_at_once_the_partner_creates_the_account_and_validates(place):
    """IND-024, IND-049 to IND-051; IND-006: the e-book is paid, another online offer is not."""
    link = "https://partenaire.example/compte?code={token}&mail={email}"
    ebook = place.sells("LIVRE_NUMERIQUE", price_cents=1200, quantity=None, offer__url=link)
    film = place.sells("VOD", price_cents=500, quantity=None, offer__url=link)
    chloe = place.young("Chloe")

    read, watched = place.books(chloe, ebook), place.books(chloe, film)
    assert place.left_cents(chloe) == 300_00 - 1200 - 500
    mine = place.sees(chloe, f"/app/mes-reservations/{read.pk}")
    assert f"code={read.countermark}" in mine.replace("&amp;", "&")

    known = place.software("GET", f"/v2/bookings/token/{read.countermark.lower()}").json()
    assert (known["email"], known["firstName"]) == (chloe.email, "Chloe")
    for booking in (read, watched):
        answer = place.software("PATCH", f"/v2/bookings/use/token/{booking.countermark}")
        assert answer.status_code == 204
    again = place.software("PATCH", f"/v2/bookings/use/token/{read.countermark}")
    assert again.status_code == 410
    place.payday()

    assert place.paid_cents() == 1200
    assert status(read) == "REIMBURSED"
    place.nothing_is_wrong()
