"""First page of the cultural staff: what comes, what was booked, what is left to set up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from finance.models import Pricing
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.portal import dashboard
from passpro.portal.shell import Shell
from venues.models import Offerer
from venues.permissions import may_use_portal


@require_safe
@allowed_if(may_use_portal)
def home(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    user = request.user
    steps = dashboard.setup_steps(user, urls=Shell(request).urls)
    offerers = list(Offerer.objects.visible_to(user))
    return render(
        request,
        "portal/home.html",
        {
            "offerers": offerers,
            "waiting": [offerer for offerer in offerers if not offerer.is_visible],
            "events": dashboard.next_events(user, now=now),
            "expected": dashboard.expected_today(user, now=now),
            "month": dashboard.last_month(user, now=now),
            "money": Pricing.objects.money_to_come(Offerer.objects.visible_to(user), now=now),
            "steps": steps,
            "steps_done": sum(step.is_done for step in steps),
            "current_step": next((step for step in steps if not step.is_done), None),
        },
    )
