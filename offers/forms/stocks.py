"""Dates and capacities of events, stock of goods, publication (portal.md 7.3 to 7.5)."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings

from offers.constants import MAX_QUANTITY
from offers.dates import (
    NoSuchHour,
    booking_limit,
    end_of_local_day,
    local_instant,
    local_parts,
    minutes_between,
)
from offers.forms.fields import DayField, HourField, PlacesField, quarter_hours
from offers.models import Offer, PriceCategory, Stock
from offers.partner_rules import open_dates
from passpro.kernel import money
from passpro.kernel.forms import EurosField

_NO_SUCH_HOUR = "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été."


class PriceChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: PriceCategory) -> str:  # type: ignore[override]
        price = "Gratuit" if obj.price_cents == 0 else money.euros(obj.price_cents)
        return f"{obj.label} – {price}"


# Field of the form below → what it says of the date.
_COLUMN_OF = {
    "date": "beginning_at",
    "hour": "beginning_at",
    "price_category": "price_category",
    "quantity": "quantity",
    "limit": "booking_limit_at",
}


class DateForm(forms.Form):
    """One date of an event, in the venue's own time."""

    date = DayField(label="Date")
    hour = HourField(label="Heure de début")
    end_hour = HourField(
        label="Heure de fin",
        required=False,
        help_text="Remplit la durée de l’offre.",
    )
    price_category = PriceChoice(
        label="Tarif",
        queryset=PriceCategory.objects.none(),
        empty_label="Choisissez",
        error_messages={
            "required": "Choisissez un tarif.",
            "invalid_choice": "Choisissez un des tarifs de l’offre.",
        },
    )
    quantity = PlacesField(
        label="Nombre de places",
        min_value=1,
        max_value=MAX_QUANTITY,
        help_text="Vide : pas de limite.",
    )
    limit = DayField(
        label="Date limite de réservation",
        required=False,
        help_text="Ce jour compris. Vide : jusqu’au début de l’événement.",
    )

    def __init__(self, *args: Any, offer: Offer, stock: Stock | None = None, **kwargs: Any) -> None:
        prices = offer.price_categories.order_by("price_cents", "label")
        initial = _initial_date(stock, offer.venue.time_zone) if stock else {}
        if stock is None and len(prices) == 1:
            initial = {"price_category": prices[0]}
        super().__init__(*args, initial=initial, **kwargs)
        self.offer, self.zone = offer, offer.venue.time_zone
        self.stock = stock
        self.fields["price_category"].queryset = prices
        if stock is not None:
            del self.fields["end_hour"]
            self.fields["quantity"] = PlacesField(
                label="Nombre de places",
                min_value=0,
                max_value=MAX_QUANTITY,
                help_text="Places déjà réservées comprises. Vide : pas de limite.",
            )
            if offer.is_limited:
                self._close_to_portal()

    def _close_to_portal(self) -> None:
        """§2.14: what a partner's software keeps is shown, not changed."""
        columns = open_dates(self.offer)
        for name, column in _COLUMN_OF.items():
            if column not in columns:
                self.fields[name].disabled, self.fields[name].required = True, False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, hour, limit = data.get("date"), data.get("hour"), data.get("limit")
        if day and hour:
            try:
                data["beginning_at"] = local_instant(day, hour, self.zone)
            except NoSuchHour:
                self.add_error("hour", _NO_SUCH_HOUR)
        if day and limit and limit > day:
            self.add_error("limit", "La date limite ne peut pas suivre le jour de l’événement.")
        elif "beginning_at" in data:
            data["booking_limit_at"] = booking_limit(limit, data["beginning_at"], self.zone)
            self._keep_instants(data)
        return data

    def _keep_instants(self, data: dict[str, Any]) -> None:
        """A day and an hour left as they were keep their exact instant."""
        if self.stock is None:
            return
        if not {"date", "hour"} & set(self.changed_data):
            data["beginning_at"] = self.stock.beginning_at
            if "limit" not in self.changed_data and self.stock.booking_limit_at:
                data["booking_limit_at"] = self.stock.booking_limit_at

    def duration_minutes(self) -> int | None:
        """From the end hour typed; None when it was left empty."""
        start, end = self.cleaned_data["hour"], self.cleaned_data.get("end_hour")
        return minutes_between(start, end) if end else None

    def facts(self) -> dict[str, Any]:
        """What add_stock and change_stock take."""
        names = ("price_category", "beginning_at", "booking_limit_at", "quantity")
        return {name: self.cleaned_data[name] for name in names}


def _initial_date(stock: Stock, zone: str) -> dict[str, Any]:
    day, hour = local_parts(stock.beginning_at, zone)
    limit = None
    if stock.booking_limit_at and stock.booking_limit_at != stock.beginning_at:
        limit = local_parts(stock.booking_limit_at, zone)[0]
    return {
        "date": day,
        "hour": hour,
        "price_category": stock.price_category_id,
        "quantity": stock.quantity,
        "limit": limit,
    }


class GoodStockForm(forms.Form):
    """Price, copies and limit of a good."""

    price = EurosField(
        label="Prix",
        max_cents=settings.MAX_PRICE_CENTS,
        help_text="0 si c’est gratuit.",
        error_messages={"required": "Donnez un prix, 0 si c’est gratuit."},
    )
    quantity = PlacesField(
        label="Quantité",
        min_value=0,
        max_value=MAX_QUANTITY,
        help_text="Vide : pas de limite.",
    )
    limit = DayField(
        label="Date limite de réservation", required=False, help_text="Ce jour compris."
    )
    is_duo = forms.BooleanField(label="Accepter les réservations « duo »", required=False)

    def __init__(self, *args: Any, offer: Offer, stock: Stock | None = None, **kwargs: Any) -> None:
        self.zone, self.stock = offer.venue.time_zone, stock
        initial: dict[str, Any] = {"is_duo": offer.is_duo}
        if stock is not None:
            limit = stock.booking_limit_at
            initial |= {
                "price": stock.price_cents,
                "quantity": stock.quantity,
                "limit": local_parts(limit, self.zone)[0] if limit else None,
            }
        super().__init__(*args, initial=initial, **kwargs)
        if not offer.subcategory.can_be_duo:
            del self.fields["is_duo"]

    def facts(self) -> dict[str, Any]:
        """What set_good_stock takes; a limit left as it was keeps its exact instant."""
        limit = self.cleaned_data["limit"]
        kept = self.stock.booking_limit_at if self.stock else None
        if limit is None:
            at: datetime | None = None
        elif kept is not None and local_parts(kept, self.zone)[0] == limit:
            at = kept
        else:
            at = end_of_local_day(limit, self.zone)
        return {
            "price_cents": self.cleaned_data["price"],
            "quantity": self.cleaned_data["quantity"],
            "booking_limit_at": at,
        }


class PublicationForm(forms.Form):
    """Now, or at a planned quarter of an hour (OFF-120)."""

    NOW, LATER = "now", "later"

    when = forms.ChoiceField(
        label="Quand publier l’offre ?",
        choices=[(NOW, "Publier maintenant"), (LATER, "Publier plus tard")],
        widget=forms.RadioSelect,
        initial=NOW,
        required=False,
    )
    publication_day = DayField(label="Date de publication", required=False)
    publication_hour = forms.ChoiceField(
        label="Heure de publication", required=False, choices=quarter_hours, initial="09:00"
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["publication_at"] = None
        if data.get("when") == self.LATER:
            day, hour = data.get("publication_day"), data.get("publication_hour")
            if not day:
                if "publication_day" not in self.errors:
                    self.add_error("publication_day", "Renseignez la date de publication.")
            elif hour:
                try:
                    data["publication_at"] = local_instant(day, time.fromisoformat(hour), self.zone)
                except NoSuchHour:
                    self.add_error("publication_hour", _NO_SUCH_HOUR)
        return data
