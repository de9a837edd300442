"""Named reads and locks. Lock order: CollectiveOffer → SchoolBudget → CollectiveBooking."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When

from collective.enums import COUNTED_IN_BUDGET, DisplayStatus, OfferValidation
from passpro.registers.text import normalise
from venues.enums import MembershipStatus, OffererStatus
from venues.querysets import PlainText

if TYPE_CHECKING:
    from passpro.accounts.models import User


def _booked(now: datetime) -> list[tuple[dict[str, Any], DisplayStatus]]:
    """Lines 9 to 15 of §3.1, of the last booking; CANCELLED otherwise."""
    return [
        ({"status": "PENDING", "stock__booking_limit_at__lte": now}, DisplayStatus.EXPIRED),
        ({"status": "PENDING"}, DisplayStatus.PREBOOKED),
        ({"status": "CONFIRMED", "stock__ends_at__lte": now}, DisplayStatus.ENDED),
        ({"status": "CONFIRMED"}, DisplayStatus.BOOKED),
        ({"status": "USED"}, DisplayStatus.ENDED),
        ({"status": "REIMBURSED"}, DisplayStatus.REIMBURSED),
        ({"cancellation_reason": "EXPIRED", "stock__starts_at__gt": now}, DisplayStatus.EXPIRED),
    ]


class CollectiveOfferQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "CollectiveOfferQuerySet":
        """Offers of the structures to which the person is validly attached."""
        return self.filter(
            venue__offerer__memberships__user=user,
            venue__offerer__memberships__status=MembershipStatus.VALIDATED,
            venue__offerer__is_active=True,
        )

    def lock_for_change(self) -> "CollectiveOfferQuerySet":
        """Row lock of every use case about an offer, its place or its booking.

        The place is not joined: a joined row would be the one from before the wait.
        """
        return self.select_related("venue__offerer").select_for_update(of=("self",), no_key=True)

    def with_display_status(self, now: datetime) -> "CollectiveOfferQuerySet":
        """Annotate `display_status`: §3.1 in SQL, the same answer as `display_status_at`."""
        booking = self._bookings().of_present_date().filter(stock__offer=OuterRef("pk"))
        # Computed inside, so that a row looks for its booking once.
        booked = booking.order_by("-created_at", "-pk").annotate(
            _shown=Case(
                *[When(then=Value(shown), **facts) for facts, shown in _booked(now)],
                default=Value(DisplayStatus.CANCELLED),
                output_field=models.CharField(),
            )
        )
        unbooked = Case(
            When(stock__removed_at__isnull=False, then=Value(DisplayStatus.PUBLISHED)),
            When(stock__starts_at__lte=now, then=Value(DisplayStatus.CANCELLED)),
            When(stock__booking_limit_at__lte=now, then=Value(DisplayStatus.EXPIRED)),
            default=Value(DisplayStatus.PUBLISHED),
            output_field=models.CharField(),
        )
        return self.annotate(
            display_status=Case(
                When(archived_at__isnull=False, then=Value(DisplayStatus.ARCHIVED)),
                When(validation="DRAFT", then=Value(DisplayStatus.DRAFT)),
                When(validation="PENDING", then=Value(DisplayStatus.UNDER_REVIEW)),
                When(validation="REJECTED", then=Value(DisplayStatus.REJECTED)),
                When(is_active=False, then=Value(DisplayStatus.HIDDEN)),
                default=models.functions.Coalesce(
                    Subquery(booked.values("_shown")[:1], output_field=models.CharField()), unbooked
                ),
                output_field=models.CharField(),
            )
        )

    def released(self) -> "CollectiveOfferQuerySet":
        """Approved, active, dated, of a structure that may publish (§2.1) and goes on (OFF-33)."""
        return self.filter(
            stock__removed_at__isnull=True,
            is_active=True,
            validation=OfferValidation.APPROVED,
            archived_at__isnull=True,
            venue__offerer__is_active=True,
            venue__offerer__status=OffererStatus.VALIDATED,
            venue__offerer__closing_asked_at__isnull=True,
        )

    def bookable(self, now: datetime) -> "CollectiveOfferQuerySet":
        """§2.5: ahead, limit ahead, and nobody ever booked (a cancelled one is not sold again)."""
        taken = self._bookings().of_present_date().filter(stock__offer=OuterRef("pk"))
        return self.released().filter(
            ~Exists(taken), stock__starts_at__gt=now, stock__booking_limit_at__gt=now
        )

    def to_review(self) -> "CollectiveOfferQuerySet":
        """The team's queue (§5.4)."""
        return self.filter(
            validation=OfferValidation.PENDING,
            archived_at__isnull=True,
            venue__offerer__status=OffererStatus.VALIDATED,  # MOD-04
        )

    def _bookings(self) -> "CollectiveBookingQuerySet":
        """Without importing the models that import this file."""
        stock = self.model._meta.get_field("stock").related_model
        return stock._meta.get_field("bookings").related_model._default_manager.all()


class CollectiveTemplateQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "CollectiveTemplateQuerySet":
        """Templates of the structures to which the person is validly attached."""
        return self.filter(
            venue__offerer__memberships__user=user,
            venue__offerer__memberships__status=MembershipStatus.VALIDATED,
            venue__offerer__is_active=True,
        )

    def lock_for_change(self) -> "CollectiveTemplateQuerySet":
        """Row lock of every use case about a template."""
        return self.select_related("venue__offerer").select_for_update(of=("self",), no_key=True)

    def with_display_status(self, now: datetime) -> "CollectiveTemplateQuerySet":
        """Annotate `display_status`: §3.2 in SQL, the same answer as `display_status_at`."""
        return self.annotate(
            display_status=Case(
                When(archived_at__isnull=False, then=Value(DisplayStatus.ARCHIVED)),
                When(validation="REJECTED", then=Value(DisplayStatus.REJECTED)),
                When(validation="PENDING", then=Value(DisplayStatus.UNDER_REVIEW)),
                When(validation="DRAFT", then=Value(DisplayStatus.DRAFT)),
                When(ends_at__lt=now, then=Value(DisplayStatus.ENDED)),
                When(is_active=False, then=Value(DisplayStatus.HIDDEN)),
                default=Value(DisplayStatus.PUBLISHED),
                output_field=models.CharField(),
            )
        )

    def eligible(self, now: datetime) -> "CollectiveTemplateQuerySet":
        """What every teacher may find (§2.4, §7.4): published, not ended, of a real place."""
        return self.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gte=now),
            is_active=True,
            validation=OfferValidation.APPROVED,
            archived_at__isnull=True,
            venue__is_virtual=False,
            venue__offerer__is_active=True,
            venue__offerer__status=OffererStatus.VALIDATED,
            venue__offerer__closing_asked_at__isnull=True,
        )

    def to_review(self) -> "CollectiveTemplateQuerySet":
        """The team's queue (§5.4)."""
        return self.filter(
            validation=OfferValidation.PENDING,
            archived_at__isnull=True,
            venue__offerer__status=OffererStatus.VALIDATED,  # MOD-04
        )


class CollectiveRequestQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "CollectiveRequestQuerySet":
        """Requests about templates of the person's structures."""
        return self.filter(
            template__venue__offerer__memberships__user=user,
            template__venue__offerer__memberships__status=MembershipStatus.VALIDATED,
            template__venue__offerer__is_active=True,
        )

    def with_facts(self) -> "CollectiveRequestQuerySet":
        return self.select_related("template__venue", "redactor", "institution")


class CollectiveBookingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "CollectiveBookingQuerySet":
        """Bookings at the venues of the person's structures."""
        return self.filter(
            venue__offerer__memberships__user=user,
            venue__offerer__memberships__status=MembershipStatus.VALIDATED,
            venue__offerer__is_active=True,
        )

    def of_present_date(self) -> "CollectiveBookingQuerySet":
        """Without those of a date that the partner removed (seed 001)."""
        return self.exclude(cancellation_reason="DATE_REMOVED")

    def of_school(self, uai: str) -> "CollectiveBookingQuerySet":
        """The scoping rule of the school's pages."""
        return self.filter(institution__uai=uai, institution__is_active=True)

    def counted(self) -> "CollectiveBookingQuerySet":
        """Those that a budget has spent or promised (§4.2)."""
        return self.filter(status__in=COUNTED_IN_BUDGET)

    def total_cents(self) -> int:
        found = self.aggregate(total=Sum("stock__price_cents"))["total"]
        return int(found or 0)

    def with_facts(self) -> "CollectiveBookingQuerySet":
        return self.select_related(
            "stock__offer__venue", "venue", "institution", "redactor", "year"
        )

    def with_adage_facts(self) -> "CollectiveBookingQuerySet":
        """All that ADAGE reads of a booking (§6.4), in two statements."""
        return self.with_facts().select_related("venue__offerer").prefetch_related("stock__fees")


class BudgetQuerySet(models.QuerySet):
    def with_spending(self) -> "BudgetQuerySet":
        """Annotate `spent_cents` (used, paid) and `held_cents` (confirmed)."""
        price = F("bookings__stock__price_cents")
        return self.select_related("year", "institution").annotate(
            spent_cents=models.functions.Coalesce(
                Sum(price, filter=Q(bookings__status__in=["USED", "REIMBURSED"])), 0
            ),
            held_cents=models.functions.Coalesce(
                Sum(price, filter=Q(bookings__status="CONFIRMED")), 0
            ),
        )


class SchoolYearQuerySet(models.QuerySet):
    def at(self, start_year: int) -> "SchoolYearQuerySet":
        return self.filter(start_year=start_year)


class InstitutionQuerySet(models.QuerySet):
    def matching(self, words: str) -> "InstitutionQuerySet":
        """Active schools; each word is in the name, type, town, postal code or UAI."""
        found = self.filter(is_active=True).annotate(
            plain=PlainText(
                models.functions.Concat(
                    "uai", Value(" "), "kind", Value(" "), "name", Value(" "), "city", Value(" "),
                    "postal_code",
                )
            )
        )  # fmt: skip
        for word in normalise(words).split():
            found = found.filter(plain__contains=word)
        return found
