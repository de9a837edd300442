"""Grant the credit of a young person."""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction

from bookings.deposit_amounts import DepositAmount, amount_for, digital_ceiling_for
from bookings.enums import DepositType
from bookings.exceptions import DepositAlreadyGranted, NoDepositAtThisAge, NotEligible
from bookings.models import Deposit
from passpro.accounts.models import User
from passpro.accounts.services.beneficiaries import age_on
from passpro.kernel import clock
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)


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
    beneficiary.beneficiary_role = user.beneficiary_role
    logger.info(
        "A credit was granted.", extra={"deposit": deposit.pk, "by": by.kind, "by_id": by.user_id}
    )
    return deposit


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
