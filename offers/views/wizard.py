"""The steps of an offer: kind, details, prices, summary, published (portal.md 7)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from offers.forms import as_typed, refuse
from offers.forms.details import (
    FIELD_OF_REFUSAL,
    DetailsForm,
    initial_from_venue,
    initial_of_offer,
)
from offers.forms.fields import NATURES, nature_of
from offers.forms.prices import DuoForm, PriceFormSet, initial_rows, named_alone, rows_of
from offers.forms.stocks import PublicationForm
from offers.models import Offer
from offers.partner_rules import opens_prices
from offers.presentation import editing, recap, step_names
from offers.services.draft import draft_offer, update_offer
from offers.services.price_categories import set_price_categories
from offers.services.publish import publish_offer
from offers.views.detail import own_offer, say_saved
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import Offerer, Venue
from venues.permissions import may_use_portal

FROZEN = "« {} » est en instruction ou refusée : elle ne peut pas être modifiée."


def not_editable(request: HttpRequest, offer: Offer) -> HttpResponse | None:
    """Back to the offer's page when nothing of this step may change (OFF-103, OFF-140)."""
    if not offer.can_be_edited:
        return frozen(request, offer)
    if offer.is_limited:
        said = f"« {offer.title} » est gérée par {offer.provider} : modifiez-la dans ce logiciel."
        messages.error(request, said)
        return redirect("offers:detail", pk=offer.pk)
    return None


def frozen(request: HttpRequest, offer: Offer) -> HttpResponse:
    """Back to the offer's page, which says why nothing moves."""
    messages.error(request, FROZEN.format(offer.title))
    return redirect("offers:detail", pk=offer.pk)


@allowed_if(may_use_portal)
def create(request: HttpRequest) -> HttpResponse:
    """First the nature of the offer, then its details; saving writes the draft."""
    nature = request.GET.get("nature", "")
    venues = Venue.objects.visible_to(request.user).filter(is_virtual=False)
    has_offerer = Offerer.objects.visible_to(request.user).exists()
    if nature not in NATURES or not has_offerer:
        context = {"has_offerer": has_offerer, "has_venue": venues.exists(), "asked": request.GET}
        return render(request, "offers/create.html", context)
    if not NATURES[nature][1] and not venues.exists():
        context = {"has_offerer": True, "has_venue": False, "needs_venue": True}
        return render(request, "offers/create.html", context)
    form = DetailsForm(
        request.POST or None,
        nature=nature,
        user=request.user,
        initial=_first_values(request, venues, nature),
    )
    if "refresh" in request.POST:
        form = _refreshed(form)
    elif form.is_bound and form.is_valid():
        venue = form.cleaned_data.get("venue")
        offerer = venue.offerer if venue else form.cleaned_data["offerer"]
        try:
            offer = draft_offer(
                offerer=offerer, venue=venue, details=form.details(), by=Actor.user(request.user)
            )
        except DomainError as error:
            refuse(form, error, FIELD_OF_REFUSAL)
        else:
            messages.success(request, f"Le brouillon « {offer.title} » est enregistré.")
            return go_on(offer, "details")
    context = {
        "form": form,
        "nature": nature,
        "steps": editing(None, "details", nature),
        "offer": None,
    }
    return render(request, "offers/details.html", context, status=400 if form.errors else 200)


def _first_values(request: HttpRequest, venues: Any, nature: str) -> dict[str, Any]:
    """The venue asked for, or the only one, and what it brings; the only structure."""
    initial: dict[str, Any] = {"is_notified": True, "notification_email": request.user.email}
    initial["booking_contact"] = request.user.email
    asked = request.GET.get("lieu", "")
    found = list(venues.filter(pk=asked)[:1] if asked.isdigit() else venues[:2])
    if not NATURES[nature][1] and len(found) == 1:
        initial |= initial_from_venue(found[0], request.user)
    offerers = list(Offerer.objects.visible_to(request.user)[:2])
    if len(offerers) == 1:
        initial["offerer"] = offerers[0].pk
    return initial


def _refreshed(form: DetailsForm) -> DetailsForm:
    """The same form with what was typed and the fields of the subcategory just chosen."""
    # Fields that the page did not have yet keep what they start with.
    typed = {name: value for name, value in as_typed(form).items() if value is not None}
    kind_changed = {"withdrawal_type": typed.get("withdrawal_type") or ""}
    blank = DetailsForm(
        nature=form.nature,
        user=form.user,
        offer=form.offer,
        initial={**form.initial, **typed, **kind_changed},
    )
    venue = typed.get("venue", "")
    chosen = Venue.objects.visible_to(form.user).filter(pk=venue if venue.isdigit() else None)
    if chosen and not typed.get("accessibility"):
        brought = initial_from_venue(chosen[0], form.user)
        blank.initial |= {k: v for k, v in brought.items() if not typed.get(k)}
    return blank


@allowed_if(may_use_portal)
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the offer says about itself."""
    offer = own_offer(request, pk)
    if not offer.can_be_edited:
        return frozen(request, offer)
    nature = nature_of(offer.subcategory)
    form = DetailsForm(
        request.POST or None,
        nature=nature,
        user=request.user,
        offer=offer,
        initial=initial_of_offer(offer),
    )
    if "refresh" in request.POST:
        form = _refreshed(form)
    elif form.is_bound and form.is_valid():
        before = told_of(offer)
        try:
            offer = update_offer(
                offer=offer,
                details=form.details(),
                venue=form.cleaned_data.get("venue"),
                by=Actor.user(request.user),
            )
        except DomainError as error:
            refuse(form, error, FIELD_OF_REFUSAL)
        else:
            if told_of(offer) != before and has_booked_places(offer):
                say_saved(request, offer, f"« {offer.title} » est enregistrée.")
                return redirect("bookings:tell_withdrawal", pk=pk)
            return _saved(request, offer, "details")
    context = {
        "form": form,
        "nature": nature,
        "offer": offer,
        "steps": editing(offer, "details", nature),
    }
    return render(request, "offers/details.html", context, status=400 if form.errors else 200)


def told_of(offer: Offer) -> tuple[object, ...]:
    """OFF-67: what those who booked were told, and may have to be told anew."""
    return (
        offer.withdrawal_type,
        offer.withdrawal_delay_seconds,
        offer.withdrawal_details,
        offer.booking_contact,
    )


def has_booked_places(offer: Offer) -> bool:
    return offer.stocks.live().filter(booked_quantity__gt=0).exists()


def _saved(request: HttpRequest, offer: Offer, step: str) -> HttpResponse:
    say_saved(request, offer, f"« {offer.title} » est enregistrée.")
    return go_on(offer, step)


def go_on(offer: Offer, step: str) -> HttpResponse:
    """A draft goes to the step that follows, a published offer back to its page."""
    if offer.validation != "DRAFT":
        return redirect("offers:detail", pk=offer.pk)
    names = step_names(nature_of(offer.subcategory))
    return redirect(f"offers:{names[names.index(step) + 1]}", pk=offer.pk)


@allowed_if(may_use_portal)
def prices(request: HttpRequest, pk: int) -> HttpResponse:
    """Prices of an event; « add » and « remove » only redraw the form."""
    offer = own_offer(request, pk)
    if not opens_prices(offer) and (refused := not_editable(request, offer)):
        return refused
    if not offer.is_event:
        return redirect("offers:stock", pk=pk)
    if not offer.can_be_edited:
        return frozen(request, offer)
    rows = PriceFormSet(request.POST or None, initial=initial_rows(offer), prefix="tarifs")
    duo = DuoForm(request.POST or None, offer=offer)
    if "add" in request.POST or "remove" in request.POST:
        rows, duo = _redrawn(request, rows, duo, offer)
    elif request.method == "POST" and all([rows.is_valid(), duo.is_valid()]):
        try:
            set_price_categories(
                offer=offer,
                rows=rows_of(rows),
                is_duo=duo.cleaned_data.get("is_duo"),
                drops_dates=duo.cleaned_data["drops_dates"],
                by=Actor.user(request.user),
            )
        except DomainError as error:
            refuse(duo, error)
        else:
            return _saved(request, offer, "prices")
    status = 400 if rows.is_bound and (duo.errors or not rows.is_valid()) else 200
    context = {
        "offer": offer,
        "rows": rows,
        "duo": duo,
        "steps": editing(offer, "prices", nature_of(offer.subcategory)),
    }
    return render(request, "offers/prices.html", context, status=status)


def _redrawn(request: HttpRequest, rows: Any, duo: DuoForm, offer: Offer) -> tuple[Any, DuoForm]:
    typed = [as_typed(form) for form in rows.forms]
    gone = request.POST.get("remove", "")
    if gone.isdigit() and int(gone) < len(typed) > 1:
        del typed[int(gone)]
    if "add" in request.POST:
        typed.append({})
    redrawn = DuoForm(offer=offer)
    redrawn.initial |= as_typed(duo)
    again = PriceFormSet(initial=named_alone(typed), prefix="tarifs")
    # Who works by keyboard goes on from the line that is new, not from the top of the page.
    again.forms[-1].fields["label"].widget.attrs["autofocus"] = True
    return again, redrawn


@allowed_if(may_use_portal)
def summary(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything again before publishing (OFF-34)."""
    offer = own_offer(request, pk)
    if offer.validation != "DRAFT":
        return redirect("offers:detail", pk=pk)
    return _summary(request, offer, PublicationForm(zone=offer.venue.time_zone))


def _summary(
    request: HttpRequest, offer: Offer, form: PublicationForm, status: int = 200
) -> HttpResponse:
    context = {
        "offer": offer,
        "form": form,
        "recap": recap(offer),
        "steps": editing(offer, "summary", nature_of(offer.subcategory)),
    }
    return render(request, "offers/summary.html", context, status=status)


@require_POST
@allowed_if(may_use_portal)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish now or at a planned instant; a second click changes nothing."""
    offer = own_offer(request, pk)
    form = PublicationForm(request.POST, zone=offer.venue.time_zone)
    if not form.is_valid():
        return _summary(request, offer, form, 400)
    try:
        publish_offer(
            offer=offer,
            publication_at=form.cleaned_data["publication_at"],
            by=Actor.user(request.user),
        )
    except DomainError as error:
        refuse(form, error, {"publication_at": "publication_day"})
        return _summary(request, offer, form, error.http_status)
    return redirect("offers:published", pk=pk)


@allowed_if(may_use_portal)
def published(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens now, and what to do next (OFF-34, step E)."""
    offer = own_offer(request, pk)
    if offer.validation == "DRAFT":
        return redirect("offers:summary", pk=pk)
    is_paid = offer.stocks.live().filter(price_cents__gt=0).exists()
    return render(request, "offers/published.html", {"offer": offer, "is_paid": is_paid})
