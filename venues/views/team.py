"""The team of a structure: members, invitations, administration (5.3)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.paging import page_of
from venues.enums import MembershipStatus
from venues.models import Invitation, Membership, Offerer
from venues.permissions import may_manage_team, may_use_portal
from venues.services.invitations import (
    accept_invitation,
    decline_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from venues.services.memberships import hand_over_administration, remove_member
from venues.team_forms import InvitationForm, RemovalForm


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody sees the team; its administrator also invites."""
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    may_manage = may_manage_team(request.user, offerer)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied
    form = InvitationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                invitation = invite(
                    offerer_id=offerer.pk,
                    email=form.cleaned_data["email"],
                    user=request.user,
                    by=Actor.user(request.user),
                )
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                messages.success(request, f"L’invitation est envoyée à {invitation.email}.")
                return redirect("venues:team", pk=offerer.pk)
    people = offerer.memberships.team()
    context = {
        "offerer": offerer,
        "form": form,
        "may_manage": may_manage,
        "page": page_of(request, people),
        "invitations": _invitations(offerer) if may_manage else [],
        "me": request.user.pk,
    }
    return render(request, "venues/team.html", context, status=status)


def _invitations(offerer: Offerer) -> list[tuple[Invitation, str]]:
    """Those that wait, each with the state to show: an expired one may be sent again."""
    now = clock.now()
    return [
        (invitation, "EXPIRED" if invitation.is_expired(now) else invitation.status)
        for invitation in offerer.invitations.pending().select_related("invited_by")
    ]


@allowed_if(may_use_portal)
@require_POST
def invitation_resend(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    return _on_invitation(
        request, pk, invitation_pk, resend_invitation, "L’invitation de {} repart."
    )


@allowed_if(may_use_portal)
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    return _on_invitation(
        request, pk, invitation_pk, withdraw_invitation, "L’invitation de {} est annulée."
    )


def _on_invitation(
    request: HttpRequest, pk: int, invitation_pk: int, run: Callable[..., Any], done: str
) -> HttpResponse:
    offerer = _managed(request, pk)
    invitation = get_object_or_404(offerer.invitations.pending(), pk=invitation_pk)
    try:
        run(invitation_id=invitation.pk, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done.format(invitation.email))
    return redirect("venues:team", pk=offerer.pk)


def _managed(request: HttpRequest, pk: int) -> Offerer:
    """The structure, if this person administers it: 404 for a stranger, 403 for a member."""
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    if not may_manage_team(request.user, offerer):
        raise PermissionDenied
    return offerer


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def member_remove(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """Ask, then remove somebody who belongs or asks to belong to the team."""
    offerer = _managed(request, pk)
    membership = get_object_or_404(offerer.memberships.team(), pk=membership_pk)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _run(
            request,
            offerer,
            lambda by: remove_member(
                membership_id=membership.pk, by=by, reason=form.cleaned_data["reason"]
            ),
            f"{membership.user} ne fait plus partie de l’équipe.",
        )
    context = {"offerer": offerer, "membership": membership, "form": form}
    return render(request, "venues/team_remove.html", context)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def administration_hand_over(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """Ask, then make another member the administrator (ADM-02)."""
    offerer = _managed(request, pk)
    members = offerer.memberships.team().filter(status=MembershipStatus.VALIDATED)
    membership = get_object_or_404(members, pk=membership_pk)
    if request.method == "POST":
        return _run(
            request,
            offerer,
            lambda by: hand_over_administration(membership_id=membership.pk, by=by),
            f"{membership.user} administre maintenant la structure.",
        )
    context = {"offerer": offerer, "membership": membership}
    return render(request, "venues/team_hand_over.html", context)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def team_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then leave the team oneself; the administrator is told to hand over first."""
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    mine = get_object_or_404(offerer.memberships.team(), user=request.user)
    if request.method == "POST":
        return _run(
            request,
            offerer,
            lambda by: remove_member(membership_id=mine.pk, by=by, reason="Départ"),
            f"Vous ne faites plus partie de l’équipe de « {offerer.name} ».",
            after="venues:structures",
        )
    return render(request, "venues/team_leave.html", {"offerer": offerer, "mine": mine})


def _run(
    request: HttpRequest,
    offerer: Offerer,
    run: Callable[[Actor], Membership],
    done: str,
    after: str = "",
) -> HttpResponse:
    try:
        run(Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("venues:team", pk=offerer.pk)
    messages.success(request, done)
    return redirect(after) if after else redirect("venues:team", pk=offerer.pk)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The invited person answers; anybody else gets 404, young people may be invited too."""
    mine = Invitation.objects.visible_to(request.user).select_related("offerer", "invited_by")
    found = get_object_or_404(mine, pk=pk)
    if request.method == "POST":
        answer = accept_invitation if "accept" in request.POST else decline_invitation
        try:
            answer(invitation_id=found.pk, user=request.user, by=Actor.user(request.user))
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("venues:invitation", pk=found.pk)
        if answer is decline_invitation:
            messages.success(request, f"Vous avez décliné l’invitation de {found.offerer.name}.")
            return redirect("portal:root")
        messages.success(request, f"Votre demande pour rejoindre {found.offerer.name} est partie.")
        return redirect("venues:structures")
    context = {"invitation": found, "is_expired": found.is_expired(clock.now())}
    return render(request, "venues/invitation.html", context)
