"""« Préparer mon inscription » (B8): four public screens, nothing kept but in the session."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from passpro.kernel.access import public
from passpro.kernel.errors import DomainError
from passpro.kernel.limits import client_address, limit_per_address
from passpro.registers import companies
from passpro.registers.limits import count_lookup
from venues.constants import LOOKUPS_PER_MINUTE
from venues.registration_forms import NumberForm, PreparedActivityForm, PreparedAudienceForm
from venues.services.preparation import Prospect, look_at, needs_of

KEY = "preparation"


def prepared(request: HttpRequest) -> dict[str, Any]:
    """What was answered so far, {} at the start."""
    found = request.session.get(KEY)
    return dict(found) if isinstance(found, dict) else {}


def _keep(request: HttpRequest, **answers: Any) -> None:
    request.session[KEY] = prepared(request) | answers


def _page(
    request: HttpRequest, name: str, form: forms.Form, status: int = 200, **facts: Any
) -> HttpResponse:
    context = {"form": form, "prospect": prepared(request).get("prospect"), **facts}
    return render(request, name, context, status=status)


@public
@require_http_methods(["GET", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """First screen: a SIREN or a SIRET, looked up in the register."""
    form = NumberForm(request.POST or None, initial={"number": prepared(request).get("number")})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                limit_per_address(request, "preparation")
                address = client_address(request)
                count_lookup(
                    register="companies", person=address, per_minute=LOOKUPS_PER_MINUTE
                )  # fmt: skip
                prospect = look_at(form.cleaned_data["number"])
            except DomainError as error:
                form.add_error("number", error.message)
                status = error.http_status
            else:
                _keep(request, number=form.cleaned_data["number"], prospect=asdict(prospect))
                return redirect("venues:preparation_activity")
    return _page(
        request, "venues/preparation/number.html", form, status, examples=companies.examples()
    )


@public
@require_http_methods(["GET", "POST"])
def activity(request: HttpRequest) -> HttpResponse:
    """Second screen: what the structure does."""
    answers = prepared(request)
    if "prospect" not in answers:
        return redirect("venues:preparation")
    form = PreparedActivityForm(request.POST or None, initial=answers)
    if form.is_bound and form.is_valid():
        _keep(request, **form.cleaned_data)
        return redirect("venues:preparation_audience")
    return _page(request, "venues/preparation/activity.html", form, 400 if form.is_bound else 200)


@public
@require_http_methods(["GET", "POST"])
def audience(request: HttpRequest) -> HttpResponse:
    """Third screen: for whom."""
    answers = prepared(request)
    if "activity" not in answers:
        return redirect("venues:preparation_activity")
    posted = request.POST if request.method == "POST" else None
    form = PreparedAudienceForm(posted, initial=answers)
    if form.is_bound and form.is_valid():
        _keep(request, **form.cleaned_data)
        return redirect("venues:preparation_result")
    return _page(request, "venues/preparation/audience.html", form, 400 if form.is_bound else 200)


@public
@require_GET
def result(request: HttpRequest) -> HttpResponse:
    """Last screen: whether the structure may join, and the list of what will be needed."""
    answers = prepared(request)
    if "audience" not in answers:
        return redirect("venues:preparation_audience")
    prospect = Prospect(**answers["prospect"])
    context = {
        "prospect": prospect,
        "activity": answers["activity"],
        "is_to_check": answers["activity"] == "OTHER" or prospect.is_school,
        "needs": needs_of(prospect, activity=answers["activity"], audience=answers["audience"]),
    }
    return render(request, "venues/preparation/result.html", context)
