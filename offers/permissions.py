"""Who may do what with offers; rows come from `visible_to`, these answer for verbs (403)."""

from typing import Any

from venues.permissions import may_use_portal


def may_create_offers(user: Any) -> bool:
    """OFF-30: any person of the portal; the form then asks for one of their structures."""
    return may_use_portal(user)


def may_browse_catalogue(user: Any) -> bool:
    """Young people, and professionals read-only (Y13)."""
    return bool(user.is_authenticated)
