"""Pages of schools inside ADAGE: shown in its frame, with cookies of their own (§7).

A browser sends the cookies of a framed site only when they say so (SameSite=None; Secure). The
portal's cookies never will: these pages have their own, under their own path, so that a visit of a
school and a session of the portal never meet in one browser.
"""

from collections.abc import Callable
from http.cookies import Morsel

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# http.cookies knows the attribute from Python 3.14 on.
Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined]
Morsel._flags.add("partitioned")  # type: ignore[attr-defined]

PATH = "/adage/"
API = "/adage/v1/"
_PREFIX = "adage_"
_MINE = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages")


class SchoolFrameMiddleware:
    """Stands outside the sessions, the CSRF check and the messages, inside the content policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(PATH) or path.startswith(API):
            return self.get_response(request)
        for name in _MINE:
            request.COOKIES.pop(name, None)
            kept = request.COOKIES.pop(_PREFIX + name, None)
            if kept is not None:
                request.COOKIES[name] = kept
        response = self.get_response(request)
        origins = settings.ADAGE_FRAME_ORIGINS
        _rename_cookies(response, is_framed=bool(origins))
        if origins:
            response._csp_replace = {"frame-ancestors": ["'self'", *origins]}  # type: ignore[attr-defined]
            # Older browsers know one origin at most: the policy above decides.
            response.headers.pop("X-Frame-Options", None)
        return response


def _rename_cookies(response: HttpResponse, *, is_framed: bool) -> None:
    for name in _MINE:
        cookie = response.cookies.pop(name, None)
        if cookie is None:
            continue
        response.cookies[_PREFIX + name] = cookie.value
        mine = response.cookies[_PREFIX + name]
        for attribute in ("max-age", "expires", "httponly", "secure"):
            mine[attribute] = cookie[attribute]
        mine["path"], mine["samesite"] = PATH, "Lax"
        if is_framed:
            # Kept by the browser for this frame in this site alone, also where others are blocked.
            mine["samesite"], mine["secure"], mine["partitioned"] = "None", True, True
