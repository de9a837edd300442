"""Filters of the lists of the school half (§12.7, §12.9); wrong values are simply not applied."""

from datetime import time
from typing import Any

from django import forms
from django.db.models import Q

from collective.enums import BookingStatus, DisplayStatus, LocationKind
from collective.forms import DAY_ERRORS, VenueChoice, instant_of
from collective.models import Institution
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.reference.school_projects import FORMATS
from venues.models import Venue


class ListFilter(forms.Form):
    """Search of the portal's list; wrong values are simply not applied (§12.7)."""

    q = forms.CharField(
        label="Offre, numéro ou établissement", required=False,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    lieu = VenueChoice(
        label="Lieu", queryset=Venue.objects.none(), required=False, empty_label="Tous les lieux"
    )
    format = forms.ChoiceField(
        label="Format", required=False, choices=[("", "Tous"), *FORMATS.items()]
    )
    ou = forms.ChoiceField(
        label="Localisation", required=False, choices=[("", "Toutes"), *LocationKind.choices]
    )
    du = forms.DateField(label="Événement du", required=False, error_messages=DAY_ERRORS)
    au = forms.DateField(label="au", required=False, error_messages=DAY_ERRORS)
    statut = forms.ChoiceField(
        label="Statut", required=False, choices=[("", "Tous"), *DisplayStatus.choices]
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["lieu"].queryset = Venue.objects.visible_to(user).order_by("name", "pk")
        self.is_valid()

    @property
    def is_used(self) -> bool:
        return any(self.cleaned_data.values())

    def apply(self, offers: Any) -> Any:
        """Offers annotated with their state, narrowed."""
        data = self.cleaned_data
        if words := data.get("q", "").strip():
            number = words.removeprefix("n°").strip()
            by_words = offers.filter(title__icontains=words) | offers.filter(
                institution__in=Institution.objects.matching(words)
            )
            offers = by_words | offers.filter(pk=number) if _is_number(number) else by_words
        if data.get("lieu"):
            offers = offers.filter(venue=data["lieu"])
        if data.get("format"):
            offers = offers.filter(formats__contains=[data["format"]])
        if data.get("ou"):
            offers = offers.filter(location=data["ou"])
        if data.get("du"):
            offers = offers.filter(stock__starts_at__gte=clock.paris_midnight(data["du"]))
        if data.get("au"):
            until = instant_of(data["au"], time(23, 59, 59), "Europe/Paris")
            offers = offers.filter(stock__starts_at__lte=until)
        if data.get("statut"):
            offers = offers.filter(display_status=data["statut"])
        return offers


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


# Value → column of the period.
_PERIODS = {
    "": ("", "Date de l’événement"),
    "reservee": ("created_at", "Préréservée"),
    "confirmee": ("confirmed_at", "Réservée par le chef d’établissement"),
    "payee": ("reimbursed_at", "Payée"),
}


class BookingFilter(forms.Form):
    """Search of the list of bookings."""

    q = forms.CharField(
        label="Offre, établissement, enseignant ou numéro", required=False,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    statut = forms.ChoiceField(
        label="Statut", required=False,
        choices=[
            ("", "Tous"),
            (BookingStatus.PENDING.value, "Préréservée"),
            (BookingStatus.CONFIRMED.value, "Réservée"),
            ("FINAL", "Confirmée : l’école ne peut plus annuler"),
            (BookingStatus.USED.value, "Terminée"),
            (BookingStatus.REIMBURSED.value, "Payée"),
            (BookingStatus.CANCELLED.value, "Annulée"),
        ],
    )  # fmt: skip
    lieu = VenueChoice(
        label="Lieu", queryset=Venue.objects.none(), required=False, empty_label="Tous les lieux"
    )
    periode = forms.ChoiceField(
        label="Période", required=False,
        choices=[(value, label) for value, (_, label) in _PERIODS.items()],
    )  # fmt: skip
    du = forms.DateField(label="Du", required=False, error_messages=DAY_ERRORS)
    au = forms.DateField(label="au", required=False, error_messages=DAY_ERRORS)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["lieu"].queryset = Venue.objects.visible_to(user).order_by("name", "pk")
        self.is_valid()

    @property
    def is_used(self) -> bool:
        return any(self.cleaned_data.values())

    def apply(self, bookings: Any) -> Any:
        data = self.cleaned_data
        if words := data.get("q", "").strip():
            wanted = (
                Q(stock__offer__title__icontains=words)
                | Q(institution__in=Institution.objects.matching(words))
                | Q(redactor__last_name__icontains=words)
            )
            number = words.removeprefix("n°").strip()
            bookings = bookings.filter(wanted | Q(pk=number) if _is_number(number) else wanted)
        if data.get("lieu"):
            bookings = bookings.filter(venue=data["lieu"])
        if status := data.get("statut"):
            bookings = bookings.filter(**_of_status(status))
        column = _PERIODS[data.get("periode", "")][0] or "stock__starts_at"
        if data.get("du"):
            bookings = bookings.filter(**{f"{column}__gte": clock.paris_midnight(data["du"])})
        if data.get("au"):
            until = instant_of(data["au"], time(23, 59, 59), "Europe/Paris")
            bookings = bookings.filter(**{f"{column}__lte": until})
        return bookings


def _of_status(status: str) -> dict[str, Any]:
    if status == "FINAL":
        return {"status": BookingStatus.CONFIRMED, "cancellation_limit_at__lte": clock.now()}
    if status == BookingStatus.CONFIRMED:
        return {"status": status, "cancellation_limit_at__gt": clock.now()}
    return {"status": status}
