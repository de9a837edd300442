"""Filters of the list of bookings, in SQL (§7.1)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from bookings.querysets import BookingQuerySet
from offers.search import normalise
from passpro.kernel import clock
from venues.models import Offerer, Venue

PERIOD_KINDS = [
    ("reservation", "Réservation"),
    ("validation", "Validation"),
    ("remboursement", "Remboursement"),
]
_PERIOD_FIELDS = {
    "reservation": "booked_at",
    "validation": "used_at",
    "remboursement": "reimbursed_at",
}
SEARCH_KINDS = [
    ("beneficiaire", "Bénéficiaire"),
    ("offre", "Offre"),
    ("ean", "EAN-13"),
    ("contremarque", "Contremarque"),
]
# LST-11; the values are those of `with_shown_status`.
SHOWN_STATUSES = [
    ("CONFIRMED", "Réservées"),
    ("CONFIRMED_FINAL", "Confirmées"),
    ("USED", "Validées"),
    ("REIMBURSED", "Remboursées"),
    ("CANCELLED", "Annulées"),
]


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Days are Paris days, both bounds included."""

    venue: Venue | None = None
    offerer: Offerer | None = None
    event_day: date | None = None
    period_kind: str = "reservation"
    start: date | None = None
    end: date | None = None
    status: str = ""
    search_kind: str = "beneficiaire"
    text: str = ""
    offer_id: int | None = None

    def apply(self, bookings: BookingQuerySet) -> BookingQuerySet:
        """Everything but the status, so that the chips can count each of them."""
        if self.venue:
            bookings = bookings.filter(venue=self.venue)
        if self.offerer:
            bookings = bookings.filter(offerer=self.offerer)
        if self.offer_id:
            bookings = bookings.filter(offer=self.offer_id)
        if self.event_day:
            bookings = bookings.filter(
                stock__beginning_at__gte=clock.paris_midnight(self.event_day),
                stock__beginning_at__lt=clock.paris_midnight(self.event_day + timedelta(days=1)),
            )
        field = _PERIOD_FIELDS[self.period_kind]
        if self.start:
            bookings = bookings.filter(**{f"{field}__gte": clock.paris_midnight(self.start)})
        if self.end:
            after = clock.paris_midnight(self.end + timedelta(days=1))
            bookings = bookings.filter(**{f"{field}__lt": after})
        return bookings.filter(self._matching()) if self.text else bookings

    def _matching(self) -> Q:
        """LST-12: contains, ignoring case (and accents for the offer)."""
        if self.search_kind == "offre":
            return Q(offer__search_text__contains=normalise(self.text))
        if self.search_kind == "ean":
            return Q(offer__extra_data__ean__startswith=self.text)
        if self.search_kind == "contremarque":
            return Q(countermark__startswith=self.text.upper())
        found = Q(beneficiary__email__icontains=self.text)
        names = Q()
        for word in self.text.split():
            names &= Q(beneficiary__last_name__icontains=word) | Q(
                beneficiary__first_name__icontains=word
            )
        return found | names
