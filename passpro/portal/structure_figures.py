"""What a structure is, in figures, on its page of the admin (§14.2)."""

from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum

from bookings.enums import BookingStatus
from bookings.models import Booking
from collective.enums import BookingStatus as SchoolStatus
from collective.models import CollectiveBooking, CollectiveOffer
from offers.enums import OfferValidation
from offers.models import Offer
from passpro.kernel.money import euros
from venues.models import Offerer

# Beyond, the page answers quickly rather than exactly.
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Count:
    """Offers shown and not shown; `is_cut` when there are more than are counted."""

    active: int
    inactive: int
    is_cut: bool

    def __str__(self) -> str:
        if self.is_cut:
            return f"plus de {MOST_COUNTED}"
        return f"{self.active} en ligne, {self.inactive} hors ligne"


def offers_of(offerer: Offerer) -> Count:
    """Individual offers, drafts left out."""
    return _count(Offer.objects.filter(venue__offerer=offerer))


def school_offers_of(offerer: Offerer) -> Count:
    return _count(CollectiveOffer.objects.filter(venue__offerer=offerer, archived_at__isnull=True))


def _count(offers: QuerySet) -> Count:
    found = offers.exclude(validation=OfferValidation.DRAFT).order_by()
    states = list(found.values_list("validation", "is_active")[: MOST_COUNTED + 1])
    active = sum(1 for state, is_on in states if is_on and state == OfferValidation.APPROVED)
    return Count(active, len(states) - active, is_cut=len(states) > MOST_COUNTED)


def income_of(offerer: Offerer) -> str:
    """« 1 250,00 € du grand public, 400,00 € des écoles »: what was validated, ever."""
    done = Booking.objects.filter(
        offerer=offerer, status__in=[BookingStatus.USED, BookingStatus.REIMBURSED]
    )
    public = done.aggregate(total=Sum(F("amount_cents") * F("quantity")))["total"] or 0
    schools = CollectiveBooking.objects.filter(
        venue__offerer=offerer, status__in=[SchoolStatus.USED, SchoolStatus.REIMBURSED]
    )
    booked = schools.aggregate(total=Sum("stock__price_cents"))["total"] or 0
    return f"{euros(public)} du grand public, {euros(booked)} des écoles"
