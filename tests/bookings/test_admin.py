"""The team finds a booking by its code in any case, and grants a credit through the service."""

from datetime import timedelta

import pytest

from bookings.models import Booking, Deposit
from passpro.kernel import clock
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_booking_is_found_by_its_countermark_in_small_letters(cast):
    page = cast.client("staff").get(
        "/admin/bookings/booking/", {"q": cast.booking.countermark.lower()}
    )

    assert cast.booking.countermark in page.text


def test_a_booking_shows_its_history_and_cannot_be_edited(cast):
    client = cast.client("staff")

    page = client.get(f"/admin/bookings/booking/{cast.booking.pk}/change/")
    client.post(f"/admin/bookings/booking/{cast.booking.pk}/change/", {"countermark": "AAAAAA"})

    assert page.status_code == 200
    assert Booking.objects.get(pk=cast.booking.pk).countermark == cast.booking.countermark


def test_granting_a_credit_follows_the_age(cast):
    today = clock.today()
    young = UserFactory(beneficiary=True, date_of_birth=today - timedelta(days=18 * 366))

    cast.client("staff").post("/admin/bookings/deposit/add/", {"user": young.pk})

    assert Deposit.objects.get(user=young).amount_cents == 300_00


def test_a_second_credit_is_refused_in_words(cast):
    answer = cast.client("staff").post(
        "/admin/bookings/deposit/add/", {"user": cast.chloe.pk}, follow=True
    )

    assert Deposit.objects.filter(user=cast.chloe).count() == 1
    assert "crédit" in answer.text


def test_only_a_young_person_gets_a_credit(cast):
    answer = cast.client("staff").post("/admin/bookings/deposit/add/", {"user": cast.bob.pk})

    assert "n’a pas de compte bénéficiaire" in answer.text
    assert not Deposit.objects.filter(user=cast.bob).exists()
