"""Labelled local credits: « 100 € de la Région », spent before the national credit (STR-006)."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from bookings.enums import LocalMovementKind
from bookings.models.bookings import Booking
from bookings.querysets import LocalCreditQuerySet
from offers.models import Offer
from passpro.kernel import clock
from passpro.reference.categories import CATEGORIES
from passpro.reference.departments import DEPARTMENTS


class LocalProgramme(models.Model):
    """What a local authority gives to each young person, when and where it may be spent."""

    label = models.CharField(
        "nom montré aux jeunes", max_length=60, unique=True, help_text="« 100 € de la Région »"
    )
    authority = models.CharField(
        "collectivité ou programme", max_length=80, help_text="« Région Bretagne »"
    )
    amount_cents = models.PositiveIntegerField("montant par personne, en centimes")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au (compris)")
    department_codes = ArrayField(
        models.CharField(max_length=3),
        verbose_name="départements",
        default=list,
        blank=True,
        help_text="Où ont lieu les offres ; codes séparés par des virgules. Vide : partout, et en "
        "ligne.",
    )
    category_ids = ArrayField(
        models.CharField(max_length=40),
        verbose_name="catégories",
        default=list,
        blank=True,
        help_text="Vide : toutes les catégories.",
    )
    created_at = models.DateTimeField("créé le", default=clock.now)

    class Meta:
        verbose_name = "programme de crédit local"
        verbose_name_plural = "programmes de crédit local"
        ordering = ["-starts_on", "label"]
        constraints = [
            models.CheckConstraint(
                name="local_programme_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                name="local_programme_gives_something",
                condition=Q(amount_cents__gt=0),
                violation_error_message="Donnez un montant.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def where_words(self) -> str:
        """« dans le Finistère (29) et le Morbihan (56), pour Cinéma et Livre »; empty: all."""
        places = [f"{DEPARTMENTS[code]} ({code})" for code in self.department_codes]
        categories = [CATEGORIES[code].label for code in self.category_ids]
        words = [", ".join(places), f"pour {', '.join(categories)}" if categories else ""]
        return " ; ".join(word for word in words if word)

    def is_open(self, now: datetime) -> bool:
        """Within its days, Paris time."""
        return self.starts_on <= clock.paris_day(now) <= self.ends_on

    def covers(self, offer: Offer) -> bool:
        """Of its départements, which leaves out what is on line, and of its categories."""
        if self.category_ids and offer.subcategory.category_id not in self.category_ids:
            return False
        if not self.department_codes:
            return True
        return not offer.is_digital and offer.place.department_code in self.department_codes


class LocalCredit(models.Model):
    """The share of one young person in a programme; each booking paid by it moves its counter."""

    programme = models.ForeignKey(
        LocalProgramme, verbose_name="programme", on_delete=models.PROTECT, related_name="credits"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="bénéficiaire",
        on_delete=models.PROTECT,
        related_name="local_credits",
    )
    # What was granted: a programme that changes its amount changes nothing here.
    amount_cents = models.PositiveIntegerField("montant en centimes")
    spent_cents = models.PositiveIntegerField("dépensé en centimes", default=0)
    created_at = models.DateTimeField("accordé le", default=clock.now)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)

    objects = LocalCreditQuerySet.as_manager()

    class Meta:
        verbose_name = "crédit local"
        verbose_name_plural = "crédits locaux"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="local_credit_once", fields=["programme", "user"]),
            models.CheckConstraint(
                name="local_credit_never_overspent", condition=Q(spent_cents__lte=F("amount_cents"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} – {self.user}"

    def remaining_cents(self, now: datetime) -> int:
        """0 before its days, after them, and once withdrawn."""
        if self.withdrawn_at is not None or not self.programme.is_open(now):
            return 0
        return self.amount_cents - self.spent_cents


class LocalMovement(models.Model):
    """A cent of local credit that came or went: granted, spent on a booking, given back by it."""

    credit = models.ForeignKey(LocalCredit, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField("nature", max_length=5, choices=LocalMovementKind)
    cents = models.PositiveIntegerField("montant en centimes")
    booking = models.ForeignKey(
        Booking,
        verbose_name="réservation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="local_movements",
    )
    at = models.DateTimeField("date", default=clock.now)
    actor_kind = models.CharField("type d’auteur", max_length=8)
    actor_label = models.CharField("auteur", max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="compte de l’auteur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = "mouvement de crédit local"
        verbose_name_plural = "mouvements de crédit local"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="local_movement_of_something", condition=Q(cents__gt=0)),
            models.CheckConstraint(
                name="local_movement_says_its_booking",
                condition=Q(kind="GRANT", booking__isnull=True)
                | Q(kind__in=["SPENT", "BACK"], booking__isnull=False),
            ),
            # A booking is charged once and gives back once.
            models.UniqueConstraint(
                name="local_movement_once_a_booking", fields=["credit", "booking", "kind"]
            ),
            models.UniqueConstraint(
                name="local_credit_granted_once", fields=["credit"], condition=Q(kind="GRANT")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credit} – {self.get_kind_display()}"
