"""The door of the partner API: method → key → rate → query and body → view → answer (API-23).

Views are plain functions `view(call, **names_of_the_path)`; they answer a value that JSON can
hold, None for 204, or raise `Refused` or a DomainError. Plain Django views, as a countermark at
the entrance waits for the answer.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from passpro.kernel import idempotency
from passpro.kernel.access import public
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.partner_api import answers, contract, rate, shapes
from passpro.partner_api.answers import Refused
from passpro.partner_api.openapi import documented
from venues.exceptions import ApiKeyOfInactiveProvider, ApiKeyOfInactiveStructure
from venues.models import ApiKey, Provider
from venues.services import api_keys

logger = logging.getLogger(__name__)

View = Callable[..., Any]
_LONGEST_IDEMPOTENCY_KEY = 200
# An image of ten megabytes in base64, with its offer around it.
_LONGEST_BODY = 16 * 1024 * 1024
_ROUTES: dict[str, dict[str, View]] = {}


@dataclass(slots=True)
class Call:
    """Who calls and what was sent, already checked against the contract."""

    request: HttpRequest
    key: ApiKey
    by: Actor
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    file: UploadedFile | None = None
    content: bytes = b""

    @property
    def provider(self) -> Provider:
        assert self.key.provider is not None
        return self.key.provider


def route(template: str, name: str, **views: View) -> URLPattern:
    """The Django path of one address of the contract; `views` are named by their method (`get=`).

    `{stock_id}` takes digits when it ends with « _id », any text otherwise. A last « / » may be
    left out (API-01).
    """
    methods = {method.upper(): view for method, view in views.items()}
    _ROUTES[template] = methods
    door = _door(template, methods)
    if template.endswith("/"):
        return re_path(rf"^{template.strip('/')}/?$", door, name=name)
    return path(_django_path(template), door, name=name)


def _django_path(template: str) -> str:
    parts = template.removeprefix("/").replace("{", "<").replace("}", ">").split("/")
    return "/".join(part.replace("<", "<int:") if part.endswith("_id>") else part for part in parts)


def built_routes() -> dict[str, dict[str, View]]:
    """Addresses of the contract that have views, by template then method."""
    return _ROUTES


def _door(template: str, methods: dict[str, View]) -> Callable[..., HttpResponse]:
    routes = {method: contract.routes()[(method, template)] for method in methods}

    @csrf_exempt
    @public
    def door(request: HttpRequest, **names: Any) -> HttpResponse:
        method = str(request.method)
        if method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
        elif method not in methods:
            response = _json(405, answers.WRONG_METHOD)
            response["Allow"] = ", ".join(methods)
        else:
            response = _answered(request, routes[method], methods[method], names)
        # API-05: any site's page may call; the key is what opens, no cookie is read.
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = ", ".join(methods)
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
        response["Access-Control-Expose-Headers"] = (
            "Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
        )
        return response

    return documented(door, template, methods)


def _answered(
    request: HttpRequest, facts: contract.Route, view: View, names: dict[str, Any]
) -> HttpResponse:
    headers: dict[str, str] = {}
    try:
        call = Call(request, *_caller(request))
        allowance = rate.count(call.key.prefix)
        headers = allowance.headers
        if not allowance.passes:
            raise Refused(429, answers.TOO_MANY)
        if facts.get("sandbox") and not settings.ADAGE_SANDBOX:
            raise Refused(403, answers.SANDBOX_ONLY)  # API-24
        _read(call, facts)
        status, body = _once(call, lambda: _run(view, call, names))
        response = _json(status, body)
    except Refused as refusal:
        response = _json(refusal.status, refusal.body)
    except shapes.Invalid as invalid:
        response = _json(400, invalid.problems)
    except DomainError as error:
        response = _json(*_said(error))
    except Exception:
        logger.exception("A call of the partner API failed.", extra={"path": request.path})
        response = _json(500, answers.FAULT)
    for name, value in headers.items():
        response[name] = value
    return response


def _caller(request: HttpRequest) -> tuple[ApiKey, Actor]:
    """API-10 to API-12: a partner's key; the own key of a structure opens `/v2/bookings` only."""
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    try:
        key = api_keys.authenticate(raw) if scheme.lower() == "bearer" else None
    except ApiKeyOfInactiveProvider:
        raise Refused(403, answers.INACTIVE_PROVIDER) from None
    except ApiKeyOfInactiveStructure:
        key = None
    if key is None or key.provider is None:
        raise Refused(401, answers.KEY_REQUIRED)
    return key, Actor.api_key(key.prefix)


def _read(call: Call, facts: contract.Route) -> None:
    """Query and body, checked; API-42: together, so that every wrong field is told at once."""
    snake = facts["path"].startswith("/public/")
    problems: shapes.Problems = {}
    try:
        call.query = shapes.query_of(
            facts.get("query", {}),
            call.request.GET.dict(),
            closed=facts.get("query_closed", False),
            snake=snake,
        )
    except shapes.Invalid as invalid:
        problems.update(invalid.problems)
    if facts.get("multipart"):
        _read_form(call)
    elif "body" in facts:
        try:
            call.body = shapes.body_of(facts["body"], _sent(call), snake=snake)
        except shapes.Invalid as invalid:
            problems.update(invalid.problems)
    if problems:
        raise shapes.Invalid(problems)


def _sent(call: Call) -> Any:
    length = call.request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > _LONGEST_BODY:
        raise Refused(400, answers.NOT_JSON)
    # Not `request.body`, whose limit is that of the portal's forms.
    call.content = call.request.read(_LONGEST_BODY)
    try:
        return json.loads(call.content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(400, answers.NOT_JSON) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _read_form(call: Call) -> None:
    try:
        call.body = dict(call.request.POST.items())
        call.file = call.request.FILES.get("file")
    except (MultiPartParserError, RequestDataTooBig, UnicodeDecodeError):
        raise Refused(400, answers.NOT_JSON) from None


def _once(call: Call, run: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """`Idempotency-Key`: the same call sent again gets the first answer and does nothing."""
    key = call.request.headers.get("Idempotency-Key", "")
    if not key or call.request.method == "GET":
        return run()
    if len(key) > _LONGEST_IDEMPOTENCY_KEY or not key.isprintable():
        raise Refused(400, {"Idempotency-Key": ["At most 200 printable characters."]})
    request = call.request
    fingerprint = f"{request.method} {request.get_full_path()}\n".encode() + call.content
    answer = idempotency.answer_once(
        owner=call.key.prefix,
        key=key,
        body=fingerprint,
        run=lambda: idempotency.Answer(*run()),
    )
    return answer.status_code, answer.body


def _run(view: View, call: Call, names: dict[str, Any]) -> tuple[int, Any]:
    if call.request.method == "GET":
        return 200, view(call, **names)
    with transaction.atomic():
        body = view(call, **names)
    return (204, None) if body is None else (200, body)


def _said(error: DomainError) -> tuple[int, answers.Body]:
    """A refusal of a service that the view did not translate: conflicts are 400 in the contract."""
    key = getattr(error, "api_key", None) or error.field or "global"
    status = 400 if error.http_status == 409 else error.http_status
    if isinstance(error, idempotency.IdempotencyKeyRunning | idempotency.IdempotencyKeyReused):
        key, status = "Idempotency-Key", error.http_status
    return status, {key: [error.message]}


def _json(status: int, body: Any) -> HttpResponse:
    if status == 204:
        return HttpResponse(status=204)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type="application/json")


@csrf_exempt
@public
def nowhere(request: HttpRequest, start: str, rest: str) -> HttpResponse:
    """An address that the partner API does not have: 404 `{}`."""
    response = _json(404, {})
    response["Access-Control-Allow-Origin"] = "*"
    return response
