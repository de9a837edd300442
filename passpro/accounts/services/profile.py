"""What people may change about themselves (PRF-01)."""

from django.db import transaction

from passpro.accounts.models import User


@transaction.atomic
def update_profile(*, user: User, **facts: str) -> User:
    """Write name, pseudo or phone at once; a young person's name stays as it was checked."""
    allowed = {"pseudo", "phone"}
    if not user.is_beneficiary:
        allowed |= {"first_name", "last_name"}
    changed = {name: value for name, value in facts.items() if name in allowed}
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        user.save(update_fields=[*changed])
    return user
