"""Offers for school groups: what is proposed, its one place, its history, who looked."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format

from collective.enums import (
    BookingStatus,
    CancellationReason,
    Change,
    DisplayStatus,
    FeeKind,
    OfferValidation,
)
from collective.models.proposals import Proposal
from collective.models.schools import Institution, Redactor
from collective.querysets import CollectiveOfferQuerySet
from passpro.kernel import clock, money
from passpro.kernel.audit import TransitionLog
from venues.models import KnownAddress, Provider

if TYPE_CHECKING:
    from collective.models.bookings import CollectiveBooking

# §2.5: technical ceilings.
MAX_PRICE_CENTS = 60_000_00
MAX_PARTICIPANTS = 3_000
MAX_TEACHERS = 50
MAX_FEES = 11
# §4.7: what may still change after the event.
AFTER_EVENT = timedelta(hours=48)


class CollectiveOffer(Proposal):
    """A dated, priced proposal addressed to one school (« offre réservable »)."""

    institution = models.ForeignKey(
        Institution,
        verbose_name="établissement",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offers",
    )
    teacher = models.ForeignKey(
        Redactor,
        verbose_name="enseignant",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # What it was made from; an offer of a partner's software is not edited in the portal (§3.5).
    template = models.ForeignKey(
        "collective.CollectiveTemplate",
        verbose_name="offre vitrine",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offers",
    )
    request = models.ForeignKey(
        "collective.CollectiveRequest",
        verbose_name="demande",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offers",
    )
    provider = models.ForeignKey(
        Provider,
        verbose_name="logiciel",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="collective_offers",
    )
    # The address that software named; its texts are copied. None: the venue's, or no address.
    known_address = models.ForeignKey(
        KnownAddress,
        verbose_name="adresse connue",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    # Practical information, said apart from the description (§2.1).
    additional_details = models.TextField("informations pratiques", max_length=1000, blank=True)

    objects = CollectiveOfferQuerySet.as_manager()

    class Meta(Proposal.Meta):
        verbose_name = "offre scolaire"
        verbose_name_plural = "offres scolaires"
        permissions = [("decide_collectiveoffer", "Peut valider ou refuser une offre scolaire")]
        constraints = [
            *Proposal.Meta.constraints,
            models.CheckConstraint(
                name="collective_offer_sent_has_school",
                condition=Q(validation="DRAFT") | Q(institution__isnull=False),
                violation_error_message="Une offre publiée est adressée à un établissement.",
            ),
            models.CheckConstraint(
                name="collective_offer_teacher_of_a_school",
                condition=Q(teacher__isnull=True) | Q(institution__isnull=False),
            ),
            models.CheckConstraint(
                name="collective_offer_has_contact", condition=~Q(contact_email="")
            ),
        ]
        indexes = [
            models.Index(name="collective_offer_venue", fields=["venue", "-id"]),
            models.Index(
                name="collective_offer_school",
                fields=["institution"],
                condition=Q(is_active=True, validation="APPROVED"),
            ),
            models.Index(
                name="collective_offer_review",
                fields=["updated_at"],
                condition=Q(validation="PENDING"),
            ),
        ]

    def last_booking(self) -> "CollectiveBooking | None":
        """The latest made, whatever became of it, but those of a date that was removed."""
        stock = getattr(self, "stock", None)
        if stock is None:
            return None
        counted = [
            one
            for one in stock.bookings.all()
            if one.cancellation_reason != CancellationReason.DATE_REMOVED
        ]
        return max(counted, key=lambda one: (one.created_at, one.pk), default=None)

    def display_status_at(self, now: datetime) -> DisplayStatus:
        """§3.1, first matching line; the Python twin of `with_display_status`."""
        if self.archived_at is not None:
            return DisplayStatus.ARCHIVED
        if self.validation != OfferValidation.APPROVED:
            return _BEFORE_APPROVAL[self.validation]
        if not self.is_active:
            return DisplayStatus.HIDDEN
        stock: CollectiveStock | None = getattr(self, "stock", None)
        if stock is None:
            return DisplayStatus.PUBLISHED
        booking = self.last_booking()
        if booking is not None:
            return stock.booked_status(booking, now)
        if stock.removed_at is not None:
            return DisplayStatus.PUBLISHED
        if stock.starts_at <= now:
            return DisplayStatus.CANCELLED
        return DisplayStatus.EXPIRED if stock.booking_limit_at <= now else DisplayStatus.PUBLISHED


_BEFORE_APPROVAL: dict[str, DisplayStatus] = {
    OfferValidation.DRAFT: DisplayStatus.DRAFT,
    OfferValidation.PENDING: DisplayStatus.UNDER_REVIEW,
    OfferValidation.REJECTED: DisplayStatus.REJECTED,
}


class CollectiveStock(models.Model):
    """The one place of an offer: dates, flat price for the whole class (§2.5)."""

    offer = models.OneToOneField(CollectiveOffer, on_delete=models.CASCADE, related_name="stock")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    booking_limit_at = models.DateTimeField("date limite de réservation")
    price_cents = models.PositiveIntegerField("prix total TTC en centimes")
    participants = models.PositiveIntegerField("nombre de participants")
    price_detail = models.TextField("informations sur le prix", max_length=1000, blank=True)
    # When the price is split (§2.5): the project without its fees, the adults counted apart.
    service_price_cents = models.PositiveIntegerField(
        "prix de la prestation en centimes", null=True, blank=True
    )
    teachers = models.PositiveSmallIntegerField("accompagnateurs", null=True, blank=True)
    # The partner took the date away: nothing to book until another one is given.
    removed_at = models.DateTimeField("date supprimée le", null=True, blank=True)

    class Meta:
        verbose_name = "date et prix"
        verbose_name_plural = "dates et prix"
        constraints = [
            models.CheckConstraint(
                name="collective_stock_ends_after_start", condition=Q(ends_at__gte=F("starts_at"))
            ),
            models.CheckConstraint(
                name="collective_stock_limit_before_start",
                condition=Q(booking_limit_at__lte=F("starts_at")),
            ),
            models.CheckConstraint(
                name="collective_stock_ceilings",
                condition=Q(price_cents__lte=MAX_PRICE_CENTS, participants__lte=MAX_PARTICIPANTS),
            ),
            models.CheckConstraint(
                name="collective_stock_split_within",
                condition=(
                    Q(service_price_cents__isnull=True)
                    | Q(service_price_cents__lte=F("price_cents"))
                )
                & (Q(teachers__isnull=True) | Q(teachers__lte=MAX_TEACHERS)),
            ),
        ]
        indexes = [
            models.Index(name="collective_stock_limit", fields=["booking_limit_at"]),
            models.Index(name="collective_stock_start", fields=["starts_at"]),
            models.Index(name="collective_stock_end", fields=["ends_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.offer} – {self.starts_at:%d/%m/%Y}"

    def booked_status(self, booking: "CollectiveBooking", now: datetime) -> DisplayStatus:
        """Lines 9 to 16 of §3.1."""
        if booking.status == BookingStatus.PENDING:
            past = self.booking_limit_at <= now
            return DisplayStatus.EXPIRED if past else DisplayStatus.PREBOOKED
        if booking.status == BookingStatus.CONFIRMED:
            return DisplayStatus.ENDED if self.ends_at <= now else DisplayStatus.BOOKED
        if booking.status == BookingStatus.USED:
            return DisplayStatus.ENDED
        if booking.status == BookingStatus.REIMBURSED:
            return DisplayStatus.REIMBURSED
        is_expired = booking.cancellation_reason == CancellationReason.EXPIRED
        return (
            DisplayStatus.EXPIRED
            if is_expired and self.starts_at > now
            else DisplayStatus.CANCELLED
        )

    @property
    def class_price(self) -> str:
        """« 200 € pour 27 participants » (seed 000)."""
        many = "s" if self.participants > 1 else ""
        if not self.price_cents:
            price = "Gratuit"
        elif self.price_cents % 100:
            price = money.euros(self.price_cents)
        else:
            price = money.euros(self.price_cents).replace(",00", "")
        adults = f" et {self.teachers} accompagnateur{'s' if self.teachers > 1 else ''}" if (
            self.teachers
        ) else ""  # fmt: skip
        return f"{price} pour {self.participants} participant{many}{adults}"

    @property
    def split_lines(self) -> list[str]:
        """How the price is made, when it is split (§2.5): the project, then each of its fees."""
        if self.service_price_cents is None:
            return []
        lines = [("Prestation", self.service_price_cents)]
        lines += [(str(fee), fee.amount_cents) for fee in self.fees.all()]
        return [f"{label} : {money.euros(cents)}" for label, cents in lines]

    @property
    def event_date(self) -> str:
        """« Le 28 mai 2026 à 14:30 », in the venue's time (seed 000); « Du … au … »."""
        zone = ZoneInfo(self.offer.venue.time_zone)
        start, end = self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)
        if start.date() == end.date():
            return f"Le {date_format(start, 'j F Y')} à {start:%H:%M}"
        return f"Du {date_format(start, 'j F Y')} au {date_format(end, 'j F Y')} à {start:%H:%M}"

    def ended_long_ago(self, now: datetime) -> bool:
        """48 hours or more after the end (§3.5)."""
        return self.ends_at + AFTER_EVENT <= now


class AdditionalFee(models.Model):
    """A part of the price besides the project itself (§2.5)."""

    stock = models.ForeignKey(CollectiveStock, on_delete=models.CASCADE, related_name="fees")
    kind = models.CharField("nature", max_length=16, choices=FeeKind)
    label = models.CharField("libellé", max_length=200, blank=True)
    amount_cents = models.PositiveIntegerField("montant en centimes")

    class Meta:
        verbose_name = "frais annexe"
        verbose_name_plural = "frais annexes"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="additional_fee_kind_once",
                fields=["stock", "kind"],
                condition=~Q(kind="OTHER"),
            ),
            models.UniqueConstraint(
                models.functions.Lower("label"),
                "stock",
                name="additional_fee_label_once",
                condition=Q(kind="OTHER"),
            ),
            models.CheckConstraint(
                name="additional_fee_label_when_other",
                condition=Q(~Q(label=""), kind="OTHER") | ~Q(kind="OTHER") & Q(label=""),
            ),
            models.CheckConstraint(
                name="additional_fee_amount",
                condition=Q(amount_cents__gte=1, amount_cents__lte=MAX_PRICE_CENTS),
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()


class OfferChange(TransitionLog):
    """A line of the history; states are the ones shown, equal when a fact changed instead."""

    offer = models.ForeignKey(CollectiveOffer, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField("nature", max_length=8, choices=Change, default=Change.STATUS)

    class Meta(TransitionLog.Meta):
        verbose_name = "ligne de l’historique d’une offre scolaire"
        verbose_name_plural = "historique des offres scolaires"
        indexes = [
            models.Index(name="collective_change_of", fields=["offer", "at"]),
            models.Index(name="collective_change_latest", fields=["-at", "-id"]),
        ]


class OfferFlag(models.Model):
    """Why an offer was held back: the rule, and its conditions as they were then (§5.4)."""

    offer = models.ForeignKey(CollectiveOffer, on_delete=models.CASCADE, related_name="flags")
    rule_name = models.CharField("règle", max_length=140)
    why = models.TextField("conditions")
    at = models.DateTimeField("date", default=clock.now)

    class Meta:
        verbose_name = "motif de contrôle d’une offre scolaire"
        verbose_name_plural = "motifs de contrôle des offres scolaires"
        ordering = ["-at", "pk"]

    def __str__(self) -> str:
        return self.rule_name


class OfferSeen(models.Model):
    """The state in which a person last saw an offer: another one now is news (§15.1, line 44)."""

    offer = models.ForeignKey(CollectiveOffer, on_delete=models.CASCADE, related_name="seen_by")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    status = models.CharField("état vu", max_length=14, choices=DisplayStatus)

    class Meta:
        verbose_name = "dernier regard sur une offre scolaire"
        verbose_name_plural = "derniers regards sur les offres scolaires"
        constraints = [
            models.UniqueConstraint(name="offer_seen_once", fields=["offer", "user"]),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} – {self.status}"
