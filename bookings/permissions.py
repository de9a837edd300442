"""Who may do what with bookings; rows come from `visible_to`, these answer for verbs (403)."""

from typing import Any


def may_book(user: Any) -> bool:
    """BKG-24: staff of venues and agents look at offers, young people book them."""
    return bool(user.is_authenticated) and user.is_beneficiary
