"""Actions on many offers: only those concerned change, whoever asks sees only their own."""

from datetime import timedelta

import pytest

from offers.enums import BulkVerb
from offers.exceptions import NothingToDo
from offers.models import BulkAction, Offer, OfferTransition
from offers.services.bulk import ask_bulk, concerned, run_bulk, tend_bulk
from passpro.kernel import clock
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import ProviderFactory

pytestmark = pytest.mark.django_db


def ask(cast, verb, *offers, **facts):
    facts = {"is_everything": False, "offer_ids": [offer.pk for offer in offers]} | facts
    action = ask_bulk(user=cast.alice, verb=verb, **facts)
    assert run_bulk(action_id=action.pk)
    action.refresh_from_db()
    return action


def test_a_pause_touches_published_offers_of_the_person_only(cast):
    mine = OfferFactory(venue=cast.venue)
    draft = OfferFactory(venue=cast.venue, draft=True)
    foreign = OfferFactory(venue=cast.other_venue)

    action = ask(cast, BulkVerb.PAUSE, mine, draft, foreign)

    assert (action.state, action.total, action.changed, action.skipped) == ("DONE", 2, 1, 1)
    assert set(Offer.objects.filter(is_active=True)) >= {foreign}
    assert not Offer.objects.get(pk=mine.pk).is_active
    assert OfferTransition.objects.get(offer=mine).actor_id == cast.alice.pk
    # Played again by another worker, nothing happens.
    assert not run_bulk(action_id=action.pk)


def test_everything_that_the_filters_show_is_deleted_when_it_is_a_draft(cast):
    drafts = [OfferFactory(venue=cast.venue, draft=True, title=f"Atelier {n}") for n in range(3)]
    StockFactory(offer=drafts[0])
    published = OfferFactory(venue=cast.venue, title="Atelier publié")
    other = OfferFactory(venue=cast.venue, draft=True, title="Concert")

    action = ask(cast, BulkVerb.DELETE, query="nom=Atelier", is_everything=True, offer_ids=[])

    assert (action.changed, action.skipped) == (3, 1)
    kept = set(Offer.objects.filter(venue=cast.venue))
    assert {published, other} <= kept
    assert not kept & set(drafts)


def test_a_softwares_offer_resumes_only_while_it_may_act(cast):
    paused = {"venue": cast.venue, "is_active": False}
    OfferFactory(provider=ProviderFactory(), provider_key="A1", **paused)
    by_hand = OfferFactory(**paused)
    assert list(concerned(BulkVerb.RESUME, Offer.objects.filter(is_active=False))) == [by_hand]


def test_nothing_chosen_is_refused_and_what_is_lost_is_given_again(cast):
    with pytest.raises(NothingToDo):
        ask_bulk(user=cast.alice, verb=BulkVerb.PAUSE, offer_ids=[], is_everything=False)
    long_ago = clock.now() - timedelta(hours=1)
    BulkAction.objects.create(user=cast.alice, verb="PAUSE", total=1, created_at=long_ago)
    assert tend_bulk(now=clock.now()) == {"given_again": 1}


def test_the_list_asks_confirms_and_shows_the_progress(cast, settings):
    alice, offer = cast.client("member"), OfferFactory(venue=cast.venue, title="À mettre en pause")
    assert f'value="{offer.pk}" form="actions"' in alice.get("/offres").text

    typed = {"verb": "PAUSE", "offre": [offer.pk]}
    asked = alice.post("/offres/actions?nom=pause", typed)
    assert "1 offre" in asked.text
    assert Offer.objects.get(pk=offer.pk).is_active

    going = alice.post("/offres/actions?nom=pause", typed | {"confirm": "1"}, follow=True)
    assert "0 sur 1" in going.text or "C’est fait" in going.text
    run_bulk(action_id=BulkAction.objects.get().pk)
    done = alice.get(going.redirect_chain[-1][0], headers={"HX-Request": "true"})
    assert "1 offre mise en pause" in done.text.replace("\u00a0", " ")
