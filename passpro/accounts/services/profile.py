"""What people may change about themselves (PRF-01, J1); each change leaves a history row."""

from collections.abc import Collection

from django.db import transaction

from passpro.accounts.history import write_changes
from passpro.accounts.models import User
from passpro.accounts.notifications import offered_to
from passpro.kernel.actor import Actor


@transaction.atomic
def update_profile(*, user: User, by: Actor, **facts: str) -> User:
    """Write name, pseudo or phone at once; a young person's name stays as it was checked."""
    allowed = {"pseudo", "phone"}
    if not user.is_beneficiary:
        allowed |= {"first_name", "last_name"}
    person = User.objects.lock_for_change(user.pk)
    write_changes(person, {name: value for name, value in facts.items() if name in allowed}, by=by)
    return person


@transaction.atomic
def update_preferences(
    *,
    user: User,
    wanted: Collection[str],
    accepts_newsletter: bool,
    accepts_contact: bool,
    by: Actor,
) -> User:
    """Keep which e-mails the person wants: codes of notifications, newsletter, contact."""
    person = User.objects.lock_for_change(user.pk)
    offered = offered_to(is_beneficiary=person.is_beneficiary)
    muted = sorted(one.code for one in offered if one.code not in wanted)
    write_changes(
        person,
        {
            "muted_notifications": muted,
            "accepts_newsletter": accepts_newsletter,
            "accepts_contact": accepts_contact,
        },
        by=by,
    )
    return person
