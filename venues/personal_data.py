"""What venues hold on a person (see passpro/accounts/personal_data.py)."""

from datetime import datetime

from django.db.models import Q

from passpro.accounts.models import User
from passpro.accounts.personal_data import Holder, Rows
from passpro.accounts.services.erasure import anonymous_label
from passpro.kernel.actor import SYSTEM
from venues import transitions
from venues.enums import InvitationStatus, MembershipStatus, OffererStatus
from venues.models import AdageRequest, ApiKey, Invitation, Membership, Offerer

_ENDED = [OffererStatus.REJECTED, OffererStatus.CLOSED]
_ATTACHED = [MembershipStatus.PENDING, MembershipStatus.VALIDATED]


def collect(person: User) -> dict[str, Rows]:
    memberships = Membership.objects.filter(user=person).select_related("offerer")
    keys = ApiKey.objects.filter(created_by=person).select_related("offerer")
    invitations = Invitation.objects.filter(email=person.email).select_related("offerer")
    if not (memberships or keys or invitations):
        return {}
    return {
        "Rattachements": [
            {
                "structure": one.offerer.name,
                "SIREN": one.offerer.siren,
                "rôle": one.get_role_display(),
                "état": one.get_status_display(),
                "demandé le": one.created_at,
                "décidé le": one.decided_at,
            }
            for one in memberships
        ],
        "Invitations reçues": [
            {
                "structure": str(one.offerer or ""),
                "envoyée le": one.sent_at,
                "état": one.get_status_display(),
            }
            for one in invitations
        ],
        "Clés d’API créées": [
            {"structure": str(one.offerer or ""), "nom": one.label, "créée le": one.created_at}
            for one in keys
        ],
    }


def erase(person: User) -> None:
    """RGPD-03: attachments end with the account; invitations to the address lose it."""
    offerer_ids = Membership.objects.filter(user=person).values_list("offerer_id", flat=True)
    for offerer_id in sorted(offerer_ids):
        Offerer.objects.lock_for_change(offerer_id)
        membership = (
            Membership.objects.select_for_update(of=("self",), no_key=True)
            .filter(user=person, offerer=offerer_id, status__in=_ATTACHED)
            .first()
        )
        if membership is not None:
            transitions.move_membership(
                membership, MembershipStatus.REMOVED, by=SYSTEM, why="Compte effacé"
            )
    for invitation in (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .filter(email=person.email)
        .order_by("pk")
    ):
        if invitation.status == InvitationStatus.PENDING:
            transitions.move_invitation(
                invitation, InvitationStatus.WITHDRAWN, by=SYSTEM, why="Compte effacé"
            )
        invitation.email = f"anonyme_{person.pk}@anonyme.passpro.invalid"
        invitation.save(update_fields=["email"])
    name, label = person.get_full_name(), anonymous_label(person.pk)
    if name:
        ApiKey.objects.filter(offerer__in=list(offerer_ids), revoked_by_label=name).update(
            revoked_by_label=label
        )
    AdageRequest.objects.filter(contact_email__iexact=person.email).update(
        contact_name=label, contact_email="", contact_phone=""
    )


def keeps(now: datetime) -> Q:
    """RGPD-03: attached, or waiting to be, to a structure that is neither refused nor closed."""
    live = Membership.objects.filter(status__in=_ATTACHED).exclude(offerer__status__in=_ENDED)
    return Q(pk__in=live.values("user"))


HOLDER = Holder(app="venues", collect=collect, erase=erase, keeps=keeps)
