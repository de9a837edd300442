"""Who helps the demo's cultural staff, and two accounts that are closed."""

from datetime import datetime, timedelta
from uuid import uuid4

from bookings.enums import OfflineKind
from bookings.models import Booking
from bookings.services.offline import Wish, receive
from offers.models import Offer
from passpro.accounts.models import User
from passpro.accounts.services.leaving import leave_for
from passpro.accounts.services.suspension import suspend
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.portal.demo import people
from passpro.portal.models import AreaContact, PageView, Webinar

BRITTANY = ["22", "29", "35", "56"]
THURSDAY = 3


def create_help(now: datetime) -> None:
    """A contact of Brittany, one of Corsica, and a meeting every second Thursday (STR-052)."""
    AreaContact.objects.create(
        name="Équipe Bretagne",
        role="Développement territorial",
        email=f"bretagne@{people.DOMAIN}",
        phone="02 98 00 00 00",
        departments=BRITTANY,
    )
    AreaContact.objects.create(
        name="Équipe Corse", email=f"corse@{people.DOMAIN}", departments=["2A", "2B"]
    )
    today = clock.paris_day(now)
    thursday = today - timedelta(days=(today.weekday() - THURSDAY) % 7 + 28)
    Webinar.objects.create(
        title="Prendre en main votre espace",
        first_at=clock.paris_midnight(thursday) + timedelta(hours=14),
        every_weeks=2,
        url="https://webinaires.passpro.example/prise-en-main",
    )


def cut_network(owner: User, now: datetime) -> None:
    """Yesterday evening the door had no network: a code given twice was refused afterwards."""
    evening = clock.paris_midnight(clock.paris_day(now)) - timedelta(hours=3)
    used = Booking.objects.of_structures(owner).filter(used_at__lt=evening)
    booking = used.order_by("-used_at", "-pk").first()
    if booking is None:
        return
    wish = Wish(uuid4(), OfflineKind.VALIDATE, booking.countermark, evening)
    with clock.at(evening + timedelta(hours=1)):
        receive(user=owner, wishes=[wish])


def close_accounts(agent: User, leaving: User, now: datetime) -> None:
    """A professional suspended last week, and a young person who asked to leave yesterday."""
    with clock.at(now - timedelta(days=30)):
        gone = User.objects.create_user(
            f"denis@{people.DOMAIN}",
            people.PASSWORD,
            first_name="Denis",
            last_name="Floc’h",
            email_verified_at=clock.now(),
            created_at=clock.now(),
        )
    with clock.at(now - timedelta(days=7)):
        suspend(
            user_id=gone.pk,
            reason="END_OF_CONTRACT",
            comment="A quitté la structure",
            by=Actor.user(agent),
        )
    with clock.at(now - timedelta(days=1)):
        leave_for(user_id=leaving.pk, by=Actor.user(leaving))


def count_views(now: datetime) -> None:
    """Three months of views, more at week-ends and more for what was published first."""
    today = clock.paris_day(now)
    days = [today - timedelta(days=back) for back in range(90)]
    offers = Offer.objects.filter(validation="APPROVED").order_by("pk")[:40]
    PageView.objects.bulk_create(
        PageView(
            venue_id=offer.venue_id,
            offer=offer,
            day=day,
            views=1 + (day.toordinal() * 7 + offer.pk * 3) % 11 + 6 * (day.weekday() >= 5),
        )
        for offer in offers
        for day in days
    )
