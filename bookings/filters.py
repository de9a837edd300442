"""Filters of the list of bookings, in SQL (§7.1)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from bookings.querysets import BookingQuerySet
from offers.models import Offer
from offers.search import normalise
from passpro.accounts.models import User
from passpro.kernel import clock, text_search
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


# Up to _FEW people, their bookings are found, then put in order; up to _MANY, the latest bookings
# are read one by one and looked up among them.
_FEW, _MANY = 500, 5_000


@dataclass(frozen=True)
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
    # Numbers of the structures of the person who looks.
    structures: tuple[int, ...] = ()

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
        """LST-12, ignoring case and accents, through indexes."""
        if self.search_kind == "offre":
            return Q(offer__in=self._offers())
        if self.search_kind == "ean":
            return Q(offer__extra_data__ean__startswith=self.text)
        if self.search_kind == "contremarque":
            return Q(countermark__startswith=self.text.upper())
        # Beginnings of names in any order, or of the address; read first, they are few.
        people = self._found_people
        return Q(beneficiary__in=people if len(people) <= _MANY else self._people())

    def _offers(self) -> list[int] | QuerySet:
        """Those of the person's structures, read first unless they are many."""
        found = Offer.objects.filter(
            venue__offerer__in=self.structures, search_text__contains=normalise(self.text)
        )
        ids = list(found.order_by().values_list("pk", flat=True)[: _FEW + 1])
        return ids if len(ids) <= _FEW else found.order_by().values("pk")

    @property
    def finds_few(self) -> bool:
        """A text that few people or one code answer to: better found first, then put in order."""
        if not self.text or self.search_kind in {"offre", "ean"}:
            return False
        return self.search_kind == "contremarque" or len(self._found_people) <= _FEW

    @cached_property
    def _found_people(self) -> list[int]:
        return [row["pk"] for row in self._people()[: _MANY + 1]]

    def _people(self) -> QuerySet:
        people = User.objects.order_by()
        named = text_search.with_names(people, self.text, "first_name", "last_name")
        addressed = people.filter(email__startswith=self.text.lower())
        return named.values("pk").union(addressed.values("pk"))
