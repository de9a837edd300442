"""Credits: amounts by age and version, ceilings by département, expiry (CRD-01 to CRD-10)."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from bookings.exceptions import DepositAlreadyGranted, NoDepositAtThisAge, NotEligible
from bookings.models import Deposit, DepositGrant
from bookings.services.deposits import grant_deposit, top_up_birthdays, truncate_old_dates
from passpro.accounts.models import User
from passpro.kernel import clock, outbox
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import DepositFactory
from tests.finance.services.test_killed import KillAt, Killed
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def june():
    with clock.at(NOW):
        yield


def person(born, **facts):
    return UserFactory(beneficiary=True, date_of_birth=born, **facts)


@pytest.mark.parametrize(
    ("born", "kind", "cents", "digital_cents", "last_day"),
    [
        (date(2011, 6, 15), "GRANT_15_17", 20_00, None, date(2029, 6, 14)),
        (date(2010, 1, 1), "GRANT_15_17", 30_00, None, date(2027, 12, 31)),
        (date(2008, 6, 16), "GRANT_15_17", 30_00, None, date(2026, 6, 15)),
        (date(2008, 6, 15), "GRANT_18", 300_00, 100_00, date(2028, 6, 15)),
    ],
)
def test_the_amount_follows_the_age_of_the_day(born, kind, cents, digital_cents, last_day):
    deposit = grant_deposit(beneficiary=person(born), by=SYSTEM)

    assert (deposit.type, deposit.amount_cents) == (kind, cents)
    assert deposit.digital_ceiling_cents == digital_cents
    midnight_after = clock.paris_midnight(date.fromordinal(last_day.toordinal() + 1))
    assert deposit.expires_at == midnight_after
    assert deposit.user.beneficiary_role == (
        User.BeneficiaryRole.AGE_18 if kind == "GRANT_18" else User.BeneficiaryRole.UNDERAGE
    )


@pytest.mark.parametrize(
    ("born", "version", "cents", "digital_cents"),
    [(date(2009, 1, 1), 2, 50_00, None), (date(2008, 1, 1), 3, 150_00, 50_00)],
)
def test_the_second_version_starts_on_its_day(settings, born, version, cents, digital_cents):
    settings.DEPOSIT_VERSIONS_SWITCH_AT = "2026-06-15"

    deposit = grant_deposit(beneficiary=person(born), by=SYSTEM)

    assert (deposit.version, deposit.amount_cents) == (version, cents)
    assert deposit.digital_ceiling_cents == digital_cents


def test_the_day_before_the_switch_the_first_version_holds(settings):
    settings.DEPOSIT_VERSIONS_SWITCH_AT = "2026-06-16"

    assert grant_deposit(beneficiary=person(date(2008, 1, 1)), by=SYSTEM).amount_cents == 300_00


@pytest.mark.parametrize(
    ("department", "digital_cents"),
    [("976", 150_00), ("975", 200_00), ("986", None), ("29", 100_00), ("", 100_00)],
)
def test_the_digital_ceiling_follows_the_departement(department, digital_cents):
    young = person(date(2008, 1, 1), department_code=department)

    assert grant_deposit(beneficiary=young, by=SYSTEM).digital_ceiling_cents == digital_cents


@pytest.mark.parametrize("born", [date(2011, 6, 16), date(2007, 6, 15)])
def test_too_young_or_too_old_has_no_credit(born):
    with pytest.raises(NoDepositAtThisAge):
        grant_deposit(beneficiary=person(born), by=SYSTEM)


def test_a_second_credit_of_one_type_is_refused():
    young = DepositFactory(user=person(date(2008, 1, 1))).user

    with pytest.raises(DepositAlreadyGranted):
        grant_deposit(beneficiary=young, by=SYSTEM)
    assert Deposit.objects.count() == 1


def test_the_credit_of_eighteen_comes_after_that_of_seventeen():
    young = person(date(2008, 1, 1))
    DepositFactory(user=young, type="GRANT_15_17", digital_ceiling_cents=None)

    assert grant_deposit(beneficiary=young, by=SYSTEM).type == "GRANT_18"


@pytest.mark.parametrize("who", ["agent", "pro", "unknown age"])
def test_agents_staff_of_venues_and_unknown_ages_have_no_credit(who):
    person_ = {
        "agent": lambda: UserFactory(staff=True, date_of_birth=date(2008, 1, 1)),
        "pro": lambda: MembershipFactory(user__date_of_birth=date(2008, 1, 1)).user,
        "unknown age": lambda: UserFactory(beneficiary=True, date_of_birth=None),
    }[who]()

    with pytest.raises(NotEligible):
        grant_deposit(beneficiary=person_, by=SYSTEM)


def test_someone_born_on_a_leap_day_is_eighteen_on_the_first_of_march():
    young = person(date(2008, 2, 29))

    with clock.at(datetime(2026, 2, 28, 12, tzinfo=UTC)):
        deposit = grant_deposit(beneficiary=young, by=SYSTEM)
    assert (deposit.type, deposit.expires_at) == (
        "GRANT_15_17",
        clock.paris_midnight(date(2026, 3, 1)),
    )
    with clock.at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        assert grant_deposit(beneficiary=young, by=SYSTEM).type == "GRANT_18"


def test_what_is_left_is_zero_once_expired():
    deposit = DepositFactory(spent_cents=20_00)

    assert deposit.remaining_cents(NOW) == 280_00
    assert deposit.remaining_cents(deposit.expires_at) == 0


# --- birthdays (JOB-09) -------------------------------------------------------------------------


def morning(day):
    now = datetime.fromisoformat(f"{day}T07:00+02:00")
    with clock.at(now):
        return top_up_birthdays(now=now)["topped_up"]


def granted_at_fifteen(born=date(2011, 6, 15), **facts):
    return grant_deposit(beneficiary=person(born, **facts), by=SYSTEM)


def test_each_birthday_adds_its_sum_once_and_tells_it():
    deposit = granted_at_fifteen()
    days = ("2027-06-14", "2027-06-15", "2027-06-16", "2028-06-14", "2028-06-15", "2028-06-15")

    assert [morning(day) for day in days] == [0, 1, 0, 0, 1, 0]

    deposit.refresh_from_db()
    assert deposit.amount_cents == 20_00 + 30_00 + 30_00
    assert list(deposit.grants.values_list("age", "amount_cents")) == [
        (15, 20_00), (16, 30_00), (17, 30_00),
    ]  # fmt: skip
    mails = OutboxMessage.objects.filter(event="bookings/credit_added")
    assert mails.count() == 2
    assert "80" in outbox.content_of(mails.first())["text"]


def test_the_credit_of_eighteen_comes_on_the_day():
    deposit = granted_at_fifteen()
    morning("2028-06-15")

    assert morning("2029-06-15") == 1
    assert morning("2029-06-16") == 0

    user = User.objects.get(pk=deposit.user_id)
    assert user.beneficiary_role == "AGE_18"
    assert set(user.deposits.values_list("type", "amount_cents")) == {
        ("GRANT_15_17", 80_00),
        ("GRANT_18", 300_00),
    }


def test_birthdays_that_a_stopped_job_missed_are_given_later():
    deposit = granted_at_fifteen()

    assert morning("2028-09-01") == 2

    deposit.refresh_from_db()
    assert deposit.amount_cents == 80_00


def test_who_was_born_on_a_leap_day_waits_for_the_first_of_march():
    with clock.at(datetime(2023, 3, 1, 12, tzinfo=UTC)):
        granted_at_fifteen(date(2008, 2, 29))
    days = ("2024-02-28", "2024-02-29", "2025-02-28", "2025-03-01")

    assert [morning(day) for day in days] == [0, 1, 0, 1]


def test_a_suspended_person_waits_and_a_muted_one_gets_the_sum_without_mail():
    away = granted_at_fifteen(is_active=False)
    quiet = granted_at_fifteen(muted_notifications=["credit"])

    assert morning("2027-06-15") == 1

    assert not OutboxMessage.objects.filter(event="bookings/credit_added").exists()
    away.refresh_from_db()
    quiet.refresh_from_db()
    assert (away.amount_cents, quiet.amount_cents) == (20_00, 50_00)
    User.objects.filter(pk=away.user_id).update(is_active=True)
    assert morning("2027-06-16") == 1


def test_the_sum_follows_the_version_of_the_day(settings):
    deposit = granted_at_fifteen()
    settings.DEPOSIT_VERSIONS_SWITCH_AT = "2027-01-01"

    assert morning("2027-06-15") == 0  # nothing at sixteen any more
    assert morning("2028-06-15") == 1
    deposit.refresh_from_db()
    assert deposit.amount_cents == 20_00 + 50_00


def test_the_morning_that_dies_in_the_middle_is_finished_by_the_next_one():
    deposits = [granted_at_fifteen() for _ in range(3)]
    for number in (2, 5):
        with pytest.raises(Killed), connection.execute_wrapper(KillAt(number)):
            morning("2027-06-15")

    morning("2027-06-15")

    for deposit in deposits:
        deposit.refresh_from_db()
        assert deposit.amount_cents == 50_00
    assert OutboxMessage.objects.filter(event="bookings/credit_added").count() == 3


def test_a_sum_is_given_once_per_age():
    deposit = granted_at_fifteen()

    with pytest.raises(IntegrityError), transaction.atomic():
        DepositGrant.objects.create(deposit=deposit, age=15, amount_cents=1)


def test_of_credits_ended_ten_years_ago_only_the_year_is_kept():
    old = DepositFactory(expires_at=datetime(2016, 6, 1, tzinfo=UTC), created_at=NOW)
    recent = DepositFactory(expires_at=datetime(2016, 7, 1, tzinfo=UTC))

    assert truncate_old_dates(now=NOW) == {"truncated": 1}
    assert truncate_old_dates(now=NOW) == {"truncated": 0}

    old.refresh_from_db()
    recent.refresh_from_db()
    assert clock.paris_day(old.expires_at) == date(2016, 1, 1)
    assert recent.expires_at == datetime(2016, 7, 1, tzinfo=UTC)
