"""The steps « Adresse » and « Image » of an offer (portal.md 7.1, 5.5)."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from offers.forms import refuse
from offers.forms.fields import nature_of
from offers.forms.place import PlaceForm
from offers.models import Offer
from offers.presentation import editing
from offers.services.image import remove_image, set_image
from offers.services.place import put_at
from offers.views.detail import own_offer
from offers.views.wizard import go_on, not_editable
from passpro.kernel import images
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.forms import ImageForm
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, pk: int) -> HttpResponse:
    """The venue's address by default, or another one (seed 004)."""
    offer = own_offer(request, pk)
    if refused := not_editable(request, offer):
        return refused
    if offer.venue.is_virtual:
        return redirect("offers:image", pk=pk)
    form = PlaceForm(request.POST or None, offer=offer)
    if form.is_bound and form.is_valid():
        try:
            offer = put_at(offer=offer, address=form.address(), by=Actor.user(request.user))
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, f"L’adresse de « {offer.title} » est enregistrée.")
            return go_on(offer, "address")
    context = {
        "offer": offer,
        "form": form,
        "steps": editing(offer, "address", nature_of(offer.subcategory)),
    }
    return render(request, "offers/address.html", context, status=400 if form.errors else 200)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def image(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload or frame anew; the step may be passed without an image."""
    offer = own_offer(request, pk)
    if refused := not_editable(request, offer):
        return refused
    form = ImageForm(request.POST or None, request.FILES or None, image=offer)
    status = 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                set_image(offer=offer, by=Actor.user(request.user), **form.facts())
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                told = f"L’image de « {offer.title} » est enregistrée."
                if form.cleaned_data["address"] and not form.cleaned_data["image"]:
                    # Nobody has framed what nobody has seen.
                    messages.success(request, f"{told} Vous pouvez la recadrer.")
                    return redirect("offers:image", pk=pk)
                messages.success(request, told)
                return go_on(offer, "image")
    return _image_page(request, offer, form, status)


def _image_page(request: HttpRequest, offer: Offer, form: ImageForm, status: int) -> HttpResponse:
    context = {
        "offer": offer,
        "form": form,
        "frame": images.PORTRAIT,
        "steps": editing(offer, "image", nature_of(offer.subcategory)),
    }
    return render(request, "offers/image.html", context, status=status)


@allowed_if(may_use_portal)
@require_safe
@cache_control(private=True, max_age=300)
def image_original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole picture, to be framed anew; for the offer's people only."""
    offer = own_offer(request, pk)
    try:
        file = default_storage.open(images.path_of(offer.image_key or "none", "original"), "rb")
    except OSError:
        raise Http404 from None
    return FileResponse(file, content_type="image/jpeg")


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def image_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then forget the image; the drawing of its category stands for it again."""
    offer = own_offer(request, pk)
    if refused := not_editable(request, offer):
        return refused
    if not offer.image_key:
        raise Http404
    if request.method == "POST":
        remove_image(offer=offer, by=Actor.user(request.user))
        messages.success(request, f"L’image de « {offer.title} » est supprimée.")
        return redirect("offers:image", pk=pk)
    return render(request, "offers/image_remove.html", {"offer": offer})
