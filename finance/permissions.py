"""Who may do which verb on the money side; rows come from `visible_to` (404)."""

from typing import Any

from passpro.accounts.models import User
from passpro.kernel.actor import Actor
from passpro.kernel.errors import NotAllowed
from venues.models import Offerer
from venues.permissions import is_administrator


def may_manage_bank_accounts(user: Any, offerer: Offerer) -> bool:
    """D-8: filing and linking are the administrator's; other members read."""
    return is_administrator(user, offerer)


def may_control_batches(user: Any) -> bool:
    """Team members who check batches and launch justificatifs."""
    return bool(user.is_staff and user.has_perm("finance.change_cashflowbatch"))


def may_decide_bank_accounts(user: Any) -> bool:
    return bool(user.is_staff and user.has_perm("finance.change_bankaccount"))


def check_administrator(by: Actor, offerer: Offerer) -> None:
    """The same rule for every door of a service; jobs and the system pass."""
    if by.kind == "USER":
        user = User.objects.filter(pk=by.user_id or 0).first()
        if user is None or not may_manage_bank_accounts(user, offerer):
            raise NotAllowed(
                "Seul un administrateur de la structure gère les informations bancaires."
            )
