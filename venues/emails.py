"""E-mails about structures and attachments (§16); written in the transaction of the change."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from passpro.accounts.models import User
from passpro.kernel import outbox
from venues.enums import MembershipStatus
from venues.models import Membership, MembershipTransition, Offerer, OffererTransition


def queue_offerer_registered(offerer: Offerer, user: User) -> None:
    """Welcome: the team is going to look at the structure (OFF-12)."""
    latest = offerer.transitions.order_by("-pk").values_list("pk", flat=True).first()
    outbox.queue_email(
        event="venues/offerer_registered",
        unique_key=f"offerer-registered:{latest}",
        to=user.email,
        context=_context(user=user, offerer=offerer),
    )


def queue_offerer_decided(offerer: Offerer, log: OffererTransition, *, accepted: bool) -> None:
    """To everybody validly attached when the decision is taken."""
    event = "venues/offerer_validated" if accepted else "venues/offerer_rejected"
    for membership in offerer.memberships.filter(status=MembershipStatus.VALIDATED).select_related(
        "user"
    ):
        outbox.queue_email(
            event=event,
            unique_key=f"offerer-decided:{log.pk}:{membership.user_id}",
            to=membership.user.email,
            reply_to=settings.SUPPORT_EMAIL,
            context=_context(user=membership.user, offerer=offerer, reason=log.why),
        )


def queue_membership_requested(membership: Membership) -> None:
    latest = membership.transitions.order_by("-pk").values_list("pk", flat=True).first()
    outbox.queue_email(
        event="venues/membership_requested",
        unique_key=f"membership-requested:{latest}",
        to=membership.user.email,
        context=_context(user=membership.user, offerer=membership.offerer),
    )


def queue_membership_decided(
    membership: Membership, log: MembershipTransition, *, accepted: bool
) -> None:
    outbox.queue_email(
        event="venues/membership_accepted" if accepted else "venues/membership_refused",
        unique_key=f"membership-decided:{log.pk}",
        to=membership.user.email,
        reply_to=settings.SUPPORT_EMAIL,
        context=_context(user=membership.user, offerer=membership.offerer, reason=log.why),
    )


def _context(*, user: User, offerer: Offerer, **more: Any) -> dict[str, Any]:
    return {
        "user": user,
        "offerer": offerer,
        "url": settings.SITE_URL + reverse("venues:structures"),
        "support_email": settings.SUPPORT_EMAIL,
        **more,
    }
