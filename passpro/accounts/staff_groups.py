"""Agents' groups and their rights, declared here and written after each migration (ROL-02).

A right is « app.codename »; `*` stands for anything. Nobody needs the superuser flag (ROL-04).
"""

from fnmatch import fnmatchcase
from typing import Any

_LOOK_AT_PROS = ("accounts.view_user", "venues.view_*", "offers.view_*", "bookings.view_*")
_MESSAGES = ("kernel.view_outboxmessage", "kernel.resend_outboxmessage")

GROUPS: dict[str, tuple[str, ...]] = {
    # Accepts structures, people and bank accounts.
    "Homologation": (
        *_LOOK_AT_PROS,
        "venues.change_offerer",
        "venues.decide_*",
        "finance.*bankaccount*",
        *_MESSAGES,
    ),
    # Checks offers and fraud.
    "Conformité": (*_LOOK_AT_PROS, "venues.decide_*", "offers.change_*", "offers.decide_*"),
    "Support pro": (*_LOOK_AT_PROS, "venues.change_offerer", "finance.view_*", *_MESSAGES),
    "Support jeunes": (
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "offers.view_*",
        "bookings.*deposit",
        "bookings.view_*",
        *_MESSAGES,
    ),
    "Finance": ("finance.*", "bookings.view_*", "venues.view_*"),
    "Administration": ("accounts.*", "auth.view_*", "kernel.*", "*.view_*"),
    "Lecture seule": ("*.view_*",),
}


def sync_staff_groups(**signal: Any) -> None:
    """Make groups and their rights what GROUPS says; rights of apps still to migrate come later."""
    from django.contrib.auth.models import Group, Permission

    rights = {
        f"{right.content_type.app_label}.{right.codename}": right
        for right in Permission.objects.select_related("content_type")
    }
    for name, patterns in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(
            right
            for code, right in rights.items()
            if any(fnmatchcase(code, pattern) for pattern in patterns)
        )
