"""Named reads of offers and stocks. Lock order: Offer → Stock → Deposit → Booking → finance."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from offers.enums import DisplayStatus, OfferValidation
from venues.enums import MembershipStatus, OffererStatus

if TYPE_CHECKING:
    from passpro.accounts.models import User


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

    def lock_for_change(self) -> "OfferQuerySet":
        """Row lock of the use cases that change an offer, its prices or its dates."""
        return self.select_related("venue__offerer").select_for_update(of=("self",), no_key=True)

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
        """Released with at least one bookable stock (OFF-97)."""
        return self.released(now).filter(
            Exists(self._stocks().bookable(now).filter(offer=OuterRef("pk")))
        )

    def with_display_status(self, now: datetime) -> "OfferQuerySet":
        """Annotate `display_status` (DisplayStatus value), first matching line of §2.9 wins."""
        live = self._stocks().filter(offer=OuterRef("pk"), deleted_at__isnull=True)
        open_limit = live.filter(Q(booking_limit_at__isnull=True) | Q(booking_limit_at__gt=now))
        with_places = live.filter(
            Q(beginning_at__isnull=True) | Q(beginning_at__gt=now),
            Q(quantity__isnull=True) | Q(quantity__gt=F("booked_quantity")),
        )
        return self.annotate(
            display_status=Case(
                When(validation="REJECTED", then=Value(DisplayStatus.REJECTED)),
                When(validation="PENDING", then=Value(DisplayStatus.PENDING)),
                When(validation="DRAFT", then=Value(DisplayStatus.DRAFT)),
                When(is_active=False, then=Value(DisplayStatus.INACTIVE)),
                When(publication_at__gt=now, then=Value(DisplayStatus.SCHEDULED)),
                When(Exists(live) & ~Exists(open_limit), then=Value(DisplayStatus.EXPIRED)),
                When(~Exists(with_places), then=Value(DisplayStatus.SOLD_OUT)),
                default=Value(DisplayStatus.ACTIVE),
                output_field=models.CharField(),
            )
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

    def lock_for_booking(self) -> "StockQuerySet":
        """Row lock taken before any place is given or taken back."""
        return self.select_for_update(of=("self",), no_key=True)
