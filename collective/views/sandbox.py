"""The sandbox plays ADAGE: a person enters as a school, and reads the notices received (§7.9)."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from collective import notices
from collective.entry import sandbox_token
from collective.school_forms import SandboxForm
from passpro.kernel.access import public
from passpro.kernel.models import OutboxMessage
from passpro.kernel.paging import page_of

PER_PAGE = 10


@public
@require_http_methods(["GET", "POST"])
def sandbox(request: HttpRequest) -> HttpResponse:
    """Sign an address for the school and role chosen, then go through the ordinary door.

    Below, what PassPro told ADAGE: received once its message left, on its way before.
    """
    form = SandboxForm(request.POST or None)
    if form.is_bound and form.is_valid():
        token = sandbox_token(form.visitor(), form.cleaned_data["role"])
        return redirect(f"{reverse('collective:adage_enter')}?token={token}")
    told = OutboxMessage.objects.filter(kind=OutboxMessage.Kind.ADAGE).order_by("-pk")
    page = page_of(request, told, size=PER_PAGE)
    context = {"form": form, "page": page, "lines": [_line(one) for one in page]}
    status = 400 if form.errors else 200
    return render(request, "collective/adage/sandbox.html", context, status=status)


def _line(message: OutboxMessage) -> dict[str, Any]:
    body = message.payload["body"]
    return {
        "message": message,
        "title": notices.TITLES.get(message.event, message.event),
        "uai": body.get("UAICode", ""),
        "name": body.get("name") or body.get("offerName", ""),
        "path": message.payload["path"],
        "text": json.dumps(body, indent=2, ensure_ascii=False),
    }
