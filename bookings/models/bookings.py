"""The young person's credit and what it is spent on."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bookings.enums import (
    BookingStatus,
    CancellationReason,
    Ceiling,
    DepositType,
    OfflineKind,
    ValidationAuthor,
)
from bookings.querysets import BookingQuerySet, DepositQuerySet
from offers.models import ActivationCode, Offer, Stock
from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog
from passpro.kernel.exports import ExportFile
from venues.models import Address, Offerer, Venue

if TYPE_CHECKING:
    from bookings.models.local_credits import LocalMovement

_CANCELLED_WORDS: dict[str, str] = {
    CancellationReason.OFFERER: "Annulée par le lieu",
    CancellationReason.BENEFICIARY: "Annulée par toi",
    CancellationReason.EXPIRED: "Non retirée à temps",
}


class Deposit(models.Model):
    """A credit granted to a young person (CRD-01); every booking moves its spent counters."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="bénéficiaire",
        on_delete=models.PROTECT,
        related_name="deposits",
    )
    type = models.CharField("type", max_length=12, choices=DepositType)
    version = models.PositiveSmallIntegerField("version", default=1)
    amount_cents = models.PositiveIntegerField("montant en centimes")
    spent_cents = models.PositiveIntegerField("dépensé en centimes", default=0)
    digital_ceiling_cents = models.PositiveIntegerField("plafond numérique", null=True, blank=True)
    digital_spent_cents = models.PositiveIntegerField("dépensé en numérique", default=0)
    physical_ceiling_cents = models.PositiveIntegerField("plafond physique", null=True, blank=True)
    physical_spent_cents = models.PositiveIntegerField("dépensé en physique", default=0)
    expires_at = models.DateTimeField("expire le")
    created_at = models.DateTimeField("accordé le", default=clock.now)

    objects = DepositQuerySet.as_manager()

    class Meta:
        verbose_name = "crédit"
        verbose_name_plural = "crédits"
        ordering = ["-expires_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="deposit_one_per_type", fields=["user", "type"]),
            models.CheckConstraint(
                name="deposit_never_overspent", condition=Q(spent_cents__lte=F("amount_cents"))
            ),
            models.CheckConstraint(
                name="deposit_digital_ceiling",
                condition=Q(digital_ceiling_cents__isnull=True)
                | Q(digital_spent_cents__lte=F("digital_ceiling_cents")),
            ),
            models.CheckConstraint(
                name="deposit_physical_ceiling",
                condition=Q(physical_ceiling_cents__isnull=True)
                | Q(physical_spent_cents__lte=F("physical_ceiling_cents")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} – {self.user}"

    def remaining_cents(self, now: datetime) -> int:
        """CRD-06: 0 once expired."""
        return 0 if self.expires_at <= now else self.amount_cents - self.spent_cents


class DepositGrant(models.Model):
    """One sum given at an age: the first one, then the birthday top-ups (CRD-02, JOB-09)."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="grants")
    age = models.PositiveSmallIntegerField("âge")
    amount_cents = models.PositiveIntegerField("montant en centimes")
    granted_at = models.DateTimeField("accordé le", default=clock.now)

    class Meta:
        verbose_name = "versement de crédit"
        verbose_name_plural = "versements de crédit"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="deposit_grant_once_per_age", fields=["deposit", "age"])
        ]

    def __str__(self) -> str:
        return f"{self.deposit} – {self.age} ans"


class Booking(models.Model):
    """One young person's places on one stock, with its countermark (§5)."""

    # Where an index below begins with the column, its own would only slow the booking down.
    stock = models.ForeignKey(
        Stock, on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    # Copied at booking time, so that lists, scopes and « one live booking per offer » need no join.
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="bookings")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="bookings")
    offerer = models.ForeignKey(
        Offerer, on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    beneficiary = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="bookings",
        db_index=False,
    )
    deposit = models.ForeignKey(
        Deposit, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    quantity = models.PositiveSmallIntegerField("places")
    amount_cents = models.PositiveIntegerField("prix unitaire en centimes")
    # Of the total, what local credits pay (LocalMovement says which); `deposit` pays the rest.
    local_cents = models.PositiveIntegerField(
        "payé par des crédits locaux", default=0, db_default=0
    )
    # Of the total, what an incident gave back after the payment (finance.md §15.3).
    returned_cents = models.PositiveIntegerField("rendu après un incident", default=0, db_default=0)
    # STK-84; kept when the booking is cancelled: a code is never given twice.
    activation_code = models.OneToOneField(
        ActivationCode,
        verbose_name="code d’activation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="booking",
    )
    price_category_label = models.CharField("intitulé du tarif", max_length=50, blank=True)
    ceiling = models.CharField("plafond", max_length=8, choices=Ceiling, blank=True, default="")
    # "C": compared byte by byte, without a second index for LIKE.
    countermark = models.CharField("contremarque", max_length=6, unique=True, db_collation="C")
    status = models.CharField(
        "état", max_length=12, choices=BookingStatus, default=BookingStatus.CONFIRMED
    )
    booked_at = models.DateTimeField("réservée le", default=clock.now)
    cancellation_limit_at = models.DateTimeField("annulable jusqu’au", null=True, blank=True)
    used_at = models.DateTimeField("validée le", null=True, blank=True)
    validated_by = models.CharField(
        "validée par", max_length=10, choices=ValidationAuthor, blank=True, default=""
    )
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancellation_reason = models.CharField(
        "motif d’annulation", max_length=40, choices=CancellationReason, blank=True, default=""
    )
    reimbursed_at = models.DateTimeField("remboursée le", null=True, blank=True)
    # Set by finance when it enters a payment batch: then only an incident changes it.
    frozen_at = models.DateTimeField("dans un lot de virements depuis", null=True, blank=True)

    # BKG-33: the tickets of a partner stand for the countermark, which the venue never sees.
    has_tickets = models.BooleanField("billets d’un partenaire", default=False, db_default=False)
    # BKG-92: whether the young person sees it among those that are over, whatever its state.
    shown_as_ended = models.BooleanField("montrée terminée", default=False, db_default=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = "réservation"
        verbose_name_plural = "réservations"
        ordering = ["-booked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="booking_used_at_matches_status",
                condition=Q(status__in=["USED", "REIMBURSED"], used_at__isnull=False)
                | Q(status__in=["CONFIRMED", "CANCELLED"], used_at__isnull=True),
                violation_error_message="La date de validation contredit l’état de la réservation.",
            ),
            models.CheckConstraint(
                name="booking_cancelled_at_matches_status",
                condition=(
                    Q(status="CANCELLED", cancelled_at__isnull=False) & ~Q(cancellation_reason="")
                )
                | (~Q(status="CANCELLED") & Q(cancelled_at__isnull=True, cancellation_reason="")),
            ),
            models.CheckConstraint(
                name="booking_reimbursed_at_matches_status",
                condition=Q(
                    status="REIMBURSED", reimbursed_at__isnull=False, frozen_at__isnull=False
                )
                | (~Q(status="REIMBURSED") & Q(reimbursed_at__isnull=True))
                | Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="booking_frozen_only_once_used",
                condition=Q(frozen_at__isnull=True) | ~Q(status="CONFIRMED"),
            ),
            models.CheckConstraint(
                name="booking_one_or_two_places", condition=Q(quantity__in=[1, 2])
            ),
            models.CheckConstraint(
                name="booking_local_part_within_total",
                condition=Q(local_cents__lte=F("amount_cents") * F("quantity")),
            ),
            models.CheckConstraint(
                name="booking_returned_within_total",
                condition=Q(returned_cents__lte=F("amount_cents") * F("quantity")),
            ),
            models.CheckConstraint(
                name="booking_every_cent_charged",
                condition=Q(deposit__isnull=False)
                | Q(local_cents=F("amount_cents") * F("quantity")),
            ),
            models.UniqueConstraint(
                name="booking_one_live_per_person_and_offer",
                fields=["beneficiary", "offer"],
                condition=~Q(status="CANCELLED"),
                violation_error_message="Cette offre est déjà réservée.",
            ),
        ]
        indexes = [
            # The list walks it; the codes are in it so that a part of one is sought there (LST-12).
            models.Index(
                name="booking_of_offerer",
                fields=["offerer", "-booked_at", "-id"],
                include=["countermark"],
            ),
            models.Index(name="booking_of_beneficiary", fields=["beneficiary", "-booked_at"]),
            models.Index(name="booking_of_stock", fields=["stock", "status"]),
            models.Index(
                name="booking_waiting", fields=["booked_at"], condition=Q(status="CONFIRMED")
            ),
            models.Index(name="booking_used", fields=["used_at"], condition=Q(status="USED")),
            models.Index(
                name="booking_expired",
                fields=["cancelled_at"],
                condition=Q(cancellation_reason="EXPIRED"),
            ),
        ]

    def __str__(self) -> str:
        return self.countermark

    @property
    def total_cents(self) -> int:
        return self.amount_cents * self.quantity

    @property
    def deposit_cents(self) -> int:
        """What the national credit pays, once local ones have paid their part."""
        return self.total_cents - self.local_cents

    @property
    def local_parts(self) -> "list[LocalMovement]":
        """What local credits paid; read `prefetch_related("local_movements…")` for a list."""
        if not self.local_cents:
            return []
        return [one for one in self.local_movements.all() if one.kind == "SPENT"]

    @property
    def time_zone(self) -> str:
        """Zone of the venue; a virtual venue has that of its structure (§0.3.1, §0.3.2)."""
        return self.venue.time_zone if self.venue.department_code else self.offerer.time_zone

    @property
    def place(self) -> Address:
        """Where the young person goes: the offer's own address, else the venue's."""
        return self.offer if self.offer.is_elsewhere else self.venue

    @property
    def place_name(self) -> str:
        return self.offer.address_label if self.offer.is_elsewhere else self.venue.shown_name

    @property
    def is_in_payment(self) -> bool:
        """Reimbursed or in a payment batch: only finance touches it now (DSK-20)."""
        return self.status == BookingStatus.REIMBURSED or self.frozen_at is not None

    @property
    def cancelled_words(self) -> str:
        """Who cancelled, said to the young person."""
        return _CANCELLED_WORDS.get(self.cancellation_reason, "Annulée")

    @property
    def is_filed_by_hand(self) -> bool:
        """BKG-92: neither a date nor a visit ends it (BookingQuerySet.filed_by_hand)."""
        is_free_membership = self.amount_cents == 0 and self.offer.subcategory.auto_used_when_free
        return self.activation_code_id is not None or is_free_membership

    @property
    def is_code_hidden(self) -> bool:
        """LST-14: the code of a good to collect is got from the beneficiary, not from a list;
        that of a ticketed event from nobody."""
        if self.has_tickets:
            return True
        return self.status == BookingStatus.CONFIRMED and self.stock.beginning_at is None

    def shown_status(self, now: datetime) -> str:
        """LST-11: « Confirmée » is a booking to be used whose limit has passed."""
        if self.status == BookingStatus.CONFIRMED and self.is_past_cancellation_limit(now):
            return "CONFIRMED_FINAL"
        return self.status

    def is_past_cancellation_limit(self, now: datetime) -> bool:
        """BKG-43; an undated booking has no limit (BKG-40)."""
        return self.cancellation_limit_at is not None and self.cancellation_limit_at <= now


class BookingTransition(TransitionLog):
    """History of a booking, and the queue that finance reads."""

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, related_name="transitions", db_index=False
    )

    class Meta(TransitionLog.Meta):
        verbose_name = "changement d’état d’une réservation"
        verbose_name_plural = "changements d’état des réservations"
        indexes = [models.Index(name="booking_transition_of", fields=["booking", "at"])]


class BookingExport(ExportFile):
    """A file of bookings that a person asked for; made by a worker, deleted after its delay."""

    file_stem = "reservations_pass_culture"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="booking_exports"
    )
    file = models.FileField("fichier", upload_to="exports/bookings/", blank=True)

    class Meta:
        verbose_name = "export de réservations"
        verbose_name_plural = "exports de réservations"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="booking_export_file_when_done",
                condition=~Q(state="DONE") | (~Q(file="") & Q(finished_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="booking_export_of", fields=["user", "-created_at"]),
            models.Index(name="booking_export_age", fields=["created_at"]),
        ]


class OfflineAction(models.Model):
    """What a desk without network did, as it was received: done once, or refused with a reason.

    `client_id` is drawn by the device for each action: sent again, it answers the same.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="personne",
        on_delete=models.CASCADE,
        related_name="offline_actions",
    )
    client_id = models.UUIDField("numéro donné par l’appareil")
    kind = models.CharField("action", max_length=10, choices=OfflineKind)
    countermark = models.CharField("contremarque", max_length=6)
    # By the clock of the device, which may be wrong: told in the history, decides nothing.
    made_at = models.DateTimeField("faite le")
    received_at = models.DateTimeField("reçue le", default=clock.now)
    booking = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="offline_actions"
    )
    refusal = models.TextField("motif du refus", blank=True)
    acknowledged_at = models.DateTimeField("refus vu le", null=True, blank=True)

    class Meta:
        verbose_name = "action du guichet sans réseau"
        verbose_name_plural = "actions du guichet sans réseau"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="offline_action_once", fields=["user", "client_id"]),
            models.CheckConstraint(
                name="offline_action_seen_only_if_refused",
                condition=Q(acknowledged_at__isnull=True) | ~Q(refusal=""),
            ),
        ]
        indexes = [
            models.Index(
                name="offline_action_to_see",
                fields=["user"],
                condition=~Q(refusal="") & Q(acknowledged_at__isnull=True),
            ),
            models.Index(name="offline_action_age", fields=["received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.countermark}"


class CalendarFeed(models.Model):
    """The private calendar address of a venue; its secret follows from `number`."""

    venue = models.OneToOneField(Venue, on_delete=models.CASCADE, related_name="calendar_feed")
    number = models.PositiveIntegerField("numéro de l’adresse", default=0)
    opened_at = models.DateTimeField("ouverte le", null=True, blank=True)

    class Meta:
        verbose_name = "agenda d’un lieu"
        verbose_name_plural = "agendas des lieux"

    def __str__(self) -> str:
        return f"{self.venue_id} – {self.number}"
