"""The dates of an event: add them by a rule, find them, follow a long writing (portal.md 7.3)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from offers.enums import BulkState, Rhythm
from offers.forms import as_typed, refuse
from offers.forms.fields import nature_of
from offers.forms.series import DateFilter, SeriesForm
from offers.models import DateSeries, Offer
from offers.occurrences import occurrences, sorted_by
from offers.presentation import editing
from offers.services.series import Plan, add_series, plan_series
from offers.views.detail import own_offer, say_saved
from offers.views.wizard import frozen
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.paging import page_of
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
def stocks(request: HttpRequest, pk: int) -> HttpResponse:
    """The dates of an event, and the form that adds some; a repeated event is counted first."""
    offer = own_offer(request, pk)
    if not offer.can_be_edited:
        return frozen(request, offer)
    if not offer.is_event:
        return redirect("offers:stock", pk=pk)
    if not offer.price_categories.exists():
        messages.error(request, "Donnez d’abord un tarif à l’offre.")
        return redirect("offers:prices", pk=pk)
    form = SeriesForm(request.POST or None, offer=offer)
    if not form.is_bound:
        return _page(request, offer, form)
    # First: a count sent while Tab is on « add an hour » carries the name of that button too.
    if request.headers.get("HX-Request"):
        return _counted(request, offer, form)
    if "add_hour" in request.POST or "remove_hour" in request.POST:
        typed = form.with_hours(as_typed(form), remove=request.POST.get("remove_hour", ""))
        again = SeriesForm(initial=typed, offer=offer)
        # Who works by keyboard goes on from the hour that is new, not from the top of the page.
        again.fields[f"hour_{again.hours_shown}"].widget.attrs["autofocus"] = True
        return _page(request, offer, again, is_adding=True)
    plan = _planned(form, offer)
    if plan is None or not _is_confirmed(request, form, plan):
        return _page(request, offer, form, plan=plan, is_adding=True)
    return _add(request, offer, form, plan)


def _counted(request: HttpRequest, offer: Offer, form: SeriesForm) -> HttpResponse:
    """What the rule would give, asked while it is typed."""
    plan = _planned(form, offer)
    # Fields still empty are no fault yet; a rule that cannot be is told at once.
    refusals = [text for texts in form.errors.values() for text in texts]
    refusal = "".join(refusals[:1]) if form.is_rule else ""
    context = {"plan": plan, "offer": offer, "refusal": refusal}
    return render(request, "offers/parts/series_sum.html", context)


def _planned(form: SeriesForm, offer: Offer) -> Plan | None:
    """What the rule would add; None when it was refused, the reason on its field."""
    if not form.is_valid():
        return None
    try:
        return plan_series(offer=offer, series=form.series())
    except DomainError as error:
        refuse(form, error, {"quotas": form.name_of("quotas"), "hours": form.name_of("hours")})
        return None


def _is_confirmed(request: HttpRequest, form: SeriesForm, plan: Plan) -> bool:
    """A single date needs no count; for the others, the count shown must still be the right one."""
    return form.series().rhythm == Rhythm.ONCE or request.POST.get("expected") == str(plan.new)


def _add(request: HttpRequest, offer: Offer, form: SeriesForm, plan: Plan) -> HttpResponse:
    try:
        task = add_series(
            offer=offer,
            series=form.series(),
            by=Actor.user(request.user),
            duration_minutes=form.duration_minutes(),
        )
    except DomainError as error:
        refuse(form, error, {"quotas": form.name_of("quotas"), "hours": form.name_of("hours")})
        return _page(request, offer, form, plan=plan, is_adding=True)
    is_held = task.state == BulkState.DONE and say_saved(
        request, offer, _added(task.created, offer.title)
    )
    return redirect("offers:detail" if is_held else "offers:stocks", pk=offer.pk)


def _added(count: int, title: str) -> str:
    if count == 1:
        return f"La date est ajoutée à « {title} »."
    return f"{count} dates sont ajoutées à « {title} »."


def _page(
    request: HttpRequest,
    offer: Offer,
    form: SeriesForm,
    *,
    plan: Plan | None = None,
    is_adding: bool = False,
) -> HttpResponse:
    search = DateFilter(request.GET, offer=offer)
    data = search.cleaned_data
    found = occurrences(
        offer, day=data.get("jour"), hour=data.get("heure"), tariff=data.get("tarif")
    )
    task = offer.date_series.first()
    context: dict[str, Any] = {
        "offer": offer,
        "form": form,
        "plan": plan,
        "search": search,
        "page": page_of(request, sorted_by(found, request.GET.get("sort", ""))),
        "has_dates": search.is_used or is_adding or offer.stocks.live().exists(),
        "is_adding": is_adding or "ajout" in request.GET,
        "task": task if task and task.state != BulkState.DONE else None,
        "now": clock.now(),
        "steps": editing(offer, "stocks", nature_of(offer.subcategory)),
    }
    return render(request, "offers/stocks.html", context, status=400 if form.errors else 200)


@allowed_if(may_use_portal)
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the writing of many dates has come; without script, the page of dates says it."""
    offer = own_offer(request, pk)
    task: DateSeries | None = offer.date_series.first()
    if not request.headers.get("HX-Request"):
        return redirect("offers:stocks", pk=pk)
    answer = render(request, "offers/parts/series_progress.html", {"offer": offer, "task": task})
    if task is None or task.state == BulkState.DONE:
        if task is not None:
            say_saved(request, offer, _added(task.created, offer.title))
        answer["HX-Refresh"] = "true"
    return answer
