"""One handler for the refusals that reach a page, and the policy header made once."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property

from passpro.kernel import features
from passpro.kernel.errors import DomainError


class DomainErrorMiddleware:
    """Turn a DomainError that no view caught into `errors/refused.html` with its HTTP status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        return render(request, "errors/refused.html", {"error": error}, status=error.http_status)


class FeatureMiddleware:
    """503 for the parts of the product that the team closed: a page, or a body for software."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        switch = features.closed_for(
            url_name=match.view_name if match else "",
            path=request.path_info,
            method=str(request.method),
        )
        if switch is None:
            return None
        message = features.message_of(switch)
        response: HttpResponse
        if switch.under:
            response = JsonResponse({"global": [message]}, status=503)
        else:
            response = render(request, "errors/closed.html", {"message": message}, status=503)
        response["Retry-After"] = "600"
        return response


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp, which writes the whole policy anew for every answer, asked once for most.

    Answers with a policy of their own, a nonce or an excluded address go the ordinary way.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_ordinary = (
            not settings.DEBUG  # whose error pages are exempt
            and getattr(request, "_csp_nonce", None) is None
            and HEADER not in response
            and not request.path_info.startswith(self._excluded)
            and not any(name.startswith("_csp_") for name in vars(response))
        )
        if not is_ordinary:
            return super().process_response(request, response)
        response[HEADER] = self._policy
        return response

    @cached_property
    def _policy(self) -> str:
        return str(build_policy(**asdict(self.get_policy_parts(HttpRequest(), HttpResponse()))))

    @cached_property
    def _excluded(self) -> tuple[str, ...]:
        return tuple(settings.CONTENT_SECURITY_POLICY["EXCLUDE_URL_PREFIXES"])
