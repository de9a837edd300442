"""What every page of the school shows: the school, its budget, its counters (§7.6)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from collective.models import CollectiveOffer, CollectiveTemplate, SchoolBudget
from collective.models.schools import start_year_of
from passpro.kernel import clock


def render_page(
    request: Any, page: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """`tab` is the entry of the menu to which the page belongs; readers have no menu."""
    visit, now = request.visit, clock.now()
    common: dict[str, Any] = {"visit": visit, "tab": tab, "left_cents": None}
    if visit.institution is not None:
        budgets = list(_budgets(visit.institution))
        waiting = CollectiveOffer.objects.bookable(now).filter(institution=visit.institution)
        common |= {
            "budgets": budgets,
            "left_cents": sum(one.left_cents for one in budgets) if budgets else None,
            "waiting_count": waiting.count(),
            "favourite_count": favourites_of(request).count(),
        }
    return render(request, page, common | context, status=status)


def _budgets(school: Any) -> Any:
    year = start_year_of(clock.now())
    return SchoolBudget.objects.filter(institution=school, year__start_year=year).with_spending()


def favourites_of(request: Any) -> Any:
    """Templates that the person keeps, as long as they are shown (§2.12)."""
    return CollectiveTemplate.objects.eligible(clock.now()).filter(
        favourites__redactor__email=request.visit.visitor.email.lower()
    )
