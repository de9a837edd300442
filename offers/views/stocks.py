"""Dates and capacities of an event, stock of a good (portal.md 7.3, 7.4)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from offers.forms import refuse
from offers.forms.fields import nature_of
from offers.forms.stocks import DateForm, GoodStockForm
from offers.models import Offer, Stock
from offers.partner_rules import open_dates
from offers.presentation import editing
from offers.services.stocks import (
    change_stock,
    close_stock,
    delete_stock,
    set_good_stock,
)
from offers.views.detail import own_offer, say_saved
from offers.views.wizard import frozen
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.templatetags.ui import french_date
from venues.permissions import may_use_portal


def _own_stock(offer: Offer, stock_pk: int) -> Stock:
    """A live stock of an offer already scoped to the person; 404 otherwise."""
    live = offer.stocks.live().select_related("price_category", "offer__venue")
    return get_object_or_404(live, pk=stock_pk)


def _called(stock: Stock) -> str:
    if stock.beginning_at is None:
        return "Le stock"
    return f"La date du {french_date(stock.beginning_at, stock.offer.venue.time_zone)}"


@allowed_if(may_use_portal)
def stock_edit(request: HttpRequest, pk: int, stock_pk: int) -> HttpResponse:
    """Change one date."""
    offer = own_offer(request, pk)
    stock = _own_stock(offer, stock_pk)
    if not offer.can_be_edited:
        return frozen(request, offer)
    if stock.beginning_at is None:
        return redirect("offers:stock", pk=pk)
    form = DateForm(request.POST or None, offer=offer, stock=stock)
    if form.is_bound and form.is_valid():
        try:
            stock = change_stock(stock=stock, by=Actor.user(request.user), **form.facts())
        except DomainError as error:
            refuse(form, error)
        else:
            is_held = say_saved(request, offer, f"{_called(stock)} est enregistrée.")
            return redirect("offers:detail" if is_held else "offers:stocks", pk=pk)
    context = {
        "offer": offer,
        "stock": stock,
        "form": form,
        "is_read_only": offer.is_limited and not open_dates(offer),
    }
    return render(request, "offers/stock_edit.html", context, status=400 if form.errors else 200)


@allowed_if(may_use_portal)
def stock_delete(request: HttpRequest, pk: int, stock_pk: int) -> HttpResponse:
    """Ask, then delete a date that nobody booked."""
    offer = own_offer(request, pk)
    stock = _own_stock(offer, stock_pk)
    if request.method != "POST":
        return render(request, "offers/stock_delete.html", {"offer": offer, "stock": stock})
    try:
        delete_stock(stock=stock, by=Actor.user(request.user))
    except DomainError as error:
        context = {"offer": offer, "stock": stock, "error": error}
        return render(request, "offers/stock_delete.html", context, status=error.http_status)
    messages.success(request, f"{_called(stock)} est supprimée.")
    return redirect("offers:stocks" if offer.is_event else "offers:stock", pk=pk)


@require_POST
@allowed_if(may_use_portal)
def stock_close(request: HttpRequest, pk: int, stock_pk: int) -> HttpResponse:
    """Stop the bookings of a date, keep those made (STK-69)."""
    offer = own_offer(request, pk)
    stock = _own_stock(offer, stock_pk)
    try:
        close_stock(stock=stock, by=Actor.user(request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{_called(stock)} n’est plus réservable.")
    return redirect("offers:stocks" if offer.is_event else "offers:stock", pk=pk)


@allowed_if(may_use_portal)
def stock(request: HttpRequest, pk: int) -> HttpResponse:
    """Price, copies and limit of a good."""
    offer = own_offer(request, pk)
    if not offer.can_be_edited:
        return frozen(request, offer)
    if offer.is_event:
        return redirect("offers:stocks", pk=pk)
    existing = offer.stocks.live().order_by("pk").first()
    form = GoodStockForm(request.POST or None, offer=offer, stock=existing)
    if form.is_bound and form.is_valid():
        try:
            set_good_stock(
                offer=offer,
                is_duo=form.cleaned_data.get("is_duo"),
                by=Actor.user(request.user),
                **form.facts(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            say_saved(request, offer, f"Le stock de « {offer.title} » est enregistré.")
            is_draft = offer.validation == "DRAFT"
            return redirect("offers:summary" if is_draft else "offers:detail", pk=pk)
    context = {
        "offer": offer,
        "form": form,
        "stock": existing,
        "steps": editing(offer, "stock", nature_of(offer.subcategory)),
    }
    return render(request, "offers/stock.html", context, status=400 if form.errors else 200)
