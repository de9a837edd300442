"""« Offres vitrines »: list, write, publish, hide, archive, make a bookable offer (§3.6, §12)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from collective.enums import DisplayStatus, TemplateAction
from collective.forms import initial_of_venue, refuse
from collective.models import CollectiveTemplate
from collective.permissions import may_work_with_schools
from collective.services.copies import offer_from_template
from collective.services.templates import (
    archive_templates,
    create_template,
    hide_templates,
    publish_template,
    show_templates,
    update_template,
)
from collective.template_forms import TemplateFilter, TemplateForm, initial_of_template
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Offerer, Venue

PER_PAGE = 20
VERBS = {
    "hide": (hide_templates, "Mettre en pause", "en pause"),
    "show": (show_templates, "Publier", "publiée"),
    "archive": (archive_templates, "Archiver", "archivée"),
}


def own_template(request: HttpRequest, pk: int) -> CollectiveTemplate:
    """A template of the person's structures, with its state; 404 otherwise."""
    templates = CollectiveTemplate.objects.visible_to(request.user)
    found = templates.with_display_status(clock.now()).select_related("venue__offerer")
    return get_object_or_404(found, pk=pk)


@allowed_if(may_work_with_schools)
def template_list(request: HttpRequest) -> HttpResponse:
    form = TemplateFilter(request.GET, user=request.user)
    own = CollectiveTemplate.objects.visible_to(request.user).with_display_status(clock.now())
    found = form.apply(own).select_related("venue__offerer")
    page = Paginator(
        found.order_by(F("archived_at").asc(nulls_first=True), "-pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    asked = CollectiveTemplate.objects.filter(pk__in=[one.pk for one in page]).annotate(
        count=Count("requests")
    )
    counts = dict(asked.values_list("pk", "count"))
    offerers = Offerer.objects.visible_to(request.user)
    context = {
        "form": form,
        "page": page,
        "rows": [(one, counts.get(one.pk, 0)) for one in page],
        "is_referenced": offerers.referenced_for_schools().exists(),
        "offerers": list(offerers[:5]),
    }
    return render(request, "collective/templates.html", context)


@allowed_if(may_work_with_schools)
def template_create(request: HttpRequest) -> HttpResponse:
    """Saving writes the draft; a structure unknown to ADAGE is told how to ask."""
    offerers = Offerer.objects.visible_to(request.user)
    if not offerers.referenced_for_schools().exists():
        return render(request, "collective/not_referenced.html", {"offerers": offerers})
    venues = Venue.objects.visible_to(request.user).physical()
    known = venues.filter(offerer__in=offerers.referenced_for_schools())
    chosen = known.order_by("-adage_id", "name").first()
    initial = initial_of_venue(chosen, request.user) if chosen else {}
    form = TemplateForm(
        request.POST or None, user=request.user, initial=initial | {"contact_by_form": True}
    )
    return _save(request, None, form)


@allowed_if(may_work_with_schools)
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    template = own_template(request, pk)
    if TemplateAction.EDIT not in template.allowed_at(clock.now()):
        word = DisplayStatus(template.display_status).label.lower()
        messages.error(request, f"« {template.title} » est {word} : elle ne se modifie pas.")
        return redirect("collective:template", pk=pk)
    form = TemplateForm(
        request.POST or None, user=request.user, initial=initial_of_template(template)
    )
    return _save(request, template, form)


def _save(
    request: HttpRequest, template: CollectiveTemplate | None, form: TemplateForm
) -> HttpResponse:
    status = 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            venue = form.cleaned_data["venue"]
            facts: dict[str, Any] = {
                "venue": venue,
                "details": form.details(),
                "showing": form.showing(venue.time_zone),
                "by": Actor.user(request.user),
            }
            try:
                if template is None:
                    template = create_template(**facts)
                else:
                    template = update_template(template_id=template.pk, **facts)
            except DomainError as error:
                refuse(form, error)
                status = error.http_status
            else:
                messages.success(request, f"« {template.title} » est enregistrée.")
                return redirect("collective:template", pk=template.pk)
    context = {"form": form, "template": template}
    return render(request, "collective/template_edit.html", context, status=status)


@allowed_if(may_work_with_schools)
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """What teachers read, its history, what can be done; a draft is published here."""
    found = own_template(request, pk)
    context = {
        "template": found,
        "zone": found.venue.time_zone,
        "allowed": found.allowed_at(clock.now()),
        "history": found.changes.order_by("-at", "-pk")[:100],
        "status_words": dict(DisplayStatus.choices),
        "requests": found.requests.with_facts()[:5],
        "requests_count": found.requests.count(),
        "offers": found.offers.with_display_status(clock.now()).order_by("-pk")[:5],
    }
    return render(request, "collective/template.html", context)


@require_POST
@allowed_if(may_work_with_schools)
def template_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """A second click changes nothing."""
    found = own_template(request, pk)
    try:
        found = publish_template(template_id=pk, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("collective:template", pk=pk)
    if found.validation == "APPROVED":
        told = "est publiée : les enseignants la trouvent et peuvent vous écrire."
    else:
        told = "est en instruction : nos équipes la contrôlent sous 72 heures."
    messages.success(request, f"« {found.title} » {told}")
    return redirect("collective:template", pk=pk)


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def template_actions(request: HttpRequest) -> HttpResponse:
    """Hide, show or archive the ticked templates: ask, then all or none (§12.7)."""
    data = request.POST if request.method == "POST" else request.GET
    verb = data.get("verb", "")
    texts = data.getlist("vitrine")[:200]
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    templates = CollectiveTemplate.objects.visible_to(request.user).filter(pk__in=ids)
    found = list(templates.order_by("title", "pk"))
    if verb not in VERBS or not found:
        messages.error(request, "Cochez au moins une offre vitrine.")
        return redirect("collective:templates")
    run, label, word = VERBS[verb]
    if request.method != "POST" or "confirm" not in request.POST:
        context = {"verb": verb, "label": label, "found": found}
        return render(request, "collective/template_actions.html", context)
    try:
        count = run(template_ids=[one.pk for one in found], by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, f"Rien n’a changé. {error.message}")
    else:
        one = f"« {found[0].title} » est {word}."
        messages.success(request, one if count == 1 else f"{count} offres : {word}s.")
    return redirect("collective:templates")


@require_POST
@allowed_if(may_work_with_schools)
def template_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """A bookable draft with all that the template says (§5.8)."""
    found = own_template(request, pk)
    try:
        offer = offer_from_template(template_id=found.pk, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("collective:template", pk=pk)
    messages.success(request, f"Un brouillon est prêt d’après « {found.title} ».")
    return redirect("collective:details", pk=offer.pk)


@allowed_if(may_work_with_schools)
def template_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """« Aperçu »: what teachers read."""
    template = own_template(request, pk)
    context = {"template": template, "venue": template.venue}
    return render(request, "collective/preview_template.html", context)
