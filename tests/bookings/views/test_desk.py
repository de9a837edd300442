"""The desk says what to do in plain French, validates, takes back, and loses nothing typed."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast):
    client = cast.client("member")

    def look(typed):
        return client.get("/guichet", {"contremarque": typed})

    look.post = lambda code, action="valider": client.post(
        "/guichet", {"contremarque": code, "action": action}, follow=True
    )
    return look


def held(cast, **facts):
    """A booking of the theatre that may be validated now."""
    return BookingFactory(stock=StockFactory(offer__venue=cast.venue), **facts)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Saisissez une contremarque"),
        ("ABC", "Encore 3 caractères (3/6)"),
        ("ABCDEFG", "C’est trop long\u00a0: 6 caractères, pas 7"),
        ("ABC-EF", "que des lettres (A à Z) et des chiffres"),
        ("ZZZZZZ", "n’a pas été trouvée"),
    ],
)
def test_each_way_of_mistyping_has_its_sentence_and_no_button(desk, typed, said):
    page = desk(typed).text

    assert said in page
    assert typed in page
    assert 'value="valider"' not in page


def test_a_scanned_qr_content_is_understood_and_validates(cast, desk):
    booking = held(cast)

    page = desk(f"PASSCULTURE:v3;TOKEN:{booking.countermark.lower()}").text
    desk.post(f"PASSCULTURE:v3;TOKEN:{booking.countermark}")

    assert booking.beneficiary.get_full_name() in page
    assert Booking.objects.get(pk=booking.pk).status == "USED"


def test_the_code_of_another_structure_shows_nothing_of_it(cast, desk):
    foreign = BookingFactory()

    page = desk(foreign.countermark).text
    answer = desk.post(foreign.countermark)

    assert foreign.beneficiary.last_name not in page
    assert foreign.offer.title not in page
    assert answer.status_code == 403
    assert Booking.objects.get(pk=foreign.pk).status == "CONFIRMED"


def test_a_used_code_can_be_taken_back_after_a_question(cast, desk):
    booking = held(cast, used=True)

    asked = cast.client("member").get(
        "/guichet", {"contremarque": booking.countermark, "invalider": "1"}
    )
    done = desk.post(booking.countermark, "invalider")

    assert "ne sera plus remboursée" in asked.text
    assert "invalidée" in done.text
    assert Booking.objects.get(pk=booking.pk).status == "CONFIRMED"


@pytest.mark.parametrize(
    ("trait", "said"), [("cancelled", "annulée"), ("reimbursed", "remboursée")]
)
def test_cancelled_and_reimbursed_codes_are_refused_with_the_reason(cast, desk, trait, said):
    booking = held(cast, **{trait: True})

    answer = desk.post(booking.countermark)

    assert said in answer.text
    assert answer.status_code in {403, 410}
    assert Booking.objects.get(pk=booking.pk).status == booking.status


def test_a_booking_that_may_still_be_cancelled_says_from_when(cast, desk):
    limit = clock.now() + timedelta(hours=30)
    booking = held(cast, cancellation_limit_at=limit)

    page = desk(booking.countermark).text

    assert f"à partir du {limit.astimezone(clock.PARIS):%d/%m/%Y à %H:%M}" in page
    assert desk.post(booking.countermark).status_code == 403


def test_the_last_validations_of_the_day_are_listed(cast, desk):
    booking = held(cast)
    desk.post(booking.countermark)

    assert booking.countermark in desk("").text


def test_htmx_receives_the_result_alone(cast):
    booking = held(cast)

    answer = cast.client("member").get(
        "/guichet", {"contremarque": booking.countermark}, headers={"HX-Request": "true"}
    )

    assert booking.beneficiary.get_full_name() in answer.text
    assert "<html" not in answer.text


def test_the_desk_reminds_of_the_identity_check(cast, desk):
    """STR-059."""
    assert "pièce d’identité originale" in desk(held(cast).countermark).text
