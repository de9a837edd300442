"""A concert whose places the theatre's own ticketing sells: tickets in the young people's app."""

from contextlib import suppress
from datetime import datetime, time, timedelta

from django.conf import settings

from bookings.services.book import book_offer
from offers.enums import WithdrawalType
from offers.models import Offer
from offers.services.details import OfferDetails
from offers.services.draft import draft_offer
from offers.services.price_categories import PriceRow, set_price_categories
from offers.services.publish import publish_offer
from offers.services.stocks import add_stock
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.portal.demo.people import DOMAIN
from venues.models import Provider, Venue


def sell_by_partner(hall: Venue, owner: User, young: list[User], now: datetime) -> None:
    """Written as the partner writes it; nothing where a real ticketing would be asked."""
    if settings.TICKETING != "sandbox":
        return
    by = Actor.user(owner)
    harmonie = Provider.objects.get(name="Harmonie")
    Provider.objects.filter(pk=harmonie.pk).update(
        booking_url="https://logiciels.example/billets/vente",
        cancel_url="https://logiciels.example/billets/annulation",
    )
    day = (now + timedelta(days=12)).astimezone(clock.PARIS).date()
    with clock.at(now - timedelta(days=5)):
        offer = draft_offer(
            offerer=hall.offerer,
            venue=hall,
            details=OfferDetails(
                title="Nuit des cuivres",
                subcategory_id="CONCERT",
                description="Fanfares et brass bands, places numérotées.",
                extra_data={"musicType": "501", "musicSubType": "503"},
                duration_minutes=120,
                is_duo=True,
                withdrawal_type="no_ticket",
                withdrawal_delay_seconds=None,
                withdrawal_details="",
                booking_contact=f"billetterie@{DOMAIN}",
                notification_email=f"reservations@{DOMAIN}",
                visual_accessible=False,
                mental_accessible=False,
                motor_accessible=True,
                audio_accessible=False,
            ),
            by=by,
        )
        (price,) = set_price_categories(
            offer=offer, rows=[PriceRow(label="Parterre", price_cents=9_00)], by=by, is_duo=True
        )
        stock = add_stock(
            offer=offer,
            price_category=price,
            beginning_at=datetime.combine(day, time(20, 30), tzinfo=clock.PARIS),
            by=by,
            quantity=80,
        )
        publish_offer(offer=offer, by=by)
        Offer.objects.filter(pk=offer.pk).update(
            provider=harmonie, provider_key="HARM-2031", withdrawal_type=WithdrawalType.IN_APP
        )
    for hours, (person, places) in enumerate(zip(young[1:4], (1, 1, 2), strict=False)):
        # Whoever has spent its credit does without.
        with clock.at(now - timedelta(hours=30 - hours)), suppress(DomainError):
            book_offer(
                beneficiary=person, stock_id=stock.pk, quantity=places, by=Actor.user(person)
            )
