"""What a young person does with an offer besides booking it: keep it, report it (OFF-160)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from offers.cards import cards, home_position
from offers.forms.report import ReportForm
from offers.models import Favorite, Offer
from offers.permissions import may_keep_offers
from offers.services.favorites import changes_of, forget_offer, keep_offer
from offers.services.reports import report_offer
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.errors import DomainError
from passpro.kernel.paging import page_of


def _opened(pk: int) -> Offer:
    offers = Offer.objects.opened_by_link(clock.now()).select_related("venue__offerer")
    return get_object_or_404(offers, pk=pk)


@allowed_if(may_keep_offers)
@require_POST
def favorite(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep (`keep=1`) or forget an offer, then back to the page of the button."""
    if request.POST.get("keep") == "1":
        offer = _opened(pk)
        keep_offer(user=request.user, offer=offer)
        messages.success(request, f"« {offer.title} » est dans tes favoris.")
    else:
        offer = get_object_or_404(Offer.objects.filter(favorites__user=request.user), pk=pk)
        forget_offer(user=request.user, offer=offer)
        messages.success(request, f"« {offer.title} » n’est plus dans tes favoris.")
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("offers:app_offer", pk=pk)


@allowed_if(may_keep_offers)
def favorites(request: HttpRequest) -> HttpResponse:
    """The list, newest first, with what changed since each offer was kept."""
    now = clock.now()
    kept = Favorite.objects.filter(user=request.user).select_related("offer__venue", "stock")
    page = page_of(request, kept)
    drawn = cards([one.offer for one in page], now, home_position(request.user))
    opened = set(
        Offer.objects.opened_by_link(now)
        .filter(pk__in=[one.offer_id for one in page])
        .values_list("pk", flat=True)
    )
    lines: list[dict[str, Any]] = [
        {
            **card,
            "changes": changes_of(one, card["figures"]),
            "is_open": one.offer_id in opened,
            "can_be_booked": one.offer.is_active and card["figures"].count > 0,
        }
        for one, card in zip(page, drawn, strict=True)
    ]
    return render(request, "offers/app_favorites.html", {"page": page, "lines": lines})


@allowed_if(may_keep_offers)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Reason, precisions for « Autre »; the team is told at once."""
    offer = _opened(pk)
    form = ReportForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            report_offer(user=request.user, offer=offer, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field or None, error.message)
            status = error.http_status
        else:
            messages.success(request, f"Merci : notre équipe va regarder « {offer.title} ».")
            return redirect(reverse("offers:app_offer", args=[pk]))
    return render(request, "offers/app_report.html", {"offer": offer, "form": form}, status=status)
