"""The team suspends an account and gives it back (§11.1)."""

from django.db import transaction

from passpro.accounts import emails, personal_data
from passpro.accounts.enums import (
    REASONS_FOR_BENEFICIARIES,
    REASONS_FOR_PROFESSIONALS,
    SuspensionReason,
)
from passpro.accounts.exceptions import (
    AlreadySuspended,
    NotSuspended,
    ReturnTooLate,
    WrongSuspensionReason,
)
from passpro.accounts.history import Kind, record
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor

_RESETS_PASSWORD = {SuspensionReason.SUSPICIOUS_SIGN_IN, SuspensionReason.FRAUD_HACKED}


def reasons_for(user: User) -> tuple[SuspensionReason, ...]:
    """SUS-02 or SUS-03."""
    return REASONS_FOR_BENEFICIARIES if user.is_beneficiary else REASONS_FOR_PROFESSIONALS


@transaction.atomic
def suspend(*, user_id: int, reason: str, by: Actor, comment: str = "") -> User:
    """Close the account until it is given back: sessions end, agents' rights go (SUS-04).

    What the apps do with the person's bookings follows the reason (SUS-04b, SUS-04c).
    Raises AlreadySuspended, WrongSuspensionReason.
    """
    person = User.objects.lock_for_change(user_id)
    if not person.is_active:
        raise AlreadySuspended
    if reason not in reasons_for(person):
        raise WrongSuspensionReason(field="reason")
    person.is_active = False
    person.suspended_at = clock.now()
    person.suspension_reason = reason
    person.sessions_closed += 1
    person.erasure_warned_at = None
    person.is_staff = person.is_superuser = False
    person.groups.clear()
    if reason in _RESETS_PASSWORD:
        person.set_unusable_password()
    person.save()
    record(
        person,
        Kind.SUSPENDED,
        by=by,
        why=comment.strip(),
        changes={"motif de suspension": ("", SuspensionReason(reason).label)},
    )
    personal_data.person_suspended(person, reason=reason, by=by)
    emails.queue_suspended(person)
    return person


@transaction.atomic
def unsuspend(*, user_id: int, by: Actor, comment: str = "") -> User:
    """Give the account back; agents' rights and cancelled bookings do not return (SUS-05).

    Raises NotSuspended, or ReturnTooLate 60 days after the person's own request.
    """
    person = User.objects.lock_for_change(user_id)
    if person.suspended_at is None or person.anonymised_at is not None:
        raise NotSuspended
    until = person.may_return_until
    if until is not None and clock.now() > until:
        raise ReturnTooLate
    before = SuspensionReason(person.suspension_reason).label
    person.is_active = True
    person.suspended_at = None
    person.suspension_reason = ""
    person.erasure_warned_at = None
    # A warned person who is back does not count as silent.
    person.last_seen_at = clock.now()
    person.save()
    record(
        person,
        Kind.UNSUSPENDED,
        by=by,
        why=comment.strip(),
        changes={"motif de suspension": (before, "")},
    )
    emails.queue_unsuspended(person)
    return person
