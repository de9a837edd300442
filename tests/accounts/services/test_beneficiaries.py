from datetime import UTC, date, datetime

import pytest

from passpro.accounts.exceptions import EmailTaken, TooYoungOrTooOld
from passpro.accounts.services.beneficiaries import age_on, create_beneficiary
from passpro.accounts.services.profile import update_profile
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def create(birth=date(2008, 3, 1), **more):
    facts = {
        "email": "Chloe@example.org",
        "first_name": "Chloé",
        "last_name": "Petit",
        "date_of_birth": birth,
        "postal_code": "20137",
        "by": SYSTEM,
    }
    with clock.at(datetime(2026, 5, 28, 12, tzinfo=UTC)):
        return create_beneficiary(**facts | more)


@pytest.mark.parametrize(
    ("birth", "role"),
    [
        (date(2011, 5, 28), "UNDERAGE"),
        (date(2008, 5, 29), "UNDERAGE"),
        (date(2008, 5, 28), "AGE_18"),
        (date(2007, 5, 29), "AGE_18"),
    ],
)
def test_the_role_follows_the_age(birth, role):
    assert create(birth).beneficiary_role == role


@pytest.mark.parametrize("birth", [date(2011, 5, 29), date(2007, 5, 28)])
def test_people_under_15_or_over_18_are_refused(birth):
    with pytest.raises(TooYoungOrTooOld):
        create(birth)


def test_somebody_born_on_29_february_is_older_on_1_march():
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_the_person_chooses_a_password_by_email_unless_one_is_given():
    user = create()
    assert not user.has_usable_password()
    assert user.department_code == "2A"
    assert "/mot-de-passe-perdu/" in OutboxMessage.objects.get().payload["text"]

    assert create(email="b@example.org", password=PASSWORD).check_password(PASSWORD)
    assert OutboxMessage.objects.count() == 1


def test_a_taken_address_is_refused():
    UserFactory(email="chloe@example.org")

    with pytest.raises(EmailTaken):
        create()


def test_a_young_person_cannot_change_the_checked_name():
    chloe = create()

    update_profile(user=chloe, first_name="Cloé", pseudo="Chlo", phone="+33612345678", by=SYSTEM)

    chloe.refresh_from_db()
    assert (chloe.first_name, chloe.pseudo) == ("Chloé", "Chlo")
