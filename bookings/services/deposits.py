"""Grant the credit of a young person, and what each birthday adds to it."""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Trunc

from bookings import credit_emails
from bookings.deposit_amounts import DepositAmount, amount_for, digital_ceiling_for
from bookings.enums import DepositType
from bookings.exceptions import DepositAlreadyGranted, NoDepositAtThisAge, NotEligible
from bookings.models import Deposit, DepositGrant
from passpro.accounts.models import User
from passpro.accounts.services.beneficiaries import age_on
from passpro.accounts.services.erasure import years_before
from passpro.kernel import clock
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)

DATES_KEPT_YEARS = 10  # RGPD-06


@transaction.atomic
def grant_deposit(*, beneficiary: User, by: Actor) -> Deposit:
    """Give the credit of today's age, with the amounts in force today (CRD-01 to CRD-05, CRD-10).

    Raises NotEligible (agent, person of a venue, no date of birth), NoDepositAtThisAge,
    DepositAlreadyGranted.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=beneficiary.pk)
    if user.is_staff or user.date_of_birth is None or user.memberships.exists():
        raise NotEligible(field="beneficiary")
    today = clock.today()
    amount = amount_for(age_on(user.date_of_birth, today), today)
    if amount is None:
        raise NoDepositAtThisAge(field="beneficiary")
    if user.deposits.filter(type=amount.type).exists():
        raise DepositAlreadyGranted(field="beneficiary")
    deposit = _open(user, amount, today)
    beneficiary.beneficiary_role = user.beneficiary_role
    logger.info(
        "A credit was granted.", extra={"deposit": deposit.pk, "by": by.kind, "by_id": by.user_id}
    )
    return deposit


def _open(user: User, amount: DepositAmount, today: date) -> Deposit:
    """Write the deposit with its first sum, and the role that goes with it."""
    assert user.date_of_birth is not None
    deposit = Deposit.objects.create(
        user=user,
        type=amount.type,
        version=amount.version,
        amount_cents=amount.amount_cents,
        digital_ceiling_cents=digital_ceiling_for(amount, user.department_code),
        physical_ceiling_cents=amount.physical_ceiling_cents,
        expires_at=_expiry(amount, born=user.date_of_birth, today=today),
    )
    user.beneficiary_role = (
        User.BeneficiaryRole.AGE_18
        if amount.type == DepositType.GRANT_18
        else User.BeneficiaryRole.UNDERAGE
    )
    user.save(update_fields=["beneficiary_role"])
    _note(deposit, amount)
    return deposit


def _note(deposit: Deposit, amount: DepositAmount) -> DepositGrant:
    return DepositGrant.objects.create(
        deposit=deposit,
        age=amount.age,
        amount_cents=amount.amount_cents,
        granted_at=clock.now(),
    )


def top_up_birthdays(*, now: datetime) -> dict[str, int]:
    """JOB-09: what each birthday adds, once, with an e-mail; the credit of 18 replaces the other.

    One person a transaction: killed anywhere and played again, or late by a year, everybody has
    what their ages give and nothing twice (deposit_grant_once_per_age).
    """
    topped = 0
    for user_id in list(_birthdays(clock.paris_day(now)).values_list("pk", flat=True)):
        topped += _top_up(user_id, clock.paris_day(now))
    return {"topped_up": topped}


def _birthdays(today: date) -> QuerySet[User]:
    """Active young people with a credit whose last sum was for a younger age."""
    had_birthday = Q()
    for age in (15, 16, 17):
        limit = _same_day_before(today, today.year - age - 1)
        had_birthday |= Q(last_age=age, date_of_birth__lte=limit)
    return (
        User.objects.filter(is_active=True, beneficiary_role=User.BeneficiaryRole.UNDERAGE)
        .annotate(last_age=Max("deposits__grants__age"))
        .filter(had_birthday)
        .order_by("pk")
    )


@transaction.atomic
def _top_up(user_id: int, today: date) -> int:
    user = User.objects.lock_for_change(user_id)
    if not user.is_active or user.date_of_birth is None or not user.is_beneficiary:
        return 0
    age = age_on(user.date_of_birth, today)
    amount = amount_for(age, today)
    if amount is not None and amount.type == DepositType.GRANT_18:
        if user.deposits.filter(type=amount.type).exists():
            return 0
        deposit = _open(user, amount, today)
        credit_emails.queue_credit_added(deposit, deposit.grants.get())
        return 1
    return _add_missing_ages(user, age, today)


def _add_missing_ages(user: User, age: int, today: date) -> int:
    """The sums of 16 and 17, also that of a birthday that the job missed."""
    deposit = (
        Deposit.objects.select_for_update(of=("self",), no_key=True)
        .filter(user=user, type=DepositType.GRANT_15_17, expires_at__gt=clock.now())
        .first()
    )
    if deposit is None:
        return 0
    given = set(deposit.grants.values_list("age", flat=True))
    added = 0
    for missing in range(min(given, default=age) + 1, age + 1):
        amount = amount_for(missing, today)
        if missing in given or amount is None or amount.type != deposit.type:
            continue
        grant = _note(deposit, amount)
        Deposit.objects.filter(pk=deposit.pk).update(
            amount_cents=F("amount_cents") + amount.amount_cents
        )
        deposit.refresh_from_db(fields=["amount_cents"])
        credit_emails.queue_credit_added(deposit, grant)
        added += 1
    return added


def truncate_old_dates(*, now: datetime) -> dict[str, int]:
    """RGPD-06: of credits that ended more than ten years ago only the year is kept."""
    old = Deposit.objects.filter(expires_at__lt=years_before(now, DATES_KEPT_YEARS))
    exact = old.exclude(created_at=Trunc("created_at", "year", tzinfo=clock.PARIS))
    truncated = exact.update(
        created_at=Trunc("created_at", "year", tzinfo=clock.PARIS),
        expires_at=Trunc("expires_at", "year", tzinfo=clock.PARIS),
    )
    return {"truncated": truncated}


def _same_day_before(day: date, year: int) -> date:
    """That day of another year; who was born on 29 February grows older on 1 March."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _expiry(amount: DepositAmount, *, born: date, today: date) -> datetime:
    """First instant without credit: 18th birthday, or the end of the last day of validity."""
    if amount.months is None:
        return clock.paris_midnight(_same_day(born, born.year + 18))
    last_day = _same_day(today, today.year + amount.months // 12)
    return clock.paris_midnight(last_day + timedelta(days=1))


def _same_day(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)
