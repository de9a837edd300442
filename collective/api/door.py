"""One door for every route: key, method, refusals as `{"code": …}` (§6)."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from collective.api.auth import is_adage
from passpro.kernel.access import public
from passpro.kernel.errors import DomainError
from passpro.registers.exceptions import RegisterDown

logger = logging.getLogger(__name__)

WRONG_KEY = {"Authorization": ["Wrong api key"]}
PER_PAGE, MOST_PER_PAGE = 1_000, 10_000


class Malformed(Exception):
    """The question has no sense; `errors` says so, field by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__(errors)


def route(method: str) -> Callable:
    """The key first, then the method; whatever a service refuses becomes its code."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @public
        @wraps(view)
        def door(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not is_adage(request):
                return JsonResponse(WRONG_KEY, status=403)
            if request.method != method:
                return JsonResponse(
                    {"code": "METHOD_NOT_ALLOWED"}, status=405, headers={"Allow": method}
                )
            if "%00" in request.get_full_path():
                return JsonResponse({"global": ["a character is not allowed"]}, status=400)
            try:
                return view(request, **kwargs)
            except Malformed as error:
                return JsonResponse(error.errors, status=400)
            except RegisterDown:
                logger.exception("ADAGE's list of schools was needed and could not be read.")
                return JsonResponse({"code": "ADAGE_UNAVAILABLE"}, status=503)
            except DomainError as error:
                # One field may carry the message itself (§6.7).
                body = {error.field: error.message} if error.field else {"code": error.code}
                return JsonResponse(body, status=error.http_status)

        return door

    return decorate


class PageForm(forms.Form):
    """`page` from 1, `per_page` from 1 to 10 000."""

    page = forms.IntegerField(required=False, min_value=1)
    per_page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PER_PAGE)


def page_of(request: HttpRequest, rows: QuerySet) -> list[Any]:
    """The page asked for, by id; beyond the last one, nothing. Raises Malformed."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise Malformed({name: [str(one) for one in found] for name, found in form.errors.items()})
    size = form.cleaned_data["per_page"] or PER_PAGE
    number = form.cleaned_data["page"] or 1
    start = (number - 1) * size
    return list(rows.order_by("pk")[start : start + size])


def flag(request: HttpRequest, name: str) -> bool:
    """A boolean of the address; raises Malformed for any other word."""
    typed = request.GET.get(name, "false").lower()
    if typed not in {"true", "false", "1", "0"}:
        raise Malformed({name: ["value could not be parsed to a boolean"]})
    return typed in {"true", "1"}
