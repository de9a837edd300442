"""Move a date: say the new one, read whom it concerns, confirm (§3.6.1, STK-57)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from bookings.forms import PostponeForm
from bookings.services.postpone import Postponement, postpone_stock, preview_postponement
from offers.forms import refuse
from offers.models import Offer, Stock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.templatetags.ui import french_date
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def postpone(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing moves before « Confirmer le report »."""
    mine = Offer.objects.visible_to(request.user)
    dates = Stock.objects.live().filter(offer__in=mine, beginning_at__isnull=False)
    wanted = dates.select_related("offer__venue__offerer", "offer__provider", "price_category")
    stock = get_object_or_404(wanted, pk=pk)
    form = PostponeForm(request.POST or None, stock=stock)
    status, preview = 200, None
    if form.is_bound:
        status = 400
        if form.is_valid():
            if "confirm" in request.POST:
                try:
                    done = postpone_stock(stock=stock, by=Actor.user(request.user), **form.facts())
                except DomainError as error:
                    refuse(form, error)
                    status = error.http_status
                else:
                    return _done(request, stock, form, done)
            else:
                status = 200
                new = form.cleaned_data["beginning_at"]
                preview = preview_postponement(stock=stock, beginning_at=new)
    context = {"stock": stock, "offer": stock.offer, "form": form, "preview": preview}
    return render(request, "bookings/postpone.html", context, status=status)


def _done(
    request: HttpRequest, stock: Stock, form: PostponeForm, done: Postponement
) -> HttpResponse:
    day = french_date(form.cleaned_data["beginning_at"], stock.offer.time_zone)
    said = f"La date est reportée au {day}"
    if done.bookings:
        plural = "s" if done.bookings > 1 else ""
        said += f" : {done.bookings} bénéficiaire{plural} prévenu{plural}"
    messages.success(request, f"{said}.")
    return redirect("offers:stocks", pk=stock.offer_id)
