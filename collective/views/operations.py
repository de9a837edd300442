"""« Historique »: every dated operation on offers for schools, all offers together (seed 000)."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collective.enums import DisplayStatus
from collective.models import CollectiveOffer, OfferChange
from collective.permissions import may_work_with_schools
from passpro.kernel.access import allowed_if

PER_PAGE = 50


@allowed_if(may_work_with_schools)
def operations(request: HttpRequest) -> HttpResponse:
    """Number, instant, label, offer and school of each, the newest first."""
    own = CollectiveOffer.objects.visible_to(request.user)
    lines = OfferChange.objects.filter(offer__in=own.values("pk"))
    if words := request.GET.get("q", "").strip():
        lines = lines.filter(
            Q(offer__title__icontains=words) | Q(offer__institution__name__icontains=words)
        )
    found = lines.select_related("offer__venue", "offer__institution").order_by("-at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "status_words": dict(DisplayStatus.choices),
    }
    return render(request, "collective/operations.html", context)
