"""A person leaves: own request, sixty days to come back, then erasure (PRF-04, SUS-05)."""

from django.db import transaction

from passpro.accounts import personal_data, tokens
from passpro.accounts.enums import SuspensionReason
from passpro.accounts.exceptions import EmailNotRetyped, LinkExpired, MayNotLeave
from passpro.accounts.models import User
from passpro.accounts.services.suspension import suspend, unsuspend
from passpro.kernel.actor import Actor


@transaction.atomic
def ask_to_leave(*, user: User, typed_email: str, by: Actor) -> User:
    """Close the account at once at the person's wish; the mail tells how to come back.

    Raises EmailNotRetyped, MayNotLeave (only member of a structure with something running),
    AlreadySuspended.
    """
    if typed_email.strip().lower() != user.email:
        raise EmailNotRetyped(field="email")
    return leave_for(user_id=user.pk, by=by)


@transaction.atomic
def leave_for(*, user_id: int, by: Actor, comment: str = "") -> User:
    """The same request served by the team, for a letter or a call; same refusals."""
    person = User.objects.lock_for_change(user_id)
    if why := personal_data.objection_to_leave(person):
        raise MayNotLeave(why)
    return suspend(user_id=user_id, reason=SuspensionReason.OWN_REQUEST, by=by, comment=comment)


@transaction.atomic
def come_back(*, token: str) -> User:
    """Undo one's own request with the link of the mail, within 60 days.

    Raises LinkExpired, also when the account was given back or suspended again meanwhile.
    """
    user_id, asked_at = tokens.read_return_token(token)
    person = User.objects.filter(pk=user_id).first()
    if (
        person is None
        or person.may_return_until is None
        or person.suspended_at is None
        or person.suspended_at.isoformat() != asked_at
    ):
        raise LinkExpired
    return unsuspend(user_id=user_id, by=Actor.user(person))
