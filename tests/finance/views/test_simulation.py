"""The simulator as a page: for venues, and for the team with the custom rules."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from finance.models import CustomRule
from finance.services.custom_rules import RuleTerms, create_rule
from finance.services.price_events import collect_and_price
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.finance.factories import price_point, used_booking
from tests.finance.test_admin import agent
from venues.models import Venue

URL, RULES = "/remboursements/simulation", "/admin/finance/customrule/"
NOW = datetime.fromisoformat("2026-05-20T09:00+02:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_may() -> Any:
    with clock.at(NOW):
        yield


def typed(cast: Any, **facts: Any) -> dict[str, Any]:
    return {
        "lieu": cast.venue.pk,
        "categorie": "CONCERT",
        "prix": "60",
        "quantite": "1",
        **facts,
    }


def test_the_rate_follows_the_revenue_of_the_year(cast: Any) -> None:
    alice = cast.client("member")
    assert "Combien vais-je toucher" in alice.get(URL).text
    assert "100\u00a0%" in alice.get(URL, typed(cast)).text

    Venue.objects.filter(pk=cast.venue.pk).update(created_at=NOW - timedelta(days=400))
    used_booking(venue=cast.venue, used_at=NOW - timedelta(days=2), cents=19_990_00)
    collect_and_price(now=NOW)
    page = alice.get(URL, typed(cast)).text

    for text in ("57,00", "95\u00a0%", "Barème général", "19\u202f990,00"):
        assert text in page


def test_what_cannot_be_read_is_said_beside_its_field(cast: Any) -> None:
    alice = cast.client("member")

    page = alice.get(URL, typed(cast, prix="douze"))
    assert page.status_code == 400
    assert "avec des chiffres" in page.text
    assert "douze" in page.text
    assert alice.get(URL, typed(cast, lieu=cast.other_venue.pk)).status_code == 400


def test_the_team_simulates_with_the_rules_of_a_venue(cast: Any, client: Any) -> None:
    price_point(cast.venue)
    create_rule(
        terms=RuleTerms(
            first_day=date(2026, 6, 1), offerer_id=cast.offerer.pk, rate=Decimal("0.5")
        ),
        by=SYSTEM,
    )
    agent(client, "Support pro")
    asked = {
        "subcategory": "VOD",
        "price": "12,00",
        "quantity": "1",
        "siret": cast.venue.siret,
        "used_on": "2026-06-02",
    }

    assert "Calculer" in client.get(f"{RULES}simuler/").text
    page = client.get(f"{RULES}simuler/", asked).text
    assert "6,00" in page
    assert "CUSTOM" in page
    assert "Aucun lieu" in client.get(f"{RULES}simuler/", asked | {"siret": "1"}).text


def test_who_may_makes_and_ends_a_rule(cast: Any, client: Any) -> None:
    facts = {
        "siren": cast.offerer.siren,
        "rate": "98,5",
        "subcategories": ["CONCERT"],
        "first_day": "2026-06-01",
        "last_day": "",
        "why": "Convention",
    }
    assert agent(client, "Support pro").post(f"{RULES}creer/", facts).status_code == 403
    agent(client, "Finance")
    wrong = client.post(f"{RULES}creer/", facts | {"siren": "1"})
    early = client.post(f"{RULES}creer/", facts | {"first_day": "2026-05-20"})
    assert "Ni structure ni lieu" in wrong.text
    assert early.status_code == 400
    assert "demain au plus tôt" in early.text

    client.post(f"{RULES}creer/", facts)
    rule = CustomRule.objects.get()
    page = client.get(RULES).text
    assert (rule.rate, rule.subcategories) == (Decimal("0.985"), ["CONCERT"])
    for text in ("98,5\u00a0%", str(cast.offerer)):
        assert text in page
    end = {"last_day": "2026-12-31", "why": "Fin"}
    client.post(f"{RULES}{rule.pk}/fin/", end)
    again = client.post(f"{RULES}{rule.pk}/fin/", end)
    assert "déjà une fin" in again.text
    assert "Convention" in client.get(f"{RULES}{rule.pk}/change/").text
