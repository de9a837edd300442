"""The image of a venue: upload, frame, delete (portal.md 5.5)."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from passpro.kernel import images
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.forms import ImageForm
from venues.permissions import may_use_portal
from venues.services.public_face import remove_image, set_image
from venues.views.venues import own_venue, refuse


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_image(request: HttpRequest, pk: int) -> HttpResponse:
    venue = own_venue(request, pk)
    form = ImageForm(request.POST or None, request.FILES or None, image=venue)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                set_image(venue_id=venue.pk, by=Actor.user(request.user), **form.facts())
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                told = f"L’image de « {venue.shown_name} » est enregistrée."
                if form.cleaned_data["address"] and not form.cleaned_data["image"]:
                    told += " Vous pouvez la recadrer."
                messages.success(request, told)
                return redirect("venues:venue_image", pk=pk)
    context = {"form": form, "venue": venue, "tab": "image", "frame": images.LANDSCAPE}
    return render(request, "venues/venue_image.html", context, status=status)


@allowed_if(may_use_portal)
@require_safe
@cache_control(private=True, max_age=300)
def venue_image_original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole picture, to be framed anew; for the venue's people only."""
    venue = own_venue(request, pk)
    try:
        file = default_storage.open(images.path_of(venue.image_key or "none", "original"), "rb")
    except OSError:
        raise Http404 from None
    return FileResponse(file, content_type="image/jpeg")


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_image_remove(request: HttpRequest, pk: int) -> HttpResponse:
    venue = own_venue(request, pk)
    if not venue.image_key:
        raise Http404
    if request.method == "POST":
        remove_image(venue_id=venue.pk, by=Actor.user(request.user))
        messages.success(request, f"L’image de « {venue.shown_name} » est supprimée.")
        return redirect("venues:venue_image", pk=pk)
    return render(request, "venues/venue_image_remove.html", {"venue": venue, "tab": "image"})
