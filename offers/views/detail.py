"""One offer as its people see it, and what they do with it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from offers.enums import OfferValidation
from offers.models import Offer
from offers.presentation import actions_for, recap
from offers.services.draft import delete_draft as delete_draft_service
from offers.services.publish import pause_offer, resume_offer
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from venues.permissions import may_use_portal

HELD = (
    "« {} » passe en instruction : ce changement est contrôlé par notre équipe sous 72 heures. "
    "D’ici là, l’offre n’est plus visible des jeunes ; les réservations faites restent valables."
)


def own_offer(request: HttpRequest, pk: int) -> Offer:
    """The offer of one of the person's structures, with its status; 404 otherwise."""
    offers = Offer.objects.visible_to(request.user).with_display_status(clock.now())
    return get_object_or_404(offers.select_related("venue__offerer", "provider"), pk=pk)


def say_saved(request: HttpRequest, offer: Offer, said: str) -> bool:
    """Say what was done; True, and a warning, when it put the offer under review (MOD-05)."""
    messages.success(request, said)
    mine = Offer.objects.visible_to(request.user)
    is_held = mine.filter(pk=offer.pk, validation=OfferValidation.PENDING).exists()
    if is_held:
        messages.warning(request, HELD.format(offer.title))
    return is_held


@allowed_if(may_use_portal)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """« Récapitulatif » tab: everything that was typed, the dates, what can be done."""
    offer = own_offer(request, pk)
    # Its head and its cards already lead to the forms.
    actions = [action for action in actions_for(offer) if action.label != "Modifier"]
    context = {"offer": offer, "recap": recap(offer), "actions": actions}
    return render(request, "offers/detail.html", context)


def _verb(service: Callable[..., object], said: str) -> Callable[..., HttpResponse]:
    @require_POST
    @allowed_if(may_use_portal)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        offer = own_offer(request, pk)
        service(offer=offer, by=Actor.user(request.user))
        messages.success(request, said.format(title=offer.title))
        return redirect("offers:detail", pk=pk)

    return view


pause = _verb(pause_offer, "« {title} » est en pause : elle n’est plus visible ni réservable.")
resume = _verb(resume_offer, "« {title} » est de nouveau publiée.")


@allowed_if(may_use_portal)
def delete_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a draft for good."""
    offer = own_offer(request, pk)
    if request.method != "POST":
        return render(request, "offers/delete_draft.html", {"offer": offer})
    delete_draft_service(offer=offer, by=Actor.user(request.user))
    messages.success(request, f"Le brouillon « {offer.title} » est supprimé.")
    return redirect("offers:list")
