"""One door for the JSON of ADAGE's frame: the signed address as a Bearer token (§7.1).

Each call carries the token and lives as long as it does: minutes. Pages are entered once by the
same token and go on with a session (`collective/services/enter.py`).
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from collective import entry
from collective.api.door import Malformed
from collective.exceptions import BadTicket, TicketExpired, TicketWithoutEnd
from collective.models import Redactor
from collective.school_session import Visit
from passpro.kernel.access import public
from passpro.kernel.errors import DomainError

_UNRECOGNIZED = {"Authorization": "Unrecognized token"}


class Call:
    """Who calls, from where, with which body."""

    def __init__(self, request: HttpRequest, visit: Visit) -> None:
        self.request, self.visit, self.visitor = request, visit, visit.visitor

    @property
    def redactor(self) -> Redactor | None:
        return Redactor.objects.filter(email=self.visitor.email.lower()).first()

    def body(self, known: dict[str, type]) -> dict[str, Any]:
        """The JSON object sent; raises Malformed for anything that is not one of `known`."""
        try:
            sent = json.loads(self.request.body or b"{}")
        except (ValueError, UnicodeDecodeError):
            raise Malformed({"global": ["invalid JSON"]}) from None
        if not isinstance(sent, dict):
            raise Malformed({"global": ["an object is expected"]})
        errors = {name: ["extra fields not permitted"] for name in set(sent) - set(known)}
        for name, kind in known.items():
            value = sent.get(name)
            is_number = kind is int and (type(value) is not int or not 0 <= value < 2**31)
            if value is not None and (is_number or not isinstance(value, kind)):
                errors[name] = [f"{kind.__name__} type expected"]
            elif isinstance(value, str) and "\x00" in value:
                errors[name] = ["a character is not allowed"]
        if errors:
            raise Malformed(errors)
        return sent


def route(**methods: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of these methods: the token first; what a service refuses becomes its code."""
    served = {name.upper(): view for name, view in methods.items()}

    @csrf_exempt
    @public
    @wraps(next(iter(methods.values())))
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        answer = _answer(request, served, kwargs)
        origin = request.headers.get("Origin", "")
        if origin in {*settings.ADAGE_FRAME_ORIGINS, settings.SITE_URL}:
            answer["Access-Control-Allow-Origin"] = origin
            answer["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            answer["Access-Control-Allow-Methods"] = ", ".join(served)
        answer["Vary"] = "Origin"
        return answer

    return door


def _answer(
    request: HttpRequest, served: dict[str, Callable[..., HttpResponse]], kwargs: dict[str, Any]
) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    try:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise BadTicket
        ticket = entry.read(token.strip())
    except TicketExpired:
        return JsonResponse({"msg": "Token expired"}, status=422)
    except TicketWithoutEnd:
        return JsonResponse({"msg": "No expiration date provided"}, status=422)
    except BadTicket:
        return JsonResponse(_UNRECOGNIZED, status=403)
    view = served.get(request.method or "")
    if view is None:
        allowed = {"Allow": ", ".join(served)}
        return JsonResponse({"code": "METHOD_NOT_ALLOWED"}, status=405, headers=allowed)
    if "%00" in request.get_full_path():
        return JsonResponse({"global": ["a character is not allowed"]}, status=400)
    try:
        return view(Call(request, Visit(ticket.visitor, ticket.role)), **kwargs)
    except Malformed as error:
        return JsonResponse(error.errors, status=400)
    except DomainError as error:
        return JsonResponse({"code": error.code}, status=error.http_status)
