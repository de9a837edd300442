"""Activation codes of a digital good: bring them once, see how many are left (§3.8)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from offers.forms import refuse
from offers.forms.codes import CodesForm
from offers.services.activation_codes import codes_in, set_activation_codes
from offers.views.detail import own_offer
from offers.views.wizard import frozen
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows the form, or what is left of the codes; POST brings them."""
    offer = own_offer(request, pk)
    if offer.is_event or not offer.is_digital:
        raise Http404
    if not offer.can_be_edited:
        return frozen(request, offer)
    stock = offer.stocks.live().order_by("pk").first()
    if stock is None:
        messages.error(request, "Donnez d’abord un prix à l’offre.")
        return redirect("offers:stock", pk=pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CodesForm(*sent, offer=offer)
    if form.is_bound and form.is_valid():
        facts = form.facts()
        try:
            found = codes_in(facts["raw"])
            set_activation_codes(
                offer=offer,
                codes=found,
                expires_at=facts["expires_at"],
                by=Actor.user(request.user),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            many = f"{len(found)} codes sont ajoutés" if len(found) > 1 else "1 code est ajouté"
            messages.success(request, f"{many} à « {offer.title} ».")
            return redirect("offers:stock", pk=pk)
    left = stock.activation_codes.filter(is_taken=False).count() if stock.has_codes else 0
    context = {"offer": offer, "stock": stock, "form": form, "left": left}
    return render(request, "offers/codes.html", context, status=400 if form.errors else 200)
