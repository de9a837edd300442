"""« À venir », and two clicks between a line of the bank statement and its bookings."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from finance.models import Invoice
from finance.services.price_events import collect_and_price
from passpro.kernel import clock
from tests.finance.factories import used_booking
from tests.finance.world import DAY, NOW, World, fortnight, pay
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PLACE = "/remboursements"


@pytest.fixture
def world() -> World:
    return fortnight()


@pytest.fixture
def pro(client: Any, world: World) -> Any:
    client.force_login(MembershipFactory(offerer=world.bookings[0].offerer).user)
    return client


def test_what_is_validated_waits_with_its_estimate_then_leaves(pro: Any, world: World) -> None:
    with clock.at(NOW):
        collect_and_price(now=NOW)
        page = pro.get(f"{PLACE}/a-venir").text
        for text in ("19\u202f990,00", "77,43", "Prochain virement", world.bookings[1].countermark):
            assert text in page
        assert world.bookings[3].countermark not in page
        pay()
        assert "Rien à recevoir" in pro.get(f"{PLACE}/a-venir").text


def test_from_the_statement_to_its_bookings_and_back(pro: Any, world: World) -> None:
    with clock.at(NOW):
        pay()
        mine, other = Invoice.objects.order_by("pk")
        listing = pro.get(f"{PLACE}/justificatifs").text
        assert f"{PLACE}/justificatifs/{mine.pk}" in listing
        lines = pro.get(f"{PLACE}/justificatifs/{mine.pk}")
        assert all(booking.countermark in lines.text for booking in world.bookings[:3])
        assert pro.get(f"{PLACE}/justificatifs/{other.pk}").status_code == 404

        booking = world.bookings[1]
        back = pro.get(f"{PLACE}/reservations/{booking.pk}")
        assert back["Location"].startswith(f"{PLACE}/justificatifs/{mine.pk}?page=1#l")
        assert pro.get(f"{PLACE}/reservations/{world.bookings[3].pk}").status_code == 404

        later = used_booking(venue=booking.venue, used_at=DAY + timedelta(days=2), cents=5_00)
        collect_and_price(now=NOW)
        assert pro.get(f"{PLACE}/reservations/{later.pk}")["Location"] == f"{PLACE}/a-venir"


def test_several_documents_in_one_file(pro: Any) -> None:
    pay()
    mine, other = Invoice.objects.order_by("pk")

    answer = pro.get(f"{PLACE}/justificatifs/zip", {"id": [mine.pk, other.pk, "x"]})

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert [name.split("-")[1] for name in archive.namelist()] == [mine.reference]
    assert archive.read(archive.namelist()[0]).startswith(b"%PDF")
    none = pro.get(f"{PLACE}/justificatifs/zip", follow=True)
    assert "Cochez de 1 à 75" in none.text
