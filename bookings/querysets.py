"""Named reads and locks. Lock order: Stock → LocalCredit → Deposit → Booking → finance."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from bookings.enums import BookingStatus
from passpro.reference.categories import SUBCATEGORIES
from venues.enums import MembershipStatus

if TYPE_CHECKING:
    from bookings.models import Booking
    from passpro.accounts.models import User
    from passpro.kernel.db import Given


# Neither events nor goods to collect: once used they stay at hand (BKG-99).
PERMANENT = [item.id for item in SUBCATEGORIES if not item.is_event and not item.can_expire]


_MEMBERSHIPS = [item.id for item in SUBCATEGORIES if item.auto_used_when_free]
# BKG-92: what ends neither by a date nor by a visit.
_FILED = Q(activation_code__isnull=False) | Q(
    amount_cents=0, offer__subcategory_id__in=_MEMBERSHIPS
)


class DepositQuerySet(models.QuerySet):
    def of_person(self, user: "User") -> "DepositQuerySet":
        """Latest expiry first: the first one is the current credit (CRD-01)."""
        return self.filter(user=user).order_by("-expires_at", "-pk")

    def lock_for_spending(self) -> "DepositQuerySet":
        return self.select_for_update(of=("self",), no_key=True)


class LocalCreditQuerySet(models.QuerySet):
    def of_person(self, user_id: "int | Given") -> "LocalCreditQuerySet":
        return self.filter(user=user_id)

    def left(self) -> "LocalCreditQuerySet":
        """Something remains on it; its days and its places are for the programme to say."""
        return self.filter(withdrawn_at__isnull=True, spent_cents__lt=F("amount_cents"))

    def lock_for_spending(self) -> "LocalCreditQuerySet":
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class BookingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "BookingQuerySet":
        """Bookings of the structures to which the person is validly attached (LST-07)."""
        return self.filter(
            offerer__memberships__user=user,
            offerer__memberships__status=MembershipStatus.VALIDATED,
            offerer__is_active=True,
        )

    def of_structures(self, user: "User") -> "BookingQuerySet":
        """`visible_to` with the structures read first: an index gives the latest of each."""
        from venues.models import Offerer

        mine = Offerer.objects.filter(
            memberships__user=user,
            memberships__status=MembershipStatus.VALIDATED,
            is_active=True,
        )
        return self.filter(offerer__in=list(mine.order_by("pk").values_list("pk", flat=True)))

    def of_beneficiary(self, user: "User") -> "BookingQuerySet":
        return self.filter(beneficiary=user)

    def live(self) -> "BookingQuerySet":
        """Not cancelled: they hold places and credit."""
        return self.filter(~Q(status=BookingStatus.CANCELLED))

    def filed_by_hand(self) -> "BookingQuerySet":
        """BKG-92: codes and free memberships, over when `shown_as_ended` says so."""
        return self.filter(_FILED)

    def ongoing(self, now: datetime) -> "BookingQuerySet":
        """BKG-99: to come, to collect, or a used one that stays at hand."""
        return self.live().filter(
            (_FILED & Q(shown_as_ended=False))
            | ~_FILED
            & (
                Q(status=BookingStatus.CONFIRMED)
                | Q(stock__beginning_at__gt=now)
                | Q(offer__subcategory_id__in=PERMANENT)
            )
        )

    def ended(self, now: datetime) -> "BookingQuerySet":
        """BKG-99: cancelled, or used and over; latest first."""
        over = ~Q(status=BookingStatus.CONFIRMED) & (
            Q(stock__beginning_at__lte=now) | Q(stock__beginning_at__isnull=True)
        )
        return (
            self.filter(
                Q(status=BookingStatus.CANCELLED)
                | (_FILED & Q(shown_as_ended=True))
                | (over & ~_FILED & ~Q(offer__subcategory_id__in=PERMANENT))
            )
            .annotate(ended_at=Coalesce("stock__beginning_at", "used_at", "cancelled_at"))
            .order_by("-ended_at", "-pk")
        )

    def with_shown_status(self, now: datetime) -> "BookingQuerySet":
        """Annotate `listed_status`: LST-11 in SQL, the same answer as Booking.shown_status."""
        return self.annotate(
            listed_status=Case(
                When(
                    status=BookingStatus.CONFIRMED,
                    cancellation_limit_at__lte=now,
                    then=Value("CONFIRMED_FINAL"),
                ),
                default=F("status"),
                output_field=models.CharField(),
            )
        )

    def shown_as(self, value: str, now: datetime) -> "BookingQuerySet":
        """Those whose `listed_status` is that one, in words that the planner can count."""
        passed = Q(cancellation_limit_at__lte=now)
        if value == "CONFIRMED_FINAL":
            return self.filter(passed, status=BookingStatus.CONFIRMED)
        if value == BookingStatus.CONFIRMED:
            waits = Q(cancellation_limit_at__isnull=True) | Q(cancellation_limit_at__gt=now)
            return self.filter(waits, status=value)
        return self.filter(status=value)

    def with_right_of(self, user_id: "int | Given | None") -> "BookingQuerySet":
        """Annotate `has_right`: the person is validly attached to the structure (DSK-53)."""
        from venues.models import Membership

        return self.annotate(
            has_right=Exists(
                Membership.objects.filter(
                    offerer=OuterRef("offerer"),
                    user=user_id,
                    status=MembershipStatus.VALIDATED,
                    offerer__is_active=True,
                )
            )
        )

    def with_zone(self) -> "BookingQuerySet":
        return self.select_related("venue", "offerer")

    def with_desk_data(self) -> "BookingQuerySet":
        """What the desk's sheet and the look-up of the API show, in one query."""
        return self.select_related("stock", "offer", "venue", "offerer", "beneficiary")

    def with_mail_data(self) -> "BookingQuerySet":
        return self.with_desk_data().select_related("deposit", "activation_code")

    def with_list_data(self) -> "BookingQuerySet":
        return self.select_related("stock", "offer", "venue", "offerer", "beneficiary")

    def with_row_data(self) -> "BookingQuerySet":
        """`with_list_data` without the columns that a line of the list does not show."""
        return self.with_list_data().only(
            "offer_id", "quantity", "amount_cents", "price_category_label", "countermark",
            "status", "booked_at", "cancellation_limit_at", "has_tickets",
            "stock__beginning_at", "offer__title", "offer__extra_data",
            "venue__department_code", "offerer__department_code",
            "beneficiary__first_name", "beneficiary__last_name",
            "beneficiary__email", "beneficiary__phone",
        )  # fmt: skip

    def locked(self) -> "BookingQuerySet":
        return self.select_for_update(of=("self",), no_key=True)

    def lock_if_found(self, pk: int) -> "Booking | None":
        """The booking of the set under its row lock, or None; Stock and Deposit come before."""
        return self.locked().filter(pk=pk).order_by().first()

    def lock_for_change(self, pk: int) -> "Booking":
        """The booking under its row lock; the caller already holds Stock and Deposit."""
        return self.locked().get(pk=pk)
