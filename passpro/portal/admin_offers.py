"""The team's page of an offer, with what also changes bookings and money: its venue (OFF-150)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from finance.services.offer_venues import move_offer, preview_move, venues_for
from offers.admin import OfferAdmin
from offers.models import Offer
from passpro.kernel.admin_base import InternalReasonForm, agent_of
from passpro.kernel.templatetags.ui import pluralize
from venues.models import Venue

MOVE = "offers.decide_offer"


class VenueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.shown_name} – {obj.city}" if obj.city else obj.shown_name


class MoveForm(InternalReasonForm):
    venue = VenueField(
        Venue.objects.none(),
        label="Nouveau lieu",
        empty_label="Choisissez un lieu",
        widget=UnfoldAdminSelectWidget(),
    )
    tell_beneficiaries = forms.BooleanField(
        label="Prévenir par e-mail les personnes qui ont réservé",
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget(),
    )
    field_order = ("venue", "tell_beneficiaries", "reason")


def move_form(offer: Offer) -> type[forms.Form]:
    """With the venues of the structure that may take this offer."""

    class OfOffer(MoveForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["venue"].queryset = venues_for(offer)

    return OfOffer


admin.site.unregister(Offer)


@admin.register(Offer)
class MovableOfferAdmin(OfferAdmin):
    actions_detail = (*OfferAdmin.actions_detail, "move")
    may = OfferAdmin.may | {"move": MOVE}
    shown_if = {"move": lambda offer: offer.is_event and not offer.is_digital}

    @action(description="Changer de lieu", icon="moving", url_path="changer-de-lieu")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """OFF-150, OFF-151: the question says how many bookings go along."""
        offer = self.get_object(request, object_id)
        text = ""
        if offer is not None:
            found = preview_move(offer=offer)
            text = (
                f"Aujourd’hui dans « {offer.venue.shown_name} ». "
                f"{found.bookings} réservation{pluralize(found.bookings)} et leur argent suivent "
                "l’offre ; dates, prix payés et contremarques ne changent pas. Déjà valorisées : "
                f"{found.priced}, elles gardent leur montant et le nouveau lieu est payé. "
                f"À prévenir : {found.to_tell} personne{pluralize(found.to_tell)}."
            )
        return self.decide(
            request,
            object_id,
            permission=MOVE,
            title="Changer le lieu de {}",
            text=text,
            button="Changer de lieu",
            done="L’offre a changé de lieu, ses réservations avec elle.",
            run=lambda offer, venue, **typed: move_offer(
                offer=offer, venue_id=venue.pk, by=agent_of(request), **typed
            ),
            form_class=move_form(offer) if offer is not None else None,
            danger=True,
        )
