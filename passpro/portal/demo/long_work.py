"""Work on many at once in the demo: an agenda, a file of goods, dates by a rule, a bulk action."""

from datetime import time, timedelta

from offers.enums import BulkVerb, ImportKind, Rhythm
from offers.models import Offer
from offers.recurrence import Quota, Series
from offers.services.bulk import ask_bulk
from offers.services.feeds import run_feed
from offers.services.imports import (
    AgendaChoice,
    import_agenda,
    import_goods,
    read_agenda,
    read_goods,
)
from offers.services.series import add_series
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.registers import agendas_sandbox
from venues.models import Offerer, Provider, Venue
from venues.services.synchronisations import authorise_provider

# One line too short, one price that is none: what the report of an import looks like.
_GOODS = """ean;prix;quantite;titre;auteur
9782070000203;18,50;6;La Digue aux oiseaux;Nolwenn Prigent
9782070000210;9,90;20;Petit atlas des brumes;Yann Le Bris
978207000022;12,00;3;Un titre au code trop court;Anonyme
9782070000234;gratis;3;Un prix en toutes lettres;Anonyme
"""


def import_offers(theatre: Offerer, shop: Offerer, alice: User, bob: User) -> None:
    """An agenda of which two events were taken, and a file of books with its report."""
    by = Actor.user(alice)
    run = read_agenda(
        venue=_venue(theatre),
        kind=ImportKind.OPENAGENDA,
        source=agendas_sandbox.FULL,
        text=agendas_sandbox.calendar(agendas_sandbox.FULL),
        by=by,
    )
    choice = AgendaChoice(
        keys=frozenset(event["key"] for event in run.found[:2]),
        subcategory_id="VISITE_GUIDEE",
        price_cents=5_00,
        places=30,
    )
    import_agenda(run=run, choice=choice, by=by)
    books = read_goods(
        venue=_venue(shop), source="rentree.csv", content=_GOODS.encode(), by=Actor.user(bob)
    )
    import_goods(run=books, subcategory_id="LIVRE_PAPIER", by=Actor.user(bob))


def read_stocks(shop: Offerer, bob: User) -> None:
    """The bookshop's till publishes its stocks: read once, a few lines refused (PRV-10)."""
    link = authorise_provider(
        venue_id=shop.venues.get(siret__isnull=False).pk,
        provider_id=Provider.objects.get(name="Page et Plume").pk,
        contact_email=bob.email,
        by=Actor.user(bob),
    )
    run_feed(link_id=link.pk)


def repeat_dates(alice: User) -> None:
    """A workshop each Wednesday and Saturday of two months."""
    offer = Offer.objects.get(title="Atelier gravure : l’encre et la mer")
    first = clock.today() + timedelta(days=20)
    series = Series(
        rhythm=Rhythm.WEEKLY,
        first=first,
        last=first + timedelta(days=60),
        weekdays=(2, 5),
        hours=(time(10), time(15, 30)),
        quotas=(Quota(offer.price_categories.get().pk, 12),),
    )
    add_series(offer=offer, series=series, by=Actor.user(alice))


def pause_again(bob: User) -> None:
    """Asked for by somebody who had already paused these offers."""
    ids = list(
        Offer.objects.filter(venue__offerer__memberships__user=bob)
        .filter(is_active=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if ids:
        ask_bulk(user=bob, verb=BulkVerb.PAUSE, offer_ids=ids, is_everything=False)


def _venue(offerer: Offerer) -> Venue:
    return offerer.venues.filter(is_virtual=False).order_by("pk")[0]
