"""Offers put forward by a territory on the beneficiary home page (STR-005)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from offers.models import SelectedOffer, Selection
from offers.services.selections import rails_for
from passpro.kernel import clock
from passpro.kernel.models import ActionLog
from tests.accounts.factories import UserFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db
PAGES = "/admin/offers/selection/"


def selection(*offers, title="Temps forts", departments=(), start=-1, end=7, **facts):
    today = clock.today()
    made = Selection.objects.create(
        title=title,
        department_codes=list(departments),
        starts_on=today + timedelta(days=start),
        ends_on=today + timedelta(days=end),
        **facts,
    )
    for rank, offer in enumerate(offers, 1):
        SelectedOffer.objects.create(selection=made, offer=offer, rank=rank)
    return made


def offer(title="Le Lac des cygnes", **facts):
    return StockFactory(offer__title=title, **facts).offer


def titles(department_code=""):
    found = rails_for(department_code=department_code, now=clock.now())
    return [rail.selection.title for rail in found]


def test_a_rail_shows_bookable_offers_in_the_order_of_the_team():
    first, second = offer("A"), offer("B")
    hidden = offer("Complet", quantity=1, booked_quantity=1)
    selection(second, hidden, first)

    (rail,) = rails_for(department_code="29", now=clock.now())

    assert [one.title for one in rail.offers] == ["B", "A"]


def test_territory_and_period_decide_who_sees_it():
    one = offer()
    selection(one, title="Bretagne", departments=["22", "29"])
    selection(one, title="France")
    selection(one, title="Passée", start=-9, end=-1)
    selection(one, title="À venir", start=1)
    selection(one, title="Dernier jour", start=-3, end=0)

    assert titles("29") == ["Bretagne", "France", "Dernier jour"]
    assert titles("93") == ["France", "Dernier jour"]
    assert titles("") == ["France", "Dernier jour"]


def test_at_most_three_rails_and_none_without_a_bookable_offer():
    selection(offer("x", quantity=1, booked_quantity=1), title="Épuisée")
    for number in range(5):
        selection(offer(), title=f"S{number}")

    assert len(titles()) == 3
    assert "Épuisée" not in titles()


def test_the_home_page_of_a_young_person_opens_with_the_rail(cast):
    made = selection(cast.offer, title="Sélection d’été", promoter="Ville de Brest")
    chloe = cast.client("beneficiary")

    home = chloe.get("/app/").text
    page = chloe.get(f"/app/selection/{made.pk}").text

    assert "Sélection d’été, par Ville de Brest" in home
    assert f'href="/app/selection/{made.pk}"' in home
    assert cast.offer.title in page
    assert "Ville de Brest" in page


def test_a_selection_that_ended_is_not_found(cast):
    made = selection(cast.offer, start=-9, end=-1)

    assert cast.client("beneficiary").get(f"/app/selection/{made.pk}").status_code == 404


def test_the_database_refuses_an_end_before_the_start_and_an_offer_twice():
    one = offer()
    with pytest.raises(IntegrityError), transaction.atomic():
        selection(start=3, end=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        selection(one, one)


def agent(client, group):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    return user


def typed(*offers, **facts):
    today = clock.today()
    data = {
        "title": "Temps forts", "promoter": "Région Bretagne", "department_codes": "29, 2a",
        "starts_on": today.strftime("%d/%m/%Y"),
        "ends_on": (today + timedelta(days=30)).strftime("%d/%m/%Y"),
        "lines-TOTAL_FORMS": len(offers), "lines-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, one in enumerate(offers):
        data |= {f"lines-{number}-rank": number + 1, f"lines-{number}-offer": one.pk}
    return data | facts


def test_a_territorial_agent_composes_a_selection(client):
    one = offer()
    agent(client, "Développement territorial")

    wrong = client.post(f"{PAGES}add/", typed(one, department_codes="29, 99"))
    assert "Département inconnu : 99" in wrong.text
    client.post(f"{PAGES}add/", typed(one))

    made = Selection.objects.get()
    assert made.department_codes == ["29", "2A"]
    assert [line.offer for line in made.lines.all()] == [one]
    row = ActionLog.objects.get()
    assert (row.kind, row.changes) == ("CREATED", {"offres": ["–", one.title]})
    assert client.get(f"/admin/autocomplete/?app_label=offers&model_name=selectedoffer"
                      f"&field_name=offer&term={one.title}").status_code == 200  # fmt: skip
    assert client.post(f"{PAGES}{made.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_dates_are_checked_with_a_sentence(client):
    agent(client, "Développement territorial")

    page = client.post(f"{PAGES}add/", typed(ends_on="01/01/2020"))

    assert "La fin ne peut pas précéder le début" in page.text
    assert not Selection.objects.exists()


def test_others_read_or_see_nothing(client):
    agent(client, "Lecture seule")
    assert client.get(PAGES).status_code == 200
    assert client.get(f"{PAGES}add/").status_code == 403
    agent(client, "Support N1")
    assert client.get(PAGES).status_code == 403
