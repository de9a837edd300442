"""One offer as its people see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Summary of an offer, with what can be done with it."""
    offers = Offer.objects.visible_to(request.user).with_display_status(clock.now())
    offer = get_object_or_404(offers.select_related("venue__offerer"), pk=pk)
    return render(request, "offers/detail.html", {"offer": offer})
