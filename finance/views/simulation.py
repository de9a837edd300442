"""« Combien vais-je toucher ? »: the rules of pricing on one imagined booking."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from finance.bank_cards import waits_for_account
from finance.forms import SimulationForm
from finance.rates import CUSTOM, CUSTOM_CODE, RULES_BY_CODE, percent
from finance.services.simulate import Simulated, simulate_at
from passpro.kernel.access import allowed_if
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_GET
def simulation(request: HttpRequest) -> HttpResponse:
    form = SimulationForm(request.GET if request.GET else None, user=request.user)
    context = {
        "form": form,
        "found": None,
        "waits_for_account": waits_for_account(request.user),
        "has_venues": form.fields["lieu"].queryset.exists(),  # type: ignore[attr-defined]
    }
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        found = simulate_at(
            venue=typed["lieu"],
            subcategory_id=typed["categorie"],
            unit_cents=typed["prix"],
            quantity=typed["quantite"],
        )
        context |= {"found": found, **_words(found)}
    status = 400 if form.is_bound and not form.is_valid() else 200
    return render(request, "finance/simulation.html", context, status=status)


def _words(found: Simulated) -> dict[str, str]:
    """The rate and its scale, as the justificatif will name them."""
    outcome = found.outcome
    scale = CUSTOM if outcome.rule_code == CUSTOM_CODE else RULES_BY_CODE[outcome.rule_code].group
    return {
        "rate": "–" if outcome.rate is None else percent(outcome.rate),
        "scale": scale.label,
    }
