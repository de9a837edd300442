"""E-mails about structures and attachments (§16); written in the transaction of the change."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from passpro.accounts.models import User
from passpro.accounts.notifications import TEAM
from passpro.accounts.tokens import address_token
from passpro.kernel import outbox
from venues.enums import (
    AdageStatus,
    InvitationStatus,
    MembershipRole,
    MembershipStatus,
    VenueProviderStatus,
)
from venues.models import (
    AdageRequest,
    AdageRequestTransition,
    Invitation,
    Membership,
    MembershipTransition,
    Offerer,
    OffererTransition,
    Venue,
    VenueProvider,
    VenueProviderTransition,
)


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


def queue_offerer_closed(offerer: Offerer, log: OffererTransition, *, automatic: bool) -> None:
    """To everybody of the structure; the words differ when the register says so (§2.3 close)."""
    for membership in offerer.memberships.filter(status=MembershipStatus.VALIDATED).select_related(
        "user"
    ):
        outbox.queue_email(
            event="venues/offerer_closed",
            unique_key=f"offerer-closed:{log.pk}:{membership.user_id}",
            to=membership.user.email,
            reply_to=settings.SUPPORT_EMAIL,
            context=_context(
                user=membership.user, offerer=offerer, reason=log.why, automatic=automatic
            ),
        )


def queue_closing_asked(offerer: Offerer, log_id: int) -> None:
    """OFF-33: to everybody of the structure, whose offers are withdrawn."""
    for membership in offerer.memberships.filter(status=MembershipStatus.VALIDATED).select_related(
        "user"
    ):
        context = _context(user=membership.user, offerer=offerer, reason=offerer.closing_reason)
        outbox.queue_email(
            event="venues/closing_asked",
            unique_key=f"closing-asked:{log_id}:{membership.user_id}",
            to=membership.user.email,
            reply_to=settings.SUPPORT_EMAIL,
            context=context | {"url": _page("venues:structure", offerer.pk)},
        )


def queue_membership_requested(membership: Membership) -> None:
    latest = membership.transitions.order_by("-pk").values_list("pk", flat=True).first()
    outbox.queue_email(
        event="venues/membership_requested",
        unique_key=f"membership-requested:{latest}",
        to=membership.user.email,
        context=_context(user=membership.user, offerer=membership.offerer),
    )


def queue_membership_to_decide(membership: Membership) -> None:
    """The administrator learns that somebody asks to join, unless they do not want to (TEAM)."""
    offerer = membership.offerer
    administrator = (
        offerer.memberships.filter(role=MembershipRole.ADMIN, status=MembershipStatus.VALIDATED)
        .select_related("user")
        .first()
    )
    if administrator is None or not administrator.user.accepts(TEAM):
        return
    latest = membership.transitions.order_by("-pk").values_list("pk", flat=True).first()
    outbox.queue_email(
        event="venues/membership_to_decide",
        unique_key=f"membership-to-decide:{latest}",
        to=administrator.user.email,
        context={
            "user": administrator.user,
            "person": membership.user,
            "offerer": offerer,
            "url": _page("venues:team", offerer.pk),
            "support_email": settings.SUPPORT_EMAIL,
        },
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


def queue_who_administers(offerer: Offerer, email: str, *, unique: str) -> None:
    """ADM-04: to the structure's public address, whose answer names a person and an address."""
    outbox.queue_email(
        event="venues/who_administers",
        unique_key=unique,
        to=email,
        context={"offerer": offerer, "answer_to": settings.SUPPORT_EMAIL},
    )


def queue_invitation(invitation: Invitation) -> None:
    """Known people sign in, the others sign up first (INV-03 to INV-05)."""
    has_account = User.objects.filter(
        email=invitation.email, email_verified_at__isnull=False, is_active=True
    ).exists()
    url = _page("venues:invitation", invitation.pk)
    if not has_account:
        token = address_token(invitation.email)
        url = settings.SITE_URL + reverse("accounts:sign_up", query={"invitation": token})
    outbox.queue_email(
        event="venues/invitation",
        unique_key=f"invitation:{invitation.pk}:{invitation.sent_at.timestamp()}",
        to=invitation.email,
        context={
            "invitation": invitation,
            "offerer": invitation.offerer,
            "has_account": has_account,
            "url": url,
        },
    )


def queue_invited_joined(membership: Membership, log: MembershipTransition) -> None:
    """ATT-05: whoever invited this person learns that they are in, if they wish to (TEAM)."""
    invitation = (
        membership.offerer.invitations.filter(
            email=membership.user.email, status=InvitationStatus.ACCEPTED
        )
        .select_related("invited_by")
        .first()
    )
    if invitation is None or not invitation.invited_by.accepts(TEAM):
        return
    outbox.queue_email(
        event="venues/invited_joined",
        unique_key=f"invited-joined:{log.pk}",
        to=invitation.invited_by.email,
        context={
            "user": invitation.invited_by,
            "person": membership.user,
            "offerer": membership.offerer,
            "url": _page("venues:team", membership.offerer_id),
        },
    )


def queue_member_removed(membership: Membership, log: MembershipTransition) -> None:
    outbox.queue_email(
        event="venues/member_removed",
        unique_key=f"member-removed:{log.pk}",
        to=membership.user.email,
        context=_context(user=membership.user, offerer=membership.offerer, reason=log.why),
    )


def queue_administration_given(
    membership: Membership, log: MembershipTransition, *, former: Membership | None
) -> None:
    """To the new administrator and to the former one."""
    for one in filter(None, (membership, former)):
        outbox.queue_email(
            event="venues/administration_given",
            unique_key=f"administration-given:{log.pk}:{one.pk}",
            to=one.user.email,
            context={
                "user": one.user,
                "administrator": membership.user,
                "is_new": one == membership,
                "offerer": membership.offerer,
                "url": _page("venues:team", membership.offerer_id),
            },
        )


def queue_link_changed(link: VenueProvider, log: VenueProviderTransition) -> None:
    """The partner learns who authorised it or stopped it; the venue that a software stopped."""
    venue, provider = link.venue, link.provider
    context = {
        "link": link,
        "venue": venue,
        "provider": provider,
        "by": log.actor_label,
        "url": _page("venues:synchronisations", venue.pk),
    }
    outbox.queue_email(
        event="venues/partner_told",
        unique_key=f"partner-told:{log.pk}",
        to=provider.notification_email,
        context=context,
    )
    if link.status != VenueProviderStatus.ACTIVE:
        outbox.queue_email(
            event="venues/synchronisation_stopped",
            unique_key=f"synchronisation-stopped:{log.pk}",
            to=venue.booking_email,
            context=context,
        )


def queue_adage_request_changed(request: AdageRequest, log: AdageRequestTransition) -> None:
    """Filed, then decided; taking a file up or giving it up needs no message."""
    event = {
        AdageStatus.SUBMITTED: "venues/adage_submitted",
        AdageStatus.ACCEPTED: "venues/adage_accepted",
        AdageStatus.REFUSED: "venues/adage_refused",
        AdageStatus.DROPPED: "venues/adage_dropped",
    }.get(AdageStatus(request.status))
    if event:
        outbox.queue_email(
            event=event,
            unique_key=f"adage-request:{log.pk}",
            to=request.contact_email,
            reply_to=settings.SUPPORT_EMAIL,
            context={
                "request": request,
                "venue": request.venue,
                "reason": log.why,
                "url": _page("venues:adage", request.venue.offerer_id),
            },
        )


def queue_venue_referenced(venue: Venue) -> None:
    """collective.md §13.4: the collective part opens."""
    outbox.queue_email(
        event="venues/venue_referenced",
        unique_key=f"venue-referenced:{venue.pk}:{venue.adage_referenced_at}",
        to=venue.booking_email,
        reply_to=settings.SUPPORT_EMAIL,
        context={"venue": venue, "url": _page("venues:venue_teachers", venue.pk)},
    )


def _page(name: str, pk: int) -> str:
    return settings.SITE_URL + reverse(name, kwargs={"pk": pk})


def _context(*, user: User, offerer: Offerer, **more: Any) -> dict[str, Any]:
    return {
        "user": user,
        "offerer": offerer,
        "url": settings.SITE_URL + reverse("venues:structures"),
        "support_email": settings.SUPPORT_EMAIL,
        **more,
    }
