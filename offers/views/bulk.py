"""Actions on many offers of the list: ask, confirm, watch."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from offers.enums import BulkVerb
from offers.models import BulkAction
from offers.services.bulk import ask_bulk, concerned, wanted_offers
from passpro.kernel.access import allowed_if
from passpro.kernel.errors import DomainError
from venues.permissions import may_use_portal

_MOST = 1_000  # boxes that a page could hold, and some


@require_POST
@allowed_if(may_use_portal)
def bulk(request: HttpRequest) -> HttpResponse:
    """Say how many offers the action would change; with `confirm`, give it to a worker.

    The filters are those of the form's address, as on the list.
    """
    typed = request.POST.get("verb", "")
    if typed not in BulkVerb.values:
        return redirect("offers:list")
    verb, query = BulkVerb(typed), request.GET.urlencode()[:2000]
    texts = request.POST.getlist("offre")[:_MOST]
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    is_everything = "toutes" in request.POST
    if "confirm" in request.POST:
        try:
            action = ask_bulk(
                user=request.user,
                verb=verb,
                query=query,
                offer_ids=ids,
                is_everything=is_everything,
            )
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("offers:list")
        return redirect("offers:bulk_action", pk=action.pk)
    wanted = wanted_offers(
        user=request.user, query=query, offer_ids=ids, is_everything=is_everything
    )
    total = wanted.order_by().count()
    if not total:
        messages.error(request, "Cochez au moins une offre.")
        return redirect("offers:list")
    context = {
        "verb": verb,
        "ids": ids,
        "is_everything": is_everything,
        "total": total,
        "count": concerned(verb, wanted).order_by().count(),
    }
    return render(request, "offers/bulk.html", context)


@allowed_if(may_use_portal)
def bulk_action(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it has come; the page asks again while it goes on."""
    action = get_object_or_404(BulkAction.objects.filter(user=request.user), pk=pk)
    if request.headers.get("HX-Request"):
        return render(request, "offers/parts/bulk_progress.html", {"action": action})
    return render(request, "offers/bulk_action.html", {"action": action})
