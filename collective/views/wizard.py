"""The steps of an offer: details, date and price, school, summary, published (§12.2)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collective.enums import Action, DisplayStatus
from collective.forms import (
    DatesForm,
    DetailsForm,
    SchoolForm,
    initial_of_offer,
    initial_of_stock,
    initial_of_venue,
    refuse,
)
from collective.lifecycle import portal_actions, stock_of
from collective.models import CollectiveOffer, Institution
from collective.permissions import may_work_with_schools
from collective.services.dates import set_terms
from collective.services.details import (
    address_to_school,
    create_draft,
    update_details,
)
from collective.services.publish import publish_offer
from collective.services.seen import mark_seen
from collective.services.teachers import teacher_named, teachers_of
from collective.uai import clean_uai, is_uai
from collective.views.detail import own_offer
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Offerer, Venue

STEPS = (
    ("details", "Détails"),
    ("dates", "Date et prix"),
    ("school", "Établissement et enseignant"),
    ("summary", "Récapitulatif"),
)
FOUND_MOST = 12


def steps(offer: CollectiveOffer | None, current: str) -> list[dict[str, Any]]:
    """A step opens when those before are saved."""
    ready = {"details"} if offer else set()
    if offer:
        ready.add("dates")
        if stock_of(offer):
            ready.add("school")
        if stock_of(offer) and offer.institution_id:
            ready.add("summary")
    return [
        {
            "name": name,
            "label": label,
            "is_ready": name in ready,
            "is_current": name == current,
        }
        for name, label in STEPS
    ]


def _page(
    request: HttpRequest, template: str, offer: CollectiveOffer | None, form: Any, **more: Any
) -> HttpResponse:
    is_draft = offer is None or offer.display_status == DisplayStatus.DRAFT
    name = template.removeprefix("collective/").removesuffix(".html")
    context = {
        "offer": offer,
        "form": form,
        "steps": steps(offer, name) if is_draft else None,
        "zone": offer.venue.time_zone if offer else "",
        **more,
    }
    status = 200
    if form is not None and form.errors:
        status = getattr(form, "refused_status", 400)
    return render(request, template, context, status=status)


def _refused(form: Any, error: DomainError) -> None:
    refuse(form, error)
    form.refused_status = error.http_status


def _not_now(request: HttpRequest, offer: CollectiveOffer) -> HttpResponse:
    """Back to the offer's page, which says what may be done."""
    word = DisplayStatus(offer.display_status).label.lower()
    messages.error(request, f"« {offer.title} » est {word} : ceci ne peut pas être modifié.")
    return redirect("collective:detail", pk=offer.pk)


def _may(offer: CollectiveOffer, action: str) -> bool:
    return action in portal_actions(offer, offer.display_status, clock.now())


@allowed_if(may_work_with_schools)
def create(request: HttpRequest) -> HttpResponse:
    """Saving the first step writes the draft; a structure unknown to ADAGE is told how to ask."""
    offerers = Offerer.objects.visible_to(request.user)
    if not offerers.referenced_for_schools().exists():
        return render(request, "collective/not_referenced.html", {"offerers": offerers})
    venues = Venue.objects.visible_to(request.user).physical()
    chosen = (
        venues.filter(offerer__in=offerers.referenced_for_schools())
        .order_by("-adage_id", "name")
        .first()
    )
    initial = initial_of_venue(chosen, request.user) if chosen else {}
    form = DetailsForm(request.POST or None, user=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            offer = create_draft(
                venue=form.cleaned_data["venue"],
                details=form.details(),
                by=Actor.user(request.user),
            )
        except DomainError as error:
            _refused(form, error)
        else:
            messages.success(request, f"Le brouillon « {offer.title} » est enregistré.")
            return redirect("collective:dates", pk=offer.pk)
    return _page(request, "collective/details.html", None, form)


@allowed_if(may_work_with_schools)
def details(request: HttpRequest, pk: int) -> HttpResponse:
    offer = own_offer(request, pk)
    if not _may(offer, Action.EDIT_DETAILS):
        return _not_now(request, offer)
    form = DetailsForm(request.POST or None, user=request.user, initial=initial_of_offer(offer))
    if form.is_bound and form.is_valid():
        try:
            update_details(
                offer_id=pk,
                venue=form.cleaned_data["venue"],
                details=form.details(),
                by=Actor.user(request.user),
            )
        except DomainError as error:
            _refused(form, error)
        else:
            return _saved(request, offer, "collective:dates")
    return _page(request, "collective/details.html", offer, form)


def _saved(request: HttpRequest, offer: CollectiveOffer, next_step: str) -> HttpResponse:
    """A draft goes to its next step, another offer back to its page."""
    messages.success(request, f"« {offer.title} » est enregistrée.")
    is_draft = offer.display_status == DisplayStatus.DRAFT
    return redirect(next_step if is_draft else "collective:detail", pk=offer.pk)


@allowed_if(may_work_with_schools)
def dates(request: HttpRequest, pk: int) -> HttpResponse:
    offer = own_offer(request, pk)
    if not (_may(offer, Action.EDIT_DATES) and _may(offer, Action.EDIT_DETAILS)):
        return _not_now(request, offer)
    stock, zone = stock_of(offer), offer.venue.time_zone
    initial = initial_of_stock(stock, zone) if stock else {}
    form = DatesForm(request.POST or None, zone=zone, stock=stock, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            set_terms(offer_id=pk, terms=form.terms(), by=Actor.user(request.user))
        except DomainError as error:
            _refused(form, error)
        else:
            return _saved(request, offer, "collective:school")
    return _page(request, "collective/dates.html", offer, form)


@allowed_if(may_work_with_schools)
def school(request: HttpRequest, pk: int) -> HttpResponse:
    """Search by words, choose; or type the UAI."""
    offer = own_offer(request, pk)
    if not _may(offer, Action.EDIT_INSTITUTION):
        return _not_now(request, offer)
    if stock_of(offer) is None:
        return redirect("collective:dates", pk=pk)
    form = SchoolForm(request.POST or None, initial=_school_initial(request, offer))
    if form.is_bound and form.is_valid():
        try:
            teacher = teacher_named(
                institution=form.institution,
                email=form.cleaned_data["teacher_email"],
                kept=offer.teacher if offer.institution == form.institution else None,
            )
            address_to_school(
                offer_id=pk,
                institution=form.institution,
                teacher=teacher,
                by=Actor.user(request.user),
            )
        except DomainError as error:
            error.field = "uai" if error.field == "institution" else error.field
            _refused(form, error)
        else:
            return _saved(request, offer, "collective:summary")
    words = request.GET.get("q", "").strip()
    found = Institution.objects.matching(words)[:FOUND_MOST] if words else []
    code = clean_uai(form["uai"].value() or "")
    chosen = Institution.objects.filter(uai=code).first() if is_uai(code) else None
    teachers = teachers_of(chosen) if chosen else []
    more = {"words": words, "found": found, "chosen": chosen, "teachers": teachers}
    return _page(request, "collective/school.html", offer, form, **more)


def _school_initial(request: HttpRequest, offer: CollectiveOffer) -> dict[str, str]:
    initial = {"uai": offer.institution.uai if offer.institution else ""}
    if asked := request.GET.get("uai", ""):
        initial["uai"] = asked
    if offer.teacher:
        initial["teacher_email"] = offer.teacher.email
    return initial


@allowed_if(may_work_with_schools)
def summary(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything again before publishing."""
    offer = own_offer(request, pk)
    if offer.display_status != DisplayStatus.DRAFT:
        return redirect("collective:detail", pk=pk)
    if stock_of(offer) is None:
        return redirect("collective:dates", pk=pk)
    if offer.institution is None:
        return redirect("collective:school", pk=pk)
    return _page(request, "collective/summary.html", offer, None, stock=offer.stock)


@require_POST
@allowed_if(may_work_with_schools)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """A second click changes nothing."""
    offer = own_offer(request, pk)
    try:
        publish_offer(offer_id=pk, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
        page = _page(request, "collective/summary.html", offer, None, stock=stock_of(offer))
        page.status_code = error.http_status
        return page
    return redirect("collective:published", pk=pk)


@allowed_if(may_work_with_schools)
def published(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens now (§12.6)."""
    offer = own_offer(request, pk)
    if offer.display_status == DisplayStatus.DRAFT:
        return redirect("collective:summary", pk=pk)
    if request.method == "GET" and not getattr(request, "seeing_as", None):
        mark_seen(offer_id=pk, user_id=request.user.pk, status=offer.display_status)
    return render(request, "collective/published.html", {"offer": offer})
