"""The doors of the desk without network: what leaves for the device, what comes back."""

import json
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from bookings.models import Booking, OfflineAction
from bookings.views.offline import FILES
from passpro.kernel import clock
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


def at(cast, beginning_at, **facts):
    return BookingFactory(
        stock=StockFactory(offer__venue=cast.venue, beginning_at=beginning_at), **facts
    )


def sent(client, *actions):
    return client.post(
        "/guichet/hors-ligne/envoi",
        json.dumps({"actions": list(actions)}),
        content_type="application/json",
    )


def test_the_device_takes_the_people_of_today_and_no_e_mail(cast):
    noon = clock.paris_midnight(clock.today()) + timedelta(hours=12)
    awaited = at(cast, noon)
    at(cast, noon + timedelta(days=1))
    cancelled = at(cast, noon, cancelled=True)
    BookingFactory(stock=StockFactory(beginning_at=noon))

    answer = cast.client("member").get("/guichet/hors-ligne/jour")

    guests = {guest["code"]: guest for guest in answer.json()["guests"]}
    assert set(guests) == {awaited.countermark, cancelled.countermark}
    assert guests[awaited.countermark]["name"] == awaited.beneficiary.get_full_name()
    assert guests[cancelled.countermark]["state"] == "CANCELLED"
    assert "@" not in json.dumps(answer.json()["guests"])
    assert "no-store" in answer["Cache-Control"]


def test_the_key_is_that_of_the_session(cast):
    client, other = cast.client("member"), cast.client("member")
    keys = [one.get("/guichet/hors-ligne/jour").json()["key"] for one in (client, client, other)]

    assert keys[0] == keys[1] != keys[2]


def test_what_waits_has_the_key_of_the_person_at_every_session(cast):
    clients = [cast.client("member"), cast.client("member"), cast.client("outsider")]
    told = [one.get("/guichet/hors-ligne/jour").json() for one in clients]
    keys = [one["queue_key"] for one in told]

    assert keys[0] == keys[1] != keys[2]
    assert keys[0] != told[0]["key"]


def test_signing_out_empties_the_device(cast):
    client = cast.client("member")

    assert client.post("/deconnexion")["Clear-Site-Data"] == '"storage"'


def test_what_comes_back_is_answered_line_by_line_and_shown_until_seen(cast):
    client = cast.client("member")
    booking = BookingFactory(stock=StockFactory(offer__venue=cast.venue))
    now = clock.now().isoformat()
    good = {"id": str(uuid4()), "action": "valider", "code": booking.countermark, "at": now}
    bad = {**good, "id": str(uuid4()), "code": "ZZZZZZ"}

    results = sent(client, good, bad).json()["results"]

    assert results[0] == {"id": good["id"], "refusal": "", "seen": False}
    assert results[1]["refusal"] == "Cette contremarque n’a pas été trouvée."
    assert Booking.objects.get(pk=booking.pk).status == "USED"
    desk = client.get("/guichet").text
    assert "Refusées au retour du réseau" in desk
    assert "ZZZZZZ" in desk
    assert (
        "ZZZZZZ" not in client.post("/guichet/hors-ligne/vu", {"ids": bad["id"]}, follow=True).text
    )


@pytest.mark.parametrize("change", [{"id": "1"}, {"action": "voler"}, {"at": "hier"}, {"code": ""}])
def test_an_unreadable_envelope_changes_nothing(cast, change):
    client = cast.client("member")
    good = {"id": str(uuid4()), "action": "valider", "code": "K7M2QX", "at": "2026-11-22T20:00:00Z"}

    assert sent(client, good, {**good, **change}).status_code == 400
    assert not OfflineAction.objects.exists()


def test_the_worker_keeps_files_that_exist_and_may_serve_the_desk(client):
    answer = client.get("/guichet/sw.js")

    assert answer["Service-Worker-Allowed"] == "/guichet"
    assert answer["Content-Type"].startswith("text/javascript")
    kept = json.loads(re.search(r"KEPT = (\{.*\});", answer.text)[1])
    assert kept["page"] == "/guichet/hors-ligne"
    page = client.get(kept["page"]).text
    named = set(re.findall(r'(?:src|href)="(/static/[^"#]+)"', page))
    assert named <= set(kept["files"])
    for name in FILES:
        if not name.startswith("vendor/"):
            assert (Path(settings.BASE_DIR) / "static" / name).is_file()
    assert client.get("/guichet/application.webmanifest").json()["scope"] == "/guichet"
