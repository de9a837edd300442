"""People of the tests."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from passpro.accounts.models import User
from passpro.kernel import clock

PASSWORD = "Mot-de-passe-1!"


class UserFactory(DjangoModelFactory):
    """A person of a cultural venue, verified; `beneficiary` is a young person of 18."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@example.org")
    first_name = "Alice"
    last_name = factory.Sequence(lambda n: f"Martin{n}")
    email_verified_at = factory.LazyFunction(clock.now)
    password = factory.django.Password(PASSWORD)

    class Params:
        beneficiary = factory.Trait(
            first_name="Chloé",
            beneficiary_role=User.BeneficiaryRole.AGE_18,
            date_of_birth=date(2008, 3, 1),
            department_code="93",
        )
        staff = factory.Trait(first_name="Farid", is_staff=True)
