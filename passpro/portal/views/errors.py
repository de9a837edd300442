"""Error pages in the frame of the person who meets them."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from passpro.kernel.access import public

logger = logging.getLogger(__name__)

_LAST_RESORT = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Erreur – PassPro</title>'
    "<h1>Quelque chose s’est cassé de notre côté</h1><p>L’erreur a été notée.</p>"
    '<p><a href="/">Revenir à l’accueil</a></p></html>'
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without request context: the database or the session may be what is broken."""
    try:
        return render(None, "500.html", status=500)  # type: ignore[arg-type]
    except Exception:
        logger.exception("The error page could not be drawn")
        return HttpResponse(_LAST_RESORT, status=500)
