"""Digital bookings made with a code of activation: one to use, one long put away (BKG-91, 92)."""

from contextlib import suppress
from datetime import datetime, timedelta

from bookings.services.archive import archive_ended
from bookings.services.book import book_offer
from offers.services.activation_codes import set_activation_codes
from offers.services.details import OfferDetails
from offers.services.draft import draft_offer
from offers.services.publish import publish_offer
from offers.services.stocks import set_good_stock
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.portal.demo.people import DOMAIN
from venues.models import Offerer

CODES = [f"LIRE-{number:04}-2K" for number in range(20)]
DAYS_AGO = (41, 3)


def give_codes(shop: Offerer, owner: User, young: list[User], now: datetime) -> None:
    """The first person also sees it among what is over, once the nightly job has passed."""
    by = Actor.user(owner)
    with clock.at(now - timedelta(days=45)):
        offer = draft_offer(
            offerer=shop,
            venue=None,
            details=OfferDetails(
                title="Un mois de lecture sans fin",
                subcategory_id="ABO_LIVRE_NUMERIQUE",
                description="Trente jours de romans et de bandes dessinées, sur tous les écrans.",
                url="https://lire.page29.example/activer",
                notification_email=f"commandes@{DOMAIN}",
                visual_accessible=True,
                mental_accessible=True,
                motor_accessible=True,
                audio_accessible=True,
            ),
            by=by,
        )
        set_good_stock(offer=offer, price_cents=7_90, quantity=0, by=by)
        stock = set_activation_codes(offer=offer, codes=CODES, by=by)
        publish_offer(offer=offer, by=by)
    # Whoever has spent its credit does without.
    people = iter(young)
    for days in DAYS_AGO:
        for person in people:
            with clock.at(now - timedelta(days=days)), suppress(DomainError):
                book_offer(beneficiary=person, stock_id=stock.pk, quantity=1, by=Actor.user(person))
                break
    archive_ended(now=now)
