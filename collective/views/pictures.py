"""The image of an offer or of a template: upload, frame anew, remove (§2.2)."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from collective.forms import refuse
from collective.lifecycle import portal_actions
from collective.models import CollectiveOffer
from collective.permissions import may_work_with_schools
from collective.services.images import Pictured, remove_image, set_image
from collective.views.detail import own_offer
from collective.views.templates import own_template
from passpro.kernel import clock, images
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.forms import ImageForm

OWN: dict[str, Any] = {"offre": own_offer, "vitrine": own_template}
HOME = {"offre": "collective:detail", "vitrine": "collective:template"}
NEXT = {"offre": "collective:dates", "vitrine": "collective:template"}


def _own(request: HttpRequest, kind: str, pk: int) -> Pictured:
    if kind not in OWN:
        raise Http404
    of: Pictured = OWN[kind](request, pk)
    return of


def _may_edit(of: Pictured) -> bool:
    now = clock.now()
    if isinstance(of, CollectiveOffer):
        return "EDIT_DETAILS" in portal_actions(of, of.display_status_at(now), now)
    return "EDIT" in of.allowed_at(now)


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def image(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Upload or frame anew; a draft of an offer then goes to its next step."""
    of = _own(request, kind, pk)
    if not _may_edit(of):
        messages.error(request, f"L’image de « {of.title} » ne peut plus être modifiée.")
        return redirect(HOME[kind], pk=pk)
    form = ImageForm(request.POST or None, request.FILES or None, image=of)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            set_image(of=of, by=Actor.user(request.user), **form.facts())
        except DomainError as error:
            refuse(form, error)
            status = error.http_status
        else:
            return _done(request, kind, of, form)
    context = {"of": of, "kind": kind, "home": HOME[kind], "form": form, "frame": images.PORTRAIT}
    return render(request, "collective/image.html", context, status=status)


def _done(request: HttpRequest, kind: str, of: Pictured, form: ImageForm) -> HttpResponse:
    messages.success(request, f"L’image de « {of.title} » est enregistrée.")
    if form.cleaned_data["address"] and not form.cleaned_data["image"]:
        # Nobody has framed what nobody has seen.
        return redirect("collective:image", kind=kind, pk=of.pk)
    return redirect(NEXT[kind] if of.validation == "DRAFT" else HOME[kind], pk=of.pk)


@require_safe
@cache_control(private=True, max_age=300)
@allowed_if(may_work_with_schools)
def image_original(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """The whole picture, to be framed anew; for its own people only."""
    of = _own(request, kind, pk)
    try:
        file = default_storage.open(images.path_of(of.image_key or "none", "original"), "rb")
    except OSError:
        raise Http404 from None
    return FileResponse(file, content_type="image/jpeg")


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def image_remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask, then forget the image."""
    of = _own(request, kind, pk)
    if not of.image_key or not _may_edit(of):
        raise Http404
    if request.method != "POST":
        return render(request, "collective/image_remove.html", {"of": of, "kind": kind})
    remove_image(of=of, by=Actor.user(request.user))
    messages.success(request, f"L’image de « {of.title} » est supprimée.")
    return redirect("collective:image", kind=kind, pk=pk)
