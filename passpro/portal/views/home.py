"""First page of the cultural staff: what comes, what was booked, what is left to set up."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from finance.models import Pricing
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.portal import dashboard, help, money
from passpro.portal.figures import figures_of
from passpro.portal.public_pages import public_pages
from passpro.portal.scope import Scope, scope_of
from passpro.portal.shell import Shell
from venues.enums import MembershipStatus, OffererStatus
from venues.models import Offerer
from venues.permissions import may_use_portal

REFUSAL_SHOWN = timedelta(days=30)
_TO_DECIDE = {OffererStatus.NEW, OffererStatus.PENDING}


@require_safe
@allowed_if(may_use_portal)
def home(request: HttpRequest) -> HttpResponse:
    """`?structure=` and `?lieu=` narrow the page; the number of queries never changes (C1)."""
    now = clock.now()
    scope = scope_of(request.user, request.GET)
    counted = figures_of(scope, now=now)
    context: dict[str, Any] = {
        "scope": scope,
        "offerers": scope.offerers,
        "waiting": [one for one in scope.offerers if one.status in _TO_DECIDE],
        "closed": [one for one in scope.offerers if one.status == OffererStatus.CLOSED],
        **_answers(request, scope),
        "counted": counted,
        "money": _money(scope),
        "last_invoice": money.last_invoice(scope),
        "pages": public_pages(scope),
        "site": settings.SITE_URL.rstrip("/"),
        "contacts": help.contacts_for(scope.departments),
        "meeting": help.next_meeting(now),
    }
    return render(request, "portal/home.html", context | _setup(request, scope))


def _answers(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """Structures whose answer the person waits for, and the refusals of the last month (C1-10)."""
    known = [MembershipStatus.PENDING, MembershipStatus.REJECTED]
    since = clock.now() - REFUSAL_SHOWN
    answers = list(
        request.user.memberships.filter(status__in=known)
        .order_by("pk")
        .values_list("offerer__name", "status", "offerer__status", "decided_at")
    )
    return {
        "asked": [name for name, state, *_ in answers if state == MembershipStatus.PENDING],
        "refused": [
            (name, structure == OffererStatus.REJECTED)
            for name, state, structure, at in answers
            if state == MembershipStatus.REJECTED and (not scope.offerers or (at and at > since))
        ],
    }


def _money(scope: Scope) -> Any:
    offerers = Offerer.objects.filter(pk__in=scope.offerer_ids)
    return Pricing.objects.money_to_come(offerers, now=clock.now())


def _setup(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    offers, accounts = dashboard.offer_figures(scope), money.account_figures(scope)
    urls = Shell(request).urls
    steps = dashboard.setup_steps(scope, offers=offers, accounts=accounts, urls=urls)
    return {
        "offers": offers,
        "schools": dashboard.school_figures(scope),
        "accounts": accounts,
        "steps": steps,
        "steps_done": sum(step.is_done for step in steps),
        "current_step": next((step for step in steps if not step.is_done), None),
    }
