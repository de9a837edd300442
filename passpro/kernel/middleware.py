"""One handler for the refusals that reach a page, and the policy header made once."""

from collections.abc import Callable
from dataclasses import asdict

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property

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
