"""The Content-Security-Policy of every kind of answer."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_exempt, csp_update
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from passpro.kernel.middleware import ContentSecurityPolicyMiddleware

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def directives(view, path="/"):
    answer = ContentSecurityPolicyMiddleware(view)(RequestFactory().get(path))
    return {part.strip() for part in answer.get("Content-Security-Policy", "").split(";")}


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"")


def test_every_answer_carries_the_strict_policy():
    assert directives(plain) == {part.strip() for part in POLICY.split(";")}


def test_the_admin_is_excluded():
    assert directives(plain, "/admin/") == {""}


def test_a_view_may_be_exempt_or_add_to_the_policy():
    assert directives(csp_exempt()(plain)) == {""}
    assert "frame-src 'self'" in directives(csp_update({"frame-src": [SELF]})(plain))


def test_a_nonce_that_was_used_is_in_the_policy():
    @csp_update({"script-src": [SELF, NONCE]})
    def view(request):
        return HttpResponse(str(request.csp_nonce).encode())

    assert any("'nonce-" in part for part in directives(view))
