"""Keys of ticketing software (portal.md 5.4): the administrator makes and deletes them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.forms import ApiKeyForm
from venues.models import ApiKey, Offerer
from venues.permissions import may_manage_api_keys, may_use_portal
from venues.services.api_keys import issue_api_key, revoke_api_key


@allowed_if(may_use_portal)
@never_cache
@require_http_methods(["GET", "POST"])
def api_key_create(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer to the POST is the only page that ever shows the key: no redirect, no cache."""
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    if not may_manage_api_keys(request.user, offerer):
        raise PermissionDenied
    form = ApiKeyForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                key, text = issue_api_key(
                    offerer_id=offerer.pk,
                    label=form.cleaned_data["label"],
                    user=request.user,
                    by=Actor.user(request.user),
                )
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                shown = {"offerer": offerer, "key": key, "text": text}
                return render(request, "venues/api_key_created.html", shown)
    context = {"offerer": offerer, "form": form}
    return render(request, "venues/api_key_create.html", context, status=status)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def api_key_revoke(request: HttpRequest, pk: int, key_pk: int) -> HttpResponse:
    """A page asks to confirm; deleting is immediate and final (KEY-04)."""
    keys = ApiKey.objects.visible_to(request.user).live().select_related("offerer")
    key = get_object_or_404(keys, pk=key_pk, offerer_id=pk)
    if not may_manage_api_keys(request.user, key.offerer):
        raise PermissionDenied
    if request.method == "POST":
        revoke_api_key(key_id=key.pk, by=Actor.user(request.user))
        messages.success(request, f"La clé « {key.label} » est supprimée.")
        return redirect("venues:structure", pk=pk)
    others = ApiKey.objects.live().filter(offerer_id=pk).exclude(pk=key.pk).count()
    context = {"offerer": key.offerer, "key": key, "others": others}
    return render(request, "venues/api_key_revoke.html", context)
