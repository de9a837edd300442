"""« Revenus »: per year, received and expected (H4)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from finance.bank_cards import waits_for_account
from finance.forms import IncomeForm
from finance.income import yearly_income
from passpro.kernel.access import allowed_if
from venues.models import Venue
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_GET
def income(request: HttpRequest) -> HttpResponse:
    form = IncomeForm(request.GET or None, user=request.user)
    venues = Venue.objects.visible_to(request.user)
    has_venues = venues.exists()
    valid = not form.is_bound or form.is_valid()
    if form.is_bound and valid and form.cleaned_data["lieu"]:
        venues = venues.filter(pk=form.cleaned_data["lieu"].pk)
    context = {
        "form": form,
        "years": yearly_income(venues) if valid else [],
        "has_venues": has_venues,
        "waits_for_account": waits_for_account(request.user),
    }
    return render(request, "finance/income.html", context, status=200 if valid else 400)
