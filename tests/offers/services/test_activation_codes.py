"""Codes of digital goods: what a file may hold, and what bringing it changes (STK-80 to STK-82)."""

from datetime import timedelta

import pytest

from offers.constants import CODES_FILE_BYTES
from offers.exceptions import InvalidStock, WrongCodes
from offers.services.activation_codes import codes_in, set_activation_codes
from offers.services.stocks import set_good_stock
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.offers.factories import OfferFactory, StockFactory


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"x" * (CODES_FILE_BYTES + 1), "dépasse 1 Mo"),
        (b"\r\n \n", "vide"),
        ("é".encode("latin-1"), "UTF-8"),
        (b"AAA\nB;B", "Ligne 2"),
        (b"A\nB\nA\nB\nC", "identiques : A, B."),
    ],
)
def test_a_file_that_cannot_be_used_says_why(raw, said):
    with pytest.raises(WrongCodes) as refusal:
        codes_in(raw)

    assert said in refusal.value.message


def test_codes_fix_the_quantity_once(db):
    stock = StockFactory(undated=True, offer__digital=True, booking_limit_at=None, quantity=None)
    codes = codes_in("\ufeffAAA-1\r\nAAA-2\r\n\r\n".encode())

    set_activation_codes(offer=stock.offer, codes=codes, by=SYSTEM)

    stock.refresh_from_db()
    assert (codes, stock.quantity, stock.has_codes) == (["AAA-1", "AAA-2"], 2, True)
    with pytest.raises(WrongCodes):
        set_activation_codes(offer=stock.offer, codes=["B"], by=SYSTEM)
    with pytest.raises(InvalidStock) as refusal:
        set_good_stock(offer=stock.offer, price_cents=500, quantity=3, by=SYSTEM)
    assert refusal.value.field == "quantity"
    set_good_stock(offer=stock.offer, price_cents=500, quantity=2, by=SYSTEM)


def test_codes_expire_a_week_after_the_last_booking(db):
    limit = clock.now() + timedelta(days=10)
    stock = StockFactory(undated=True, offer__digital=True, booking_limit_at=limit)

    with pytest.raises(InvalidStock):
        set_activation_codes(
            offer=stock.offer, codes=["A"], by=SYSTEM, expires_at=limit + timedelta(days=6)
        )
    set_activation_codes(
        offer=stock.offer, codes=["A"], by=SYSTEM, expires_at=limit + timedelta(days=7)
    )
    with pytest.raises(InvalidStock):
        set_good_stock(
            offer=stock.offer,
            price_cents=500,
            quantity=1,
            by=SYSTEM,
            booking_limit_at=limit + timedelta(days=1),
        )


def test_only_a_digital_good_has_codes(db):
    with pytest.raises(WrongCodes):
        set_activation_codes(offer=OfferFactory(book=True), codes=["A"], by=SYSTEM)
