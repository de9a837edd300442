"""Named reads of offers and stocks. Lock order: Offer → Stock → Deposit → Booking → finance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from offers.enums import DisplayStatus, OfferValidation
from venues.enums import MembershipStatus, OffererStatus

if TYPE_CHECKING:
    from passpro.accounts.models import User


# What a stock without booking limit is compared as.
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StockFigures:
    """What a list says about the live stocks of one offer; `places` None is unlimited."""

    count: int = 0
    booked: int = 0
    places: int | None = 0
    full_count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    next_at: datetime | None = None
    min_price_cents: int | None = None
    max_price_cents: int | None = None


class OfferQuerySet(models.QuerySet):
    def _stocks(self) -> "StockQuerySet":
        """All stocks, without importing the models that import this file."""
        return self.model._meta.get_field("stocks").related_model._default_manager.all()

    def visible_to(self, user: "User") -> "OfferQuerySet":
        """Offers of the structures to which the person is validly attached."""
        return self.filter(
            venue__offerer__memberships__user=user,
            venue__offerer__memberships__status=MembershipStatus.VALIDATED,
            venue__offerer__is_active=True,
        )

    def open_to_partner(self, provider_id: int | None) -> "OfferQuerySet":
        """API-20: those of the venues that authorised the partner; a person's draft is nobody's."""
        from venues.models import Venue

        venues = Venue.objects.open_to_partner(provider_id)
        return self.filter(
            ~Q(validation=OfferValidation.DRAFT) | Q(provider_id=provider_id), venue__in=venues
        )

    def lock_for_change(self) -> "OfferQuerySet":
        """Row lock of the use cases that change an offer, its prices or its dates."""
        whole = self.select_related("venue__offerer", "provider")
        return whole.select_for_update(of=("self",), no_key=True)

    def released(self, now: datetime) -> "OfferQuerySet":
        """OFF-96, in SQL; the same answer as Offer.is_released."""
        return self.filter(
            is_active=True,
            validation=OfferValidation.APPROVED,
            publication_at__lte=now,
            venue__offerer__is_active=True,
            venue__offerer__status=OffererStatus.VALIDATED,
        )

    def bookable(self, now: datetime) -> "OfferQuerySet":
        """Released, bookings begun (API-61), with at least one bookable stock (OFF-97)."""
        return self.released(now).filter(
            Q(booking_allowed_at__isnull=True) | Q(booking_allowed_at__lte=now),
            Exists(self._stocks().bookable(now).filter(offer=OuterRef("pk"))),
        )

    def opened_by_link(self, now: datetime) -> "OfferQuerySet":
        """OFF-98: what a young person may open; a paused offer can be read, not booked."""
        return self.filter(
            validation=OfferValidation.APPROVED,
            publication_at__lte=now,
            venue__offerer__is_active=True,
            venue__offerer__status=OffererStatus.VALIDATED,
        )

    def to_review(self) -> "OfferQuerySet":
        """The team's queue: under review, by a structure that may publish."""
        return self.filter(
            validation=OfferValidation.PENDING, venue__offerer__status=OffererStatus.VALIDATED
        )

    def by_next_date(self, stocks: "StockQuerySet") -> "OfferQuerySet":
        """Annotate `next_at`, the first beginning among `stocks`; soonest first, undated last."""
        first = stocks.filter(offer=OuterRef("pk")).order_by("beginning_at")
        return self.annotate(next_at=Subquery(first.values("beginning_at")[:1])).order_by(
            F("next_at").asc(nulls_last=True), "-pk"
        )

    def with_display_status(self, now: datetime) -> "OfferQuerySet":
        """Annotate `display_status` (DisplayStatus value), first matching line of §2.9 wins."""
        live, open_limit, with_places = self._of_status(now)
        return self.annotate(
            display_status=Case(
                When(validation="REJECTED", then=Value(DisplayStatus.REJECTED)),
                When(validation="PENDING", then=Value(DisplayStatus.PENDING)),
                When(validation="DRAFT", then=Value(DisplayStatus.DRAFT)),
                When(is_active=False, then=Value(DisplayStatus.INACTIVE)),
                When(publication_at__gt=now, then=Value(DisplayStatus.SCHEDULED)),
                When(live & ~open_limit, then=Value(DisplayStatus.EXPIRED)),
                When(~with_places, then=Value(DisplayStatus.SOLD_OUT)),
                default=Value(DisplayStatus.ACTIVE),
                output_field=models.CharField(),
            )
        )

    def shown_as(self, status: str, now: datetime) -> "OfferQuerySet":
        """Offers whose display status is this one, by conditions that indexes can answer."""
        if status in {OfferValidation.DRAFT, OfferValidation.PENDING, OfferValidation.REJECTED}:
            return self.filter(validation=status)
        approved = self.filter(validation=OfferValidation.APPROVED)
        if status == DisplayStatus.INACTIVE:
            return approved.filter(is_active=False)
        on = approved.filter(is_active=True)
        if status == DisplayStatus.SCHEDULED:
            return on.filter(publication_at__gt=now)
        live, open_limit, with_places = self._of_status(now)
        on = on.filter(publication_at__lte=now)
        if status == DisplayStatus.EXPIRED:
            return on.filter(live, ~open_limit)
        if status == DisplayStatus.SOLD_OUT:
            # Not `~live | open_limit`, for which the dates of everybody would be read first.
            limits = self._stocks().live().filter(offer=OuterRef("pk")).order_by()
            last = limits.values("offer_id").annotate(
                last=Max(Coalesce("booking_limit_at", Value(_FOREVER)))
            )
            last_limit = Coalesce(Subquery(last.values("last")), Value(_FOREVER))
            return on.filter(~with_places).alias(last_limit=last_limit).filter(last_limit__gt=now)
        # A stock with places is a live one.
        return on.filter(with_places, open_limit)

    def _of_status(self, now: datetime) -> tuple[Exists, Exists, Exists]:
        """Has live stocks; one whose limit is ahead; one ahead with places."""
        live = self._stocks().live().filter(offer=OuterRef("pk"))
        return (
            Exists(live),
            Exists(live.filter(Q(booking_limit_at__isnull=True) | Q(booking_limit_at__gt=now))),
            Exists(
                live.filter(
                    Q(beginning_at__isnull=True) | Q(beginning_at__gt=now),
                    Q(quantity__isnull=True) | Q(quantity__gt=F("booked_quantity")),
                )
            ),
        )


class StockQuerySet(models.QuerySet):
    def live(self) -> "StockQuerySet":
        return self.filter(deleted_at__isnull=True)

    def bookable(self, now: datetime) -> "StockQuerySet":
        """STK-60 without the offer's own state; the same answer as Stock.is_bookable."""
        return self.live().filter(
            Q(beginning_at__isnull=True) | Q(beginning_at__gt=now),
            Q(booking_limit_at__isnull=True) | Q(booking_limit_at__gt=now),
            Q(quantity__isnull=True) | Q(quantity__gt=F("booked_quantity")),
        )

    def figures_by_offer(self, offer_ids: Iterable[int], now: datetime) -> dict[int, StockFigures]:
        """Figures of the live stocks of these offers, in one query; every id has its entry."""
        ids = list(offer_ids)
        rows = (
            self.live()
            .filter(offer_id__in=ids)
            .values("offer_id")
            .annotate(
                count=Count("pk"),
                booked=Sum("booked_quantity"),
                limited=Count("quantity"),
                quantity_sum=Sum("quantity"),
                full_count=Count("pk", filter=Q(quantity__lte=F("booked_quantity"))),
                first_at=Min("beginning_at"),
                last_at=Max("beginning_at"),
                next_at=Min("beginning_at", filter=Q(beginning_at__gt=now)),
                min_price_cents=Min("price_cents"),
                max_price_cents=Max("price_cents"),
            )
            .order_by()
        )
        found = dict.fromkeys(ids, StockFigures())
        for row in rows:
            limited, total = row.pop("limited"), row.pop("quantity_sum")
            places = total if limited == row["count"] else None
            offer_id = row.pop("offer_id")
            found[offer_id] = StockFigures(places=places, **row)
        return found

    def lock_for_booking(self) -> "StockQuerySet":
        """Row lock taken before any place is given or taken back."""
        return self.select_for_update(of=("self",), no_key=True)


class SelectionQuerySet(models.QuerySet):
    def running(self, day: date) -> "SelectionQuerySet":
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def around(self, department_code: str) -> "SelectionQuerySet":
        """Those of this département and those of everywhere, the local ones first."""
        everywhere = Q(department_codes=[])
        here = Q(department_codes__contains=[department_code]) if department_code else everywhere
        return self.filter(everywhere | here).order_by(
            Case(When(everywhere, then=1), default=0), "-starts_on", "-pk"
        )
