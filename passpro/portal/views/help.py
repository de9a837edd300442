"""Questions and answers, who to call, which meeting to attend: open to everybody (L1)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passpro.kernel import clock
from passpro.kernel.access import public
from passpro.portal import help
from passpro.reference.departments import DEPARTMENTS


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`?departement=` names the people of a territory, before an account exists (OFF-14)."""
    asked = request.GET.get("departement", "")
    chosen = asked if asked in DEPARTMENTS else ""
    context = {
        "departments": DEPARTMENTS.items(),
        "chosen": chosen,
        "contacts": help.contacts_for([chosen]) if chosen else [],
        "meeting": help.next_meeting(clock.now()),
        "is_sandbox": settings.ADAGE_SANDBOX,
    }
    return render(request, "portal/help.html", context)
