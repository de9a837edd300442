"""§11.2: who a person was is forgotten everywhere; money and who-did-what rows stay."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from bookings.models import Booking, BookingTransition
from bookings.services.book import book_offer
from bookings.services.countermark import validate_countermark
from passpro.accounts.exceptions import AlreadyAnonymised, LinkExpired, MayNotLeave
from passpro.accounts.history import of_person
from passpro.accounts.models import User
from passpro.accounts.services.erasure import anonymise, run_retention
from passpro.accounts.services.exports import ask_export
from passpro.accounts.services.leaving import ask_to_leave, come_back, leave_for
from passpro.accounts.services.profile import update_profile
from passpro.accounts.tokens import return_token
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.finance.factories import BankAccountFactory, link_account
from tests.finance.services.test_killed import KillAt, Killed
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


def cells_with(*words):
    """Every column of every table where one of the words still is."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                column = connection.ops.quote_name(field.column)
                table = connection.ops.quote_name(model._meta.db_table)
                with connection.cursor() as cursor:
                    for word in words:
                        cursor.execute(
                            f"SELECT count(*) FROM {table} WHERE {column}::text ILIKE %s",  # noqa: S608
                            [f"%{word}%"],
                        )
                        if cursor.fetchone()[0]:
                            found.append(f"{model._meta.label}.{field.name}: {word}")
    return found


@pytest.fixture
def chloe():
    """A young person who did everything that leaves a trace."""
    with clock.at(NOON):
        deposit = DepositFactory(
            user__email="chloe.zanzibar@example.org",
            user__first_name="Clotilde",
            user__last_name="Zanzibar",
            user__pseudo="zanzi",
            user__phone="+33612345699",
            user__postal_code="29200",
            user__date_of_birth=date(2008, 3, 14),
        )
        user = deposit.user
        by = Actor.user(user)
        for _ in range(2):
            stock = StockFactory(
                beginning_at=NOON + timedelta(days=20), offer__venue__booking_email="s@example.org"
            )
            book_offer(beneficiary=user, stock_id=stock.pk, quantity=1, by=by)
        update_profile(user=user, pseudo="zanzibaba", phone="+33612345699", by=by)
        ask_export(person=user, asked_by=user, by=by)
    return user


def test_no_name_remains_in_any_table_and_the_bookings_stay(chloe):
    ids = set(Booking.objects.values_list("pk", flat=True))
    transitions = BookingTransition.objects.count()

    anonymise(user_id=chloe.pk, by=SYSTEM, why="Demande écrite")

    kept_for_delivery = OutboxMessage.objects.get(event="accounts/erased")
    assert kept_for_delivery.recipient == "chloe.zanzibar@example.org"
    kept_for_delivery.delete()
    assert cells_with("zanzi", "clotilde", "612345699", "29200") == [
        name for name in cells_with("29200") if not name.startswith("accounts.")
    ]
    assert set(Booking.objects.values_list("pk", flat=True)) == ids
    assert BookingTransition.objects.count() == transitions
    label = BookingTransition.objects.filter(actor=chloe.pk).first().actor_label
    assert label == f"Compte anonymisé {chloe.pk}"
    chloe.refresh_from_db()
    assert chloe.date_of_birth == date(2008, 1, 1)
    assert chloe.department_code == "93"
    assert (chloe.beneficiary_role, chloe.is_active) == ("", False)
    assert not chloe.check_password(PASSWORD)
    assert of_person(chloe).get().kind == "ANONYMISED"
    assert of_person(chloe).get().why == "Demande écrite"


def test_what_a_professional_did_keeps_its_place_without_the_name():
    alice = UserFactory(
        email="alice.zanzibar@example.org", first_name="Alicia", last_name="Zanzibar"
    )
    colleague = MembershipFactory()
    offerer = colleague.offerer
    mine = MembershipFactory(user=alice, offerer=offerer, member=True)
    venue = VenueFactory(offerer=offerer)
    link = link_account(venue, BankAccountFactory(offerer=offerer, filed_by=alice))
    type(link).objects.filter(pk=link.pk).update(opened_by="Alicia Zanzibar")
    booking = BookingFactory(stock__offer__venue=venue)
    validate_countermark(countermark=booking.countermark, by=Actor.user(alice))

    anonymise(user_id=alice.pk, by=SYSTEM)

    OutboxMessage.objects.filter(event="accounts/erased").delete()
    assert cells_with("zanzibar", "alicia") == []
    mine.refresh_from_db()
    assert mine.status == "REMOVED"
    booking.refresh_from_db()
    assert booking.status == "USED"
    assert booking.transitions.last().actor_id == alice.pk


def test_twice_is_refused_and_the_database_keeps_nobody_nameless_and_active(chloe):
    anonymise(user_id=chloe.pk, by=SYSTEM)

    with pytest.raises(AlreadyAnonymised):
        anonymise(user_id=chloe.pk, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=chloe.pk).update(is_active=True)


def test_an_agent_is_never_erased():
    with pytest.raises(MayNotLeave, match="agent"):
        anonymise(user_id=UserFactory(staff=True).pk, by=SYSTEM)


def test_killed_before_every_write_then_played_again_everything_is_erased_once(chloe):
    with transaction.atomic():
        counter = KillAt(0)
        with connection.execute_wrapper(counter):
            anonymise(user_id=chloe.pk, by=SYSTEM)
        transaction.set_rollback(True)
    assert counter.count > 5

    for number in range(1, counter.count + 1):
        with transaction.atomic():
            with pytest.raises(Killed), connection.execute_wrapper(KillAt(number)):
                anonymise(user_id=chloe.pk, by=SYSTEM)
            chloe.refresh_from_db()
            assert chloe.last_name == "Zanzibar"
            anonymise(user_id=chloe.pk, by=SYSTEM)
            assert of_person(chloe).count() == 1
            transaction.set_rollback(True)


# --- leaving ------------------------------------------------------------------------------------


def test_leaving_asks_for_the_address_closes_the_account_and_cancels_what_can_be(chloe):
    with clock.at(NOON):
        ask_to_leave(user=chloe, typed_email=" Chloe.Zanzibar@example.org", by=Actor.user(chloe))

    chloe.refresh_from_db()
    assert (chloe.is_active, chloe.suspension_reason) == (False, "OWN_REQUEST")
    assert set(Booking.objects.values_list("status", flat=True)) == {"CANCELLED"}
    mail = OutboxMessage.objects.filter(event="accounts/leaving").get()
    assert "27\u00a0juillet 2026" in mail.payload["text"]
    assert "/retour/" in mail.payload["text"]


def test_the_link_of_the_mail_brings_back_once(chloe):
    with clock.at(NOON):
        leave_for(user_id=chloe.pk, by=SYSTEM, comment="Lettre du 12")
        chloe.refresh_from_db()
        link = return_token(chloe)
    with clock.at(NOON + timedelta(days=59)):
        come_back(token=link)
        with pytest.raises(LinkExpired):
            come_back(token=link)
    chloe.refresh_from_db()
    assert chloe.is_active


def test_the_only_member_of_a_structure_with_running_offers_must_stay():
    alone = MembershipFactory()
    OfferFactory(venue__offerer=alone.offerer)

    with pytest.raises(MayNotLeave, match="seule personne"):
        leave_for(user_id=alone.user_id, by=SYSTEM)
    MembershipFactory(offerer=alone.offerer, member=True)
    leave_for(user_id=alone.user_id, by=SYSTEM)


# --- retention ----------------------------------------------------------------------------------


def silent(years, **facts):
    return UserFactory(created_at=NOON - 6 * YEAR, last_login=NOON - years * YEAR, **facts)


def night(days=0):
    now = NOON + timedelta(days=days)
    with clock.at(now):
        return run_retention(now=now)


def test_three_years_of_silence_then_a_warning_then_thirty_days():
    gone, there = silent(4), silent(2)

    assert night() == {"warned": 1, "erased": 0, "kept": 0}
    assert night(1) == {"warned": 0, "erased": 0, "kept": 0}
    assert night(29)["erased"] == 0
    assert night(30)["erased"] == 1

    gone.refresh_from_db()
    there.refresh_from_db()
    assert gone.anonymised_at is not None
    assert there.anonymised_at is None
    assert night(31) == {"warned": 0, "erased": 0, "kept": 0}
    assert OutboxMessage.objects.filter(event="accounts/erased").count() == 1


def test_who_signs_in_after_the_warning_stays_and_is_warned_anew_much_later():
    alice = silent(4)
    night()
    User.objects.filter(pk=alice.pk).update(last_seen_at=NOON + timedelta(days=5))

    assert night(60) == {"warned": 0, "erased": 0, "kept": 0}
    later = 5 + 3 * 366
    assert night(later)["warned"] == 1
    assert night(later + 30)["erased"] == 1


@pytest.mark.parametrize(
    ("case", "is_kept"),
    [
        ("attached", True),
        ("waiting", True),
        ("refused structure", False),
        ("credit over for four years", True),
        ("credit over for six years", False),
        ("agent", True),
    ],
)
def test_whom_the_law_lets_us_keep(case, is_kept):
    person = silent(7, staff=True) if case == "agent" else silent(7)
    if case == "attached":
        MembershipFactory(user=person)
    if case == "waiting":
        MembershipFactory(user=person, pending=True)
    if case == "refused structure":
        MembershipFactory(user=person, offerer=OffererFactory(status="REJECTED"))
    if case.startswith("credit"):
        years = 4 if "four" in case else 6
        DepositFactory(user=person, expires_at=NOON - years * YEAR)

    night()
    night(30)

    person.refresh_from_db()
    assert (person.anonymised_at is None) is is_kept


def test_who_asked_to_leave_is_warned_on_day_fifty_and_erased_on_day_sixty_one(chloe):
    with clock.at(NOON):
        leave_for(user_id=chloe.pk, by=Actor.user(chloe))
    outcomes = {day: night(day) for day in (49, 51, 52, 60, 61)}

    assert [outcomes[day]["warned"] for day in (49, 51, 52)] == [0, 1, 0]
    assert [outcomes[day]["erased"] for day in (60, 61)] == [0, 1]
    chloe.refresh_from_db()
    assert chloe.anonymised_at is not None


def test_the_night_that_dies_in_the_middle_is_finished_by_the_next_one():
    people = [silent(4) for _ in range(3)]
    night()
    with pytest.raises(Killed), connection.execute_wrapper(KillAt(12)):
        night(30)

    night(30)

    assert User.objects.filter(pk__in=[p.pk for p in people], anonymised_at=None).count() == 0
    assert ActionLog.objects.filter(kind="ANONYMISED").count() == 3
    assert OutboxMessage.objects.filter(event="accounts/erased").count() == 3
