"""« Informations bancaires »: accounts of a structure, filing and linking (§18.3)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from finance.bank_cards import cards_of, venues_to_link, waits_for_account
from finance.files import open_rib
from finance.forms import BankAccountForm, LinkForm
from finance.models import BankAccount
from finance.permissions import may_manage_bank_accounts
from finance.services.bank_account import file_bank_account, link_venues
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Offerer
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_GET
def bank_accounts(request: HttpRequest) -> HttpResponse:
    """One structure at a time: the one asked for, else the first by name."""
    mine = Offerer.objects.visible_to(request.user).order_by("name", "pk")
    offerers = list(mine.distinct())
    asked = request.GET.get("structure", "")
    offerer = next((one for one in offerers if str(one.pk) == asked), None)
    offerer = offerer or (offerers[0] if offerers else None)
    context: dict[str, Any] = {
        "offerers": offerers,
        "offerer": offerer,
        "waits_for_account": waits_for_account(request.user),
    }
    if offerer:
        context |= cards_of(offerer)
        context["may_manage"] = may_manage_bank_accounts(request.user, offerer)
    return render(request, "finance/bank_accounts.html", context)


def _back_to(offerer: Offerer) -> HttpResponse:
    return redirect(f"{reverse('finance:bank_accounts')}?structure={offerer.pk}")


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def bank_account_create(request: HttpRequest, pk: int) -> HttpResponse:
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    if not may_manage_bank_accounts(request.user, offerer):
        raise PermissionDenied
    form = BankAccountForm(request.POST or None, request.FILES or None, offerer=offerer)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            typed = form.cleaned_data
            venue = typed.pop("venue")
            try:
                account = file_bank_account(
                    offerer_id=offerer.pk,
                    venue_id=venue.pk if venue else None,
                    by=Actor.user(request.user),
                    **typed,
                )
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
                status = error.http_status
            else:
                messages.success(
                    request, f"Le compte « {account.label} » est enregistré et va être vérifié."
                )
                return _back_to(offerer)
    context = {"form": form, "offerer": offerer}
    return render(request, "finance/bank_account_create.html", context, status=status)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def bank_account_link(request: HttpRequest, pk: int) -> HttpResponse:
    accounts = BankAccount.objects.visible_to(request.user).accepted().select_related("offerer")
    account = get_object_or_404(accounts, pk=pk)
    if not may_manage_bank_accounts(request.user, account.offerer):
        raise PermissionDenied
    choice = venues_to_link(account)
    form = LinkForm(
        request.POST if request.method == "POST" else None,
        venues=choice.free,
        initial=choice.as_initial(),
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                changed = link_venues(
                    offerer_id=account.offerer_id,
                    bank_account_id=account.pk,
                    venue_ids=set(form.cleaned_data["venues"]),
                    as_default=form.cleaned_data["as_default"],
                    by=Actor.user(request.user),
                )
            except DomainError as error:
                form.add_error(None, error.message)
                status = error.http_status
            else:
                messages.success(request, _said(account, changed))
                return _back_to(account.offerer)
    context = {"form": form, "account": account, "choice": choice}
    return render(request, "finance/bank_account_link.html", context, status=status)


@allowed_if(may_use_portal)
@require_GET
def bank_account_rib(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The structure's own RIB, for its administrator; each look is kept."""
    accounts = BankAccount.objects.visible_to(request.user).select_related("offerer")
    account = get_object_or_404(accounts, pk=pk)
    if not may_manage_bank_accounts(request.user, account.offerer):
        raise PermissionDenied
    return open_rib(account, by=Actor.user(request.user))


def _said(account: BankAccount, changed: dict[str, list[int]]) -> str:
    linked, unlinked = len(changed["linked"]), len(changed["unlinked"])
    facts = []
    if linked:
        facts.append(f"{linked} {'lieux rattachés' if linked > 1 else 'lieu rattaché'}")
    if unlinked:
        facts.append(f"{unlinked} {'lieux détachés' if unlinked > 1 else 'lieu détaché'}")
    return f"Compte « {account.label} » : {' et '.join(facts) or 'enregistré'}."
