"""Several accounts are suspended at once, from numbers or a domain (SUS-06)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from passpro.accounts.models import User
from passpro.kernel.admin_base import MOST_AT_ONCE
from venues.models import Membership

_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a confirmation would do; `left` pairs a person with why nothing happens to them.

    `more`: accounts beyond the number decided at once, to be asked for again.
    """

    people: list[User] = field(default_factory=list)
    left: list[tuple[User, str]] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    more: int = 0


def numbers_in(text: str) -> list[int]:
    """Account numbers separated by spaces, commas or lines; ValueError for anything else."""
    return sorted({int(part) for part in _SEPARATORS.split(text.strip()) if part})


def plan_for_numbers(numbers: Iterable[int]) -> Plan:
    wanted = set(numbers)
    people = User.objects.filter(pk__in=wanted)
    plan = _plan(people)
    known = {person.pk for person in plan.people} | {person.pk for person, _ in plan.left}
    plan.unknown.extend(sorted(wanted - known))
    return plan


def plan_for_domain(domain: str) -> Plan:
    return _plan(User.objects.filter(email__endswith=f"@{domain.lower()}"))


def _plan(people: QuerySet[User]) -> Plan:
    attached = Membership.objects.filter(user=OuterRef("pk"))
    rows = list(people.annotate(is_attached=Exists(attached)).order_by("pk"))
    reasons = [(person, _why_left(person)) for person in rows]
    to_suspend = [person for person, why in reasons if not why]
    return Plan(
        people=to_suspend[:MOST_AT_ONCE],
        left=[(person, why) for person, why in reasons if why],
        more=max(0, len(to_suspend) - MOST_AT_ONCE),
    )


def _why_left(person: User) -> str:
    """Professionals and agents are decided one by one."""
    if person.is_staff:
        return "agent"
    if not person.is_beneficiary and getattr(person, "is_attached", False):
        return "acteur culturel"
    return "" if person.is_active else "déjà suspendu ou effacé"
