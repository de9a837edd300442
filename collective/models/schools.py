"""Schools, their years and budgets, their people (collective.md §2.7 to §2.10)."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q

from collective.enums import BudgetPeriod, Ministry, RuralLevel
from collective.querysets import BudgetQuerySet, InstitutionQuerySet, SchoolYearQuerySet
from collective.uai import validate_uai
from passpro.kernel import clock
from passpro.reference.departments import department_of
from passpro.reference.education import academy_of

MARSEILLE = "marseille_en_grand"
NEAR_KM: dict[str, int] = {
    "": 60,
    RuralLevel.CENTRES: 3,
    RuralLevel.BELTS: 3,
    RuralLevel.MIDDLE: 10,
    RuralLevel.TOWNS: 15,
    RuralLevel.VILLAGES: 60,
    RuralLevel.SCATTERED: 60,
    RuralLevel.REMOTE: 60,
}


class Institution(models.Model):
    """A school, known by its UAI code (« établissement scolaire »)."""

    uai = models.CharField(
        "code UAI",
        max_length=8,
        unique=True,
        validators=[validate_uai],
        error_messages={"unique": "Un établissement a déjà ce code UAI."},
    )
    kind = models.CharField("type", max_length=80, blank=True)
    name = models.CharField("nom", max_length=200)
    city = models.CharField("ville", max_length=100)
    postal_code = models.CharField("code postal", max_length=10)
    email = models.EmailField("e-mail", max_length=120, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    programme = models.CharField(
        "programme", max_length=30, choices=[(MARSEILLE, "Marseille en Grand")], blank=True
    )
    # For the lists of « Découverte » (§2.7, §2.12).
    rural_level = models.CharField("ruralité", max_length=9, choices=RuralLevel, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField("créé le", default=clock.now)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = "établissement scolaire"
        verbose_name_plural = "établissements scolaires"
        ordering = ["city", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="institution_uai_shape", condition=Q(uai__regex=r"^\d{7}[A-Z]$")
            ),
            models.CheckConstraint(
                name="institution_point_of_earth",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Type and name, as ADAGE writes it (§2.7)."""
        return f"{self.kind} {self.name}".strip()

    @property
    def near_km(self) -> int:
        """How far « near the school » goes (§2.7); the farthest when its level is not known."""
        return NEAR_KM[self.rural_level]

    @property
    def department_code(self) -> str:
        return department_of(self.postal_code)

    @property
    def academy(self) -> str:
        return academy_of(self.department_code)


class SchoolYear(models.Model):
    """1 September to 31 August, Paris time; `code` is ADAGE's own number of the year (§2.8)."""

    code = models.CharField("identifiant ADAGE", max_length=30, unique=True)
    start_year = models.PositiveSmallIntegerField("année de rentrée", unique=True)

    objects = SchoolYearQuerySet.as_manager()

    class Meta:
        verbose_name = "année scolaire"
        verbose_name_plural = "années scolaires"
        ordering = ["-start_year"]
        constraints = [
            models.CheckConstraint(
                name="school_year_plausible",
                condition=Q(start_year__gte=2000, start_year__lte=2200),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start_year}-{self.start_year + 1}"

    @property
    def starts_at(self) -> datetime:
        return clock.paris_midnight(date(self.start_year, 9, 1))

    @property
    def ends_at(self) -> datetime:
        """Its last second (§0.4)."""
        return clock.paris_midnight(date(self.start_year + 1, 9, 1)) - timedelta(seconds=1)

    def period_bounds(self, period: str) -> tuple[datetime, datetime]:
        """First and last second of a period of the year (§2.9)."""
        new_year = clock.paris_midnight(date(self.start_year + 1, 1, 1))
        if period == BudgetPeriod.AUTUMN:
            return self.starts_at, new_year - timedelta(seconds=1)
        if period == BudgetPeriod.SPRING:
            return new_year, self.ends_at
        return self.starts_at, self.ends_at


def start_year_of(moment: datetime) -> int:
    """The year in which the school year of an instant began."""
    day = clock.paris_day(moment)
    return day.year if day.month >= 9 else day.year - 1


class SchoolBudget(models.Model):
    """Money of a school for a year or a part of it (« dépôt »); lock before spending (§2.9)."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="budgets")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="budgets")
    period = models.CharField(
        "période", max_length=8, choices=BudgetPeriod, default=BudgetPeriod.YEAR
    )
    ministry = models.CharField("ministère", max_length=8, choices=Ministry)
    amount_cents = models.PositiveBigIntegerField("montant en centimes")
    # Part of the amount carried over from the period before, when the ministry says it (§2.9).
    carried_over_cents = models.PositiveBigIntegerField(
        "reliquat de la période précédente, en centimes", null=True, blank=True
    )
    is_final = models.BooleanField(
        "définitif", default=False, help_text="Provisoire : 80 % peuvent être dépensés."
    )
    created_at = models.DateTimeField("créé le", default=clock.now)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        verbose_name = "budget d’établissement"
        verbose_name_plural = "budgets d’établissements"
        ordering = ["-year__start_year", "institution__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="budget_once",
                fields=["institution", "year", "period"],
                violation_error_message="Cet établissement a déjà un budget pour cette période.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} – {self.year}"

    @property
    def spendable_cents(self) -> int:
        """All of a final budget, 80 % of a temporary one, to the nearest cent (§4.2)."""
        return self.amount_cents if self.is_final else (self.amount_cents * 8 + 5) // 10

    @property
    def promised_cents(self) -> int:
        """Spent or confirmed; of a row read `with_spending`."""
        return int(getattr(self, "spent_cents", 0)) + int(getattr(self, "held_cents", 0))

    @property
    def left_cents(self) -> int:
        """What may still be confirmed; of a row read `with_spending`."""
        return max(self.spendable_cents - self.promised_cents, 0)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return self.year.period_bounds(self.period)


class Redactor(models.Model):
    """A teacher known through ADAGE; never rewritten by a later visit (§2.10)."""

    email = models.EmailField("e-mail", max_length=120, unique=True)
    first_name = models.CharField("prénom", max_length=128)
    last_name = models.CharField("nom", max_length=128)
    civility = models.CharField("civilité", max_length=20, blank=True)
    created_at = models.DateTimeField("connu depuis le", default=clock.now)
    # What the person closed in ADAGE’s frame (§2.10).
    feedback_form_closed = models.BooleanField("questionnaire fermé", default=False)
    broadcast_help_closed = models.BooleanField("aide fermée", default=False)

    class Meta:
        verbose_name = "enseignant"
        verbose_name_plural = "enseignants"
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="redactor_email_in_small_letters",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class EntryTicket(models.Model):
    """A signed address that was used: the same one never opens the door twice (§7.1)."""

    jti = models.CharField("identifiant", max_length=64, unique=True)
    expires_at = models.DateTimeField("expire le")

    class Meta:
        verbose_name = "adresse d’entrée utilisée"
        verbose_name_plural = "adresses d’entrée utilisées"
        indexes = [models.Index(name="entry_ticket_expiry", fields=["expires_at"])]

    def __str__(self) -> str:
        return self.jti
