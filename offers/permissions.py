"""Who may do what with offers; rows come from `visible_to`, these answer for verbs (403)."""

from typing import Any

from venues.permissions import has_validated_account, may_use_portal


def may_create_offers(user: Any) -> bool:
    """OFF-30: any person of the portal; the form then asks for one of their structures."""
    return may_use_portal(user)


def may_browse_catalogue(user: Any) -> bool:
    """Young people; read-only, agents and professionals once validated (Y13, USR-08, USR-09)."""
    if not user.is_authenticated:
        return False
    return user.is_beneficiary or user.is_staff or has_validated_account(user)


def may_keep_offers(user: Any) -> bool:
    """Favourites and reports are those of young people."""
    return user.is_authenticated and user.is_beneficiary
