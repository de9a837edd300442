"""Young people's accounts, made by an agent or the demo until they sign up themselves."""

from datetime import date

from django.db import IntegrityError, transaction

from passpro.accounts import emails
from passpro.accounts.exceptions import EmailTaken, TooYoungOrTooOld
from passpro.accounts.models import User
from passpro.accounts.services.domains import check_domain
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.reference.departments import department_of


def age_on(birth: date, day: date) -> int:
    """Full years lived on `day`; somebody born on 29 February is older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


@transaction.atomic
def create_beneficiary(
    *,
    email: str,
    first_name: str,
    last_name: str,
    date_of_birth: date,
    postal_code: str,
    by: Actor,
    password: str | None = None,
) -> User:
    """Create a verified young person's account; without `password`, an e-mail invites to choose.

    The role follows the age of the Paris day (15–17 or 18). The credit is granted by bookings.
    Raises EmailTaken, TooYoungOrTooOld, EmailDomainBlocked.
    """
    check_domain(email)
    age = age_on(date_of_birth, clock.today())
    if not 15 <= age <= 18:
        raise TooYoungOrTooOld(field="date_of_birth")
    role = User.BeneficiaryRole.AGE_18 if age == 18 else User.BeneficiaryRole.UNDERAGE
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email,
                password,
                first_name=first_name,
                last_name=last_name,
                date_of_birth=date_of_birth,
                postal_code=postal_code,
                department_code=department_of(postal_code),
                beneficiary_role=role,
                email_verified_at=clock.now(),
                created_at=clock.now(),
            )
    except IntegrityError:
        raise EmailTaken(field="email") from None
    if password is None:
        emails.queue_beneficiary_welcome(user)
    return user
