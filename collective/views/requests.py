"""« Demandes » of teachers: list, one of them, the offer that answers it (§2.11, §12.10)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from collective.enums import TemplateAction
from collective.models import CollectiveRequest
from collective.permissions import may_work_with_schools
from collective.services.copies import offer_from_request
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError

PER_PAGE = 20


def own_request(request: HttpRequest, pk: int) -> CollectiveRequest:
    """A request about a template of the person's structures; 404 otherwise."""
    found = CollectiveRequest.objects.visible_to(request.user).with_facts()
    return get_object_or_404(found, pk=pk)


@allowed_if(may_work_with_schools)
def request_list(request: HttpRequest) -> HttpResponse:
    """Newest first; those without an offer are marked as to be answered."""
    found = CollectiveRequest.objects.visible_to(request.user).with_facts()
    words = request.GET.get("q", "").strip()
    if words:
        found = found.filter(template__title__icontains=words) | found.filter(
            institution__name__icontains=words
        )
    if wanted := request.GET.get("vitrine", ""):
        found = found.filter(template=wanted) if wanted.isdecimal() and len(wanted) < 19 else found
    page = Paginator(
        found.annotate(offers_count=Count("offers")).order_by("-pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    context = {"page": page, "words": words}
    return render(request, "collective/requests.html", context)


@allowed_if(may_work_with_schools)
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_request(request, pk)
    context = {
        "asked": found,
        "zone": found.template.venue.time_zone,
        "offers": found.offers.with_display_status(clock.now()).order_by("-pk"),
        "may_answer": TemplateAction.CREATE_OFFER in found.template.allowed_at(clock.now()),
    }
    return render(request, "collective/request.html", context)


@require_POST
@allowed_if(may_work_with_schools)
def request_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft addressed to the school and the teacher who asked; once, until it is published."""
    found = own_request(request, pk)
    try:
        offer = offer_from_request(request_id=found.pk, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("collective:request", pk=pk)
    messages.success(request, f"Un brouillon est prêt pour {found.institution}.")
    return redirect("collective:details", pk=offer.pk)
