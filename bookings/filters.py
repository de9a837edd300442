"""Filters of the list of bookings, in SQL (§7.1)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.utils.functional import cached_property

from bookings.constants import COUNTERMARK_LENGTH
from bookings.enums import BookingStatus
from bookings.models import BookerName, Booking
from bookings.querysets import BookingQuerySet
from offers.models import Offer
from offers.search import MOST_WORDS, normalise, title_words
from venues.models import Offerer, Venue, time_zone_of

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


# Up to so many offers, people or codes are found first, then their bookings, then put in order;
# beyond, the latest bookings are read one by one: they are frequent among them.
_FEW_OFFERS, _MANY = 500, 5_000
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2900, 1, 1)


def _among(column: str, ids: list[int]) -> Func:
    """`column` is one of them, sought through its index: the planner, which does not see how many
    they are, would otherwise read every booking of the structure rather than look 5 000 up."""
    return Func(
        F(column),
        Value(ids, output_field=ArrayField(BigIntegerField())),
        template="%(expressions)s)))",
        arg_joiner=" = ANY(ARRAY(SELECT unnest(",
        output_field=BooleanField(),
    )


def _midnight(day: date, zone: str) -> datetime:
    """Where a day begins; days that no calendar of ours has are read as the nearest one."""
    return datetime.combine(max(day, _FIRST_DAY), time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class BookingFilter:
    """Days are those of each venue, both bounds included (LST-05)."""

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
                self._between("stock__beginning_at", self.event_day, self.event_day)
            )
        if self.start or self.end:
            field = _PERIOD_FIELDS[self.period_kind]
            bookings = bookings.filter(self._between(field, self.start, self.end))
        return bookings.filter(self._matching()) if self.text else bookings

    def _between(self, field: str, first: date | None, last: date | None) -> Q:
        """LST-05: days of each venue, both included; the widest of them keeps to the index."""
        ranges = {
            zone: (
                _midnight(first or _FIRST_DAY, zone),
                _midnight(min(last or _LAST_DAY, _LAST_DAY) + timedelta(days=1), zone),
            )
            for zone in self._venues_by_zone
        }
        after = f"{field}__gte"
        before = f"{field}__lt"
        widest = Q(
            **{
                after: min(start for start, _ in ranges.values()),
                before: max(end for _, end in ranges.values()),
            }
        )
        if len(ranges) == 1:
            return widest
        each = (
            Q(**{"venue__in": self._venues_by_zone[zone], after: start, before: end})
            for zone, (start, end) in ranges.items()
        )
        return widest & Q(*each, _connector=Q.OR)

    @cached_property
    def _venues_by_zone(self) -> dict[str, list[int]]:
        """Those of the person, by the zone of `Booking.time_zone`."""
        found: dict[str, list[int]] = {}
        venues = Venue.objects.filter(offerer__in=self.structures).order_by("pk")
        for pk, own, of_structure in venues.values_list(
            "pk", "department_code", "offerer__department_code"
        ):
            found.setdefault(time_zone_of(own or of_structure), []).append(pk)
        return found or {"Europe/Paris": []}

    def _matching(self) -> Q:
        """LST-12: contained, ignoring case and accents; what is sought is found first."""
        if self.search_kind in {"offre", "ean"}:
            return Q(offer__in=self._offers())
        if self.search_kind == "contremarque":
            return self._with_code()
        people = self._found_people
        if len(people) > _MANY:
            return Q(beneficiary__in=self._people())
        return Q(_among("beneficiary", people))

    def _offers(self) -> list[int] | QuerySet:
        """Those of the person's structures, read first unless they are many."""
        is_ean = self.search_kind == "ean"
        typed = "".join(filter(str.isdigit, self.text)) if is_ean else normalise(self.text)
        if not typed:
            return []
        found = Offer.objects.filter(
            venue__offerer__in=self.structures, search_text__contains=typed
        )
        # `search_text` holds more than the title, and is quicker to read than what it was made of.
        if is_ean:
            found = found.annotate(sought=KeyTextTransform("ean", "extra_data"))
            found = found.filter(sought__contains=typed)
        else:
            found = found.annotate(sought=title_words()).filter(sought__contains=typed)
        ids = list(found.order_by().values_list("pk", flat=True)[: _FEW_OFFERS + 1])
        return ids if len(ids) <= _FEW_OFFERS else found.order_by().values("pk")

    def _with_code(self) -> Q:
        """Codes that the list does not show (LST-14) are found whole only, never a letter at a
        time."""
        typed, found = self.text.upper(), self._found_codes
        if len(typed) == COUNTERMARK_LENGTH:
            return Q(countermark=typed)
        shown = Q(has_tickets=False) & (
            ~Q(status=BookingStatus.CONFIRMED) | Q(stock__beginning_at__isnull=False)
        )
        is_few = 1 < len(typed) and len(found) <= _MANY
        part = Q(_among("pk", found)) if is_few else Q(countermark__contains=typed)
        return part & shown

    @property
    def finds_few(self) -> bool:
        """A text that few people or codes answer to: better found first, then put in order."""
        if not self.text or self.search_kind in {"offre", "ean"}:
            return False
        if self.search_kind == "contremarque":
            return len(self.text) > 1 and len(self._found_codes) <= _MANY
        return len(self._found_people) <= _MANY

    @cached_property
    def _found_codes(self) -> list[int]:
        """Read in `booking_of_offerer` alone; a sign or a whole code need no such reading."""
        if len(self.text) in {1, COUNTERMARK_LENGTH}:
            return []
        mine = Booking.objects.filter(offerer__in=self.structures)
        found = mine.filter(countermark__contains=self.text.upper()).order_by("-booked_at", "-pk")
        return list(found.values_list("pk", flat=True)[: _MANY + 1])

    @cached_property
    def _found_people(self) -> list[int]:
        return list(self._people().values_list("person", flat=True)[: _MANY + 1])

    def _people(self) -> QuerySet:
        """Each word typed is somewhere in the names or in the address."""
        found = BookerName.objects.filter(offerer__in=self.structures).order_by()
        words = sorted(filter(None, map(normalise, self.text.split())), key=len, reverse=True)
        if not words:
            return found.none().values("person")
        for word in words[:MOST_WORDS]:
            found = found.filter(words__contains=word)
        return found.values("person")
