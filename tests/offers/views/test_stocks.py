"""Dates that were published: change, close, delete; what is booked is protected."""

import pytest

from passpro.kernel import clock
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast):
    return cast.client("member")


def test_fewer_places_than_booked_is_refused_and_kept(cast, alice):
    page = alice.get(f"/offre/{cast.offer.pk}/dates/{cast.stock.pk}")
    typed = {name: field.value() for name, field in _fields(page)} | {"quantity": "0"}

    answer = alice.post(f"/offre/{cast.offer.pk}/dates/{cast.stock.pk}", typed)

    assert answer.status_code == 400
    assert 'value="0"' in answer.text
    cast.stock.refresh_from_db()
    assert cast.stock.quantity == 10


def _fields(page):
    form = page.context["form"]
    values = [(name, form[name]) for name in form.fields if name != "limit"]
    return [(name, field) for name, field in values if field.value() is not None]


def test_a_booked_date_is_not_deleted(cast, alice):
    answer = alice.post(f"/offre/{cast.offer.pk}/dates/{cast.stock.pk}/suppression")

    assert answer.status_code in {400, 409}
    cast.stock.refresh_from_db()
    assert cast.stock.deleted_at is None


def test_the_menu_of_a_booked_date_leads_to_what_a_withdrawal_does(cast, alice):
    free = StockFactory(offer=cast.offer, price_cents=1500)

    page = alice.get(f"/offre/{cast.offer.pk}/dates").text

    assert f'href="/offre/date/{cast.stock.pk}/suppression"' in page
    assert f'href="/offre/{cast.offer.pk}/dates/{free.pk}/suppression"' in page


def test_a_date_nobody_booked_is_deleted_after_a_question(cast, alice):
    stock = StockFactory(offer=OfferFactory(venue=cast.venue))
    path = f"/offre/{stock.offer_id}/dates/{stock.pk}/suppression"

    question = alice.get(path)
    done = alice.post(path, follow=True)

    assert question.status_code == 200
    assert "est supprimée" in done.text
    stock.refresh_from_db()
    assert stock.deleted_at
    assert alice.get(path).status_code == 404


def test_closing_keeps_the_bookings(cast, alice):
    done = alice.post(f"/offre/{cast.offer.pk}/dates/{cast.stock.pk}/cloture", follow=True)

    assert "n’est plus réservable" in done.text
    cast.stock.refresh_from_db()
    assert not cast.stock.is_bookable(clock.now())
    assert cast.stock.booked_quantity == 1


def test_a_date_of_another_offer_is_not_found(cast, alice):
    other = StockFactory(offer__venue=cast.other_venue)

    answer = alice.post(f"/offre/{cast.offer.pk}/dates/{other.pk}/suppression")

    assert answer.status_code == 404


def test_pause_and_resume(cast, alice):
    paused = alice.post(f"/offre/{cast.offer.pk}/pause", follow=True)
    assert "est en pause" in paused.text
    resumed = alice.post(f"/offre/{cast.offer.pk}/reprise", follow=True)
    assert "de nouveau publiée" in resumed.text


@pytest.mark.parametrize("verb", ["pause", "reprise"])
def test_a_draft_is_neither_paused_nor_resumed(cast, alice, verb):
    offer = OfferFactory(venue=cast.venue, draft=True)

    answer = alice.post(f"/offre/{offer.pk}/{verb}")

    assert answer.status_code in {400, 409}
    offer.refresh_from_db()
    assert not offer.is_active


def test_only_a_draft_is_deleted(cast, alice):
    draft = OfferFactory(venue=cast.venue, draft=True)

    assert alice.post(f"/offre/{cast.offer.pk}/suppression").status_code in {400, 409}
    done = alice.post(f"/offre/{draft.pk}/suppression", follow=True)

    assert "est supprimé" in done.text
    assert not cast.venue.offers.filter(pk=draft.pk).exists()
