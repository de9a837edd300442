"""« Détails »: the reimbursed bookings of a period, on screen or as a file (§18.2, §19)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from finance import exports
from finance.bank_cards import waits_for_account
from finance.forms import DetailsForm
from finance.models import Pricing
from finance.views.invoices import csv_response
from passpro.kernel.access import allowed_if
from passpro.kernel.paging import page_of
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_GET
def details(request: HttpRequest) -> HttpResponse:
    form = DetailsForm(request.GET, user=request.user)
    return _page(request, form)


@allowed_if(may_use_portal)
@require_GET
def details_csv(request: HttpRequest) -> HttpResponseBase:
    """Each missing or bad date is an error on its own field, on the page (400)."""
    form = DetailsForm(request.GET, user=request.user)
    if not form.is_valid():
        return _page(request, form)
    return csv_response(exports.csv_lines(_rows(request, form)), exports.FILE_NAME)


def _rows(request: HttpRequest, form: DetailsForm) -> Any:
    venue = form.cleaned_data["lieu"]
    return exports.details(
        user=request.user,
        first_day=form.cleaned_data["du"],
        last_day=form.cleaned_data["au"],
        venue_id=venue.pk if venue else None,
    )


def _page(request: HttpRequest, form: DetailsForm) -> HttpResponse:
    valid = form.is_valid()
    rows = _rows(request, form) if valid else Pricing.objects.none()
    context = {
        "form": form,
        "page": page_of(request, rows.invoiced().with_list_data()),
        "waits_for_account": waits_for_account(request.user),
        "has_venues": form.fields["lieu"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "finance/details.html", context, status=200 if valid else 400)
