"""« Sélectionner un SIRET »: which SIRET sets the rate of a venue without one (§3.3, §18.3)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from finance.forms import PricingPointForm, with_siret
from finance.models import VenuePricingPointLink
from finance.permissions import may_manage_bank_accounts
from finance.services.pricing_points import choose_pricing_point
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Venue
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def pricing_point_choose(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Venue.objects.visible_to(request.user).select_related("offerer")
    venue = get_object_or_404(mine, pk=pk, siret=None)
    if not may_manage_bank_accounts(request.user, venue.offerer):
        raise PermissionDenied
    form = PricingPointForm(request.POST if request.method == "POST" else None, venue=venue)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            chosen = form.cleaned_data["pricing_point"]
            try:
                choose_pricing_point(
                    venue_id=venue.pk, pricing_point_id=chosen.pk, by=Actor.user(request.user)
                )
            except DomainError as error:
                form.add_error(error.field, error.message)
                status = error.http_status
            else:
                messages.success(
                    request,
                    f"Le taux de « {venue.shown_name} » suit maintenant le SIRET de "
                    f"« {chosen.shown_name} ».",
                )
                back = reverse("finance:bank_accounts")
                return redirect(f"{back}?structure={venue.offerer_id}")
    context = {
        "form": form,
        "venue": venue,
        "choices": with_siret(venue).count(),
        "link": VenuePricingPointLink.objects.open()
        .filter(venue=venue)
        .select_related("pricing_point")
        .first(),
    }
    return render(request, "finance/pricing_point_choose.html", context, status=status)
