"""The team finds a booking by its code in any case, and grants a credit through the service."""

from datetime import timedelta

import pytest

from bookings.models import Booking, Deposit, LocalProgramme
from passpro.kernel import clock
from passpro.kernel.templatetags.ui import french_date
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
    beginning = cast.booking.stock.beginning_at
    assert french_date(beginning, cast.booking.time_zone) in page.text
    assert "+00:00" not in page.text
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


def test_a_local_credit_from_its_programme_to_its_withdrawal(cast):
    agent, today = cast.client("staff"), clock.today()
    written = {
        "label": "100 € de la Région",
        "authority": "Région Bretagne",
        "amount": "100",
        "starts_on": today.strftime("%d/%m/%Y"),
        "ends_on": (today + timedelta(days=90)).strftime("%d/%m/%Y"),
        "department_codes": "29, 35",
        "category_ids": "",
    }
    pages = "/admin/bookings/localprogramme"

    wrong = agent.post(f"{pages}/add/", written | {"department_codes": "29, 99"})
    agent.post(f"{pages}/add/", written)

    assert "Département inconnu : 99" in wrong.text
    programme = LocalProgramme.objects.get()
    assert (programme.amount_cents, programme.department_codes) == (100_00, ["29", "35"])
    report = agent.post(
        f"{pages}/{programme.pk}/accorder/",
        {"addresses": f"{cast.chloe.email}\ninconnue@example.org"},
        follow=True,
    )
    assert "Crédits accordés : 1." in report.text
    assert "inconnue@example.org : Aucun compte" in report.text
    credit = cast.chloe.local_credits.get()
    shown = cast.client("beneficiary").get("/app/credit")
    assert "100 € de la Région" in shown.text
    page = f"/admin/bookings/localcredit/{credit.pk}"
    assert "Accordé" in agent.get(f"{page}/change/").text
    agent.post(f"{page}/retirer/", {"reason": "Doublon"})
    credit.refresh_from_db()
    assert credit.withdrawn_at is not None
