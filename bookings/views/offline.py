"""The desk as an installed application that goes on without network (issue of the door)."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings import offline as device
from bookings.constants import SEVERAL_CODES
from bookings.forms import OfflineActionForm, OfflineSeenForm
from bookings.models import OfflineAction
from bookings.services import offline as services
from passpro.kernel import clock
from passpro.kernel.access import allowed_if, public
from venues.permissions import may_use_portal

# What the page without network is made of; the worker keeps these files on the device.
FILES = (
    "vendor/bootstrap.min.css",
    "css/tokens.css",
    "css/theme.css",
    "vendor/montserrat-500.woff2",
    "vendor/montserrat-600.woff2",
    "vendor/montserrat-700.woff2",
    "img/logo.svg",
    "img/icons.svg",
    "js/toasts.js",
    "js/dialogs.js",
    "js/desk.js",
    "js/scan.js",
    "js/offline.js",
    "vendor/qr/decode.js",
)
# Asked for by their plain name, from inside the decoder.
PLAIN_FILES = ("vendor/qr/index.js",)


@public
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """The page that the worker keeps: nobody's data is in it, a script fills it on the device."""
    return render(request, "bookings/offline.html")


@allowed_if(may_use_portal)
@never_cache
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """Today's list, the key of the session under which the device encrypts it, and the person's
    own key for what waits.

    An agent who « sees as » takes nobody's list away (403).
    """
    if getattr(request, "seeing_as", None) or not request.session.session_key:
        return JsonResponse({"global": ["Pas de guichet sans réseau ici."]}, status=403)
    return JsonResponse(
        {
            **device.day_of(request.user, clock.now()),
            "key": device.key_of(request.session.session_key),
            "queue_key": device.queue_key_of(request.user),
            "owner": device.owner_of(request.user),
            "csrf": get_token(request),
        }
    )


@allowed_if(may_use_portal)
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """What was done without network, one outcome each; sent again, the same answer (200)."""
    try:
        sent = json.loads(request.body)["actions"]
        forms = [OfflineActionForm(action) for action in sent[:SEVERAL_CODES]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return _unreadable()
    if not all(form.is_valid() for form in forms):
        return _unreadable()
    done = services.receive(user=request.user, wishes=[form.wish() for form in forms])
    return JsonResponse({"results": [_outcome(action) for action in done]})


@allowed_if(may_use_portal)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """« J’ai vu » under the refusals, from the desk or from the page without network."""
    form = OfflineSeenForm(request.POST)
    if form.is_valid():
        services.acknowledge(user=request.user, client_ids=form.cleaned_data["ids"])
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    return redirect("bookings:desk")


def _unreadable() -> JsonResponse:
    return JsonResponse({"global": ["Cet envoi n’a pas pu être lu."]}, status=400)


def _outcome(action: OfflineAction) -> dict[str, Any]:
    return {
        "id": str(action.client_id),
        "refusal": action.refusal,
        "seen": action.acknowledged_at is not None,
    }


@public
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to install the desk."""
    icons = [
        {"src": static(f"img/desk-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    desk = reverse("bookings:desk")
    return JsonResponse(
        {
            "id": desk,
            "name": "Guichet PassPro",
            "short_name": "Guichet",
            "lang": "fr",
            "start_url": desk,
            "scope": desk,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#320096",
            "icons": [*icons, {**icons[1], "purpose": "maskable"}],
        },
        content_type="application/manifest+json",
    )


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: its version follows the files, so that a new release replaces them."""
    files = [*map(static, FILES), *(f"{settings.STATIC_URL}{name}" for name in PLAIN_FILES)]
    page = reverse("bookings:offline")
    template = Path(get_template("bookings/offline.html").origin.name).read_bytes()
    version = hashlib.sha256(template + " ".join(files).encode()).hexdigest()[:12]
    # Names without a fingerprint stay the same when their content changes: network first.
    is_plain = static("js/offline.js") == f"{settings.STATIC_URL}js/offline.js"
    kept = json.dumps({"version": version, "files": files, "page": page, "plain": is_plain})
    answer = render(
        request, "bookings/offline_worker.js", {"kept": kept}, content_type="text/javascript"
    )
    answer["Service-Worker-Allowed"] = reverse("bookings:desk")
    answer["Cache-Control"] = "no-cache"
    return answer
