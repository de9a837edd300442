"""Teachers look for a project: search, template, request, favourites (§7.4 to §7.8)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collective import finding, playlists
from collective.models import CollectiveTemplate, TemplateFavourite
from collective.school_forms import RequestForm
from collective.school_session import school_page
from collective.services.requests import forget_template, keep_template, send_request
from collective.template_search import TemplateSearchForm
from collective.views.adage_frame import favourites_of, render_page
from offers.geography import distance_words
from passpro.kernel import clock
from passpro.kernel.errors import DomainError
from passpro.kernel.paging import page_of
from passpro.reference.education import CULTURAL_DOMAINS

PER_PAGE = 8
ON_THE_MAP = 60


def _shown(request: HttpRequest) -> Any:
    return CollectiveTemplate.objects.eligible(clock.now()).select_related("venue")


def _cards(request: Any, templates: Any) -> list[dict[str, Any]]:
    """What a card says, with one more statement for the favourites of the page."""
    templates = list(templates)
    kept = set(
        TemplateFavourite.objects.filter(
            redactor__email=request.visit.visitor.email.lower(), template__in=templates
        ).values_list("template_id", flat=True)
    )
    return [
        {
            "template": one,
            "distance": distance_words(one.distance_km),
            "is_favourite": one.pk in kept,
        }
        for one in templates
    ]


@require_GET
@school_page(reader=True)
def adage_search(request: Any) -> HttpResponse:
    """Templates of every partner, eight a page, or on a map; filters are in the address."""
    visit = request.visit
    form = TemplateSearchForm(request.GET, institution=visit.institution, position=visit.position)
    is_map = request.GET.get("vue") == "carte"
    page = page_of(request, form.found_in(_shown(request)), size=ON_THE_MAP if is_map else PER_PAGE)
    other_view = request.GET.copy()
    other_view.pop("page", None)
    other_view.setlist("vue", [] if is_map else ["carte"])
    context = {
        "form": form,
        "page": page,
        "cards": _cards(request, page),
        "chips": form.chips(),
        "is_map": is_map,
        "other_view": other_view.urlencode(),
    }
    return render_page(request, "collective/adage/search.html", context, tab="search")


def _template(request: Any, pk: int) -> CollectiveTemplate:
    shown = finding.with_distance(_shown(request), request.visit.position)
    return get_object_or_404(shown, pk=pk)


def _template_context(request: Any, template: CollectiveTemplate) -> dict[str, Any]:
    (card,) = _cards(request, [template])
    return {**card, "venue": template.venue}


@require_GET
@school_page(reader=True)
def adage_template(request: Any, pk: int) -> HttpResponse:
    """Everything about a template and how to reach the partner (§7.6)."""
    context = _template_context(request, _template(request, pk))
    return render_page(request, "collective/adage/template.html", context, tab="search")


@require_http_methods(["GET", "POST"])
@school_page()
def adage_request(request: Any, pk: int) -> HttpResponse:
    """The teacher says what the class would like; the partner answers (§7.8)."""
    template = _template(request, pk)
    form = RequestForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                send_request(template_id=pk, visitor=request.visit.visitor, wish=form.wish())
                messages.success(
                    request, f"Votre demande est envoyée à {template.venue.shown_name}."
                )
                return redirect("collective:adage_template", pk=pk)
            status = 400
        except DomainError as error:
            form.add_error(error.field or None, error.message)
            status = error.http_status
    context = {**_template_context(request, template), "form": form}
    page = "collective/adage/request.html"
    return render_page(request, page, context, tab="search", status=status)


@require_POST
@school_page()
def adage_favourite(request: Any, pk: int) -> HttpResponse:
    """Keep a template, or let it go; back to where the person was."""
    template = _template(request, pk)
    try:
        if request.POST.get("garder") == "non":
            forget_template(template_id=pk, visitor=request.visit.visitor)
            messages.success(request, f"« {template.title} » n’est plus dans vos favoris.")
        else:
            keep_template(template_id=pk, visitor=request.visit.visitor)
            messages.success(request, f"« {template.title} » est dans vos favoris.")
    except DomainError as error:
        messages.error(request, error.message)
    back = request.POST.get("retour", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("collective:adage_template", args=[pk])
    return redirect(back)


@require_GET
@school_page()
def adage_discover(request: Any) -> HttpResponse:
    """« Découverte »: near the school, in the class, what is new, and the domains (§7.6)."""
    visit, now = request.visit, clock.now()
    school, position = visit.institution, visit.position
    context = {
        "near": _partners(playlists.local_venues(school, position)),
        "classroom": _cards(request, playlists.classroom(school, position, now)),
        "new_offers": _cards(request, playlists.new_templates(school, position, now)),
        "new_partners": _partners(playlists.new_venues(school, position, now)),
        "domains": [one for one in CULTURAL_DOMAINS if one.is_active],
    }
    return render_page(request, "collective/adage/discover.html", context, tab="discover")


def _partners(venues: Any) -> list[dict[str, Any]]:
    return [{"venue": one, "distance": distance_words(one.distance_km)} for one in venues]


@require_GET
@school_page()
def adage_favourites(request: Any) -> HttpResponse:
    """What the teacher keeps, the latest first, as long as it is shown."""
    kept = finding.with_distance(
        favourites_of(request).select_related("venue"), request.visit.position
    )
    page = page_of(request, kept.order_by("-favourites__pk"), size=PER_PAGE)
    context = {"page": page, "cards": _cards(request, page)}
    return render_page(request, "collective/adage/favourites.html", context, tab="favourites")
