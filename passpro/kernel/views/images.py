"""Serves the images made by passpro.kernel.images: public, never changing under their key."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from passpro.kernel import images
from passpro.kernel.access import public


@public
@require_safe
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def image(request: HttpRequest, key: str, width: int) -> HttpResponseBase:
    """The key is a secret of 128 bits: no list, no rights to ask; the original is not served."""
    try:
        file = default_storage.open(images.path_of(key, width), "rb")
    except OSError:
        raise Http404 from None
    return FileResponse(file, content_type="image/jpeg")
