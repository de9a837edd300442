"""After a change of withdrawal: warn those who booked, or not (OFF-67)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from bookings.services.withdrawal_news import held_bookings, tell_of_offer
from offers.models import Offer
from passpro.kernel.access import allowed_if
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """The page says how many people; POST writes to them."""
    mine = Offer.objects.visible_to(request.user).select_related("venue__offerer")
    offer = get_object_or_404(mine, pk=pk)
    if request.method == "POST":
        told = tell_of_offer(offer=offer)
        plural = "s" if told > 1 else ""
        said = f"{told} bénéficiaire{plural} de « {offer.title} » prévenu{plural} par e-mail."
        messages.success(request, said)
        return redirect("offers:detail", pk=pk)
    count = held_bookings(offer=offer).count()
    if not count:
        return redirect("offers:detail", pk=pk)
    return render(request, "bookings/withdrawal_news.html", {"offer": offer, "count": count})
