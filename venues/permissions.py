"""Who may do what on structures; rows come from `visible_to`, these answer for verbs (403)."""

from typing import Any

from venues.enums import MembershipRole, MembershipStatus, OffererStatus
from venues.models import Membership, Offerer


def may_use_portal(user: Any) -> bool:
    """The portal is for cultural staff; a young person enters only with an attachment (USR-08)."""
    return bool(user.is_authenticated) and (
        not user.is_beneficiary or Membership.objects.filter(user=user).exists()
    )


def is_administrator(user: Any, offerer: Offerer) -> bool:
    """ADM-06: bank accounts, API keys and invitations are the administrator's."""
    return Membership.objects.filter(
        user=user,
        offerer=offerer,
        role=MembershipRole.ADMIN,
        status=MembershipStatus.VALIDATED,
    ).exists()


def may_manage_api_keys(user: Any, offerer: Offerer) -> bool:
    """KEY-04."""
    return is_administrator(user, offerer)


def may_manage_synchronisations(user: Any, offerer: Offerer) -> bool:
    """ADM-06: whoever gives keys also says which partner acts."""
    return is_administrator(user, offerer)


def may_manage_team(user: Any, offerer: Offerer) -> bool:
    """INV-01 with ADM-06: invite, remove, hand over."""
    return is_administrator(user, offerer)


def has_validated_account(user: Any) -> bool:
    """§10.5, PRO: validly attached to a structure that the team has validated (USR-08)."""
    return Membership.objects.filter(
        user=user,
        status=MembershipStatus.VALIDATED,
        offerer__status=OffererStatus.VALIDATED,
        offerer__is_active=True,
    ).exists()
