"""The team's pages about bookings and credits: to look at; a credit is granted by the service."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from bookings import admin_local  # noqa: F401  (its pages register themselves)
from bookings.local_share import parts_of
from bookings.models import Booking, Deposit, OfflineAction
from bookings.services.deposits import grant_deposit
from bookings.services.staff import REASONS, cancel_by_team, revive
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import InternalReasonForm, ReadOnlyAdmin, agent_of, decide_each
from passpro.kernel.errors import DomainError
from passpro.kernel.money import euros
from passpro.kernel.templatetags.ui import french_date

_TONES = {
    "Réservée": "info",
    "Validée": "success",
    "Annulée": "danger",
    "Remboursée": "success",
}


class CancelForm(forms.Form):
    """§5.7.1: the reason kept with the booking, and a word for the history."""

    reason = forms.ChoiceField(
        label="Motif",
        choices=[(one.value, one.label) for one in REASONS],
        widget=UnfoldAdminSelectWidget,
    )
    why = forms.CharField(
        label="Précision, gardée dans l’historique",
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    """Searched by countermark, person or offer (LST-31); the count of millions is not asked."""

    list_display = (
        "countermark", "offer", "beneficiary", "venue", "booked_at", "total", "state",
    )  # fmt: skip
    list_filter = ("status", "cancellation_reason")
    search_fields = (
        "=countermark",
        "=beneficiary__email",
        "beneficiary__last_name",
        "offer__title",
    )
    search_help_text = "Contremarque, e-mail ou nom du bénéficiaire, titre de l’offre"
    list_select_related = ("offer", "beneficiary", "venue")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("countermark", "state", "offer", "date", "venue", "offerer")}),
        ("Bénéficiaire", {"fields": ("beneficiary", "quantity", "total", "paid_by")}),
        (
            "Dates",
            {
                "fields": (
                    "booked_at", "cancellation_limit_at", "used_at", "validated_by",
                    "cancelled_at", "cancellation_reason", "frozen_at", "reimbursed_at",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("state", "date", "total", "paid_by")
    actions = ("cancel_each",)
    actions_detail = ("cancel", "revive")
    may = {
        "cancel": "bookings.change_booking",
        "revive": "bookings.change_booking",
        "decide": "bookings.change_booking",
    }
    shown_if = {
        "cancel": lambda booking: booking.status != "CANCELLED" and not booking.is_in_payment,
        "revive": lambda booking: booking.status == "CANCELLED",
    }

    @display(description="Date")
    def date(self, booking: Booking) -> str:
        """The hour of the venue, in words."""
        return french_date(booking.stock.beginning_at, booking.time_zone) or "Sans date"

    @action(description="Annuler la réservation", icon="cancel", url_path="annuler")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Annuler la réservation {} ?",
            text="Places et crédit sont rendus. Le lieu reçoit un e-mail, le bénéficiaire non.",
            button="Annuler cette réservation",
            done="La réservation est annulée.",
            form_class=CancelForm,
            danger=True,
            run=lambda booking, **typed: cancel_by_team(
                booking_id=booking.pk, by=agent_of(request), **typed
            ),
        )

    @action(description="Rétablir", icon="undo", url_path="retablir")
    def revive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Rétablir la réservation {} ?",
            text="Elle devient validée, donc à rembourser ; les places et le crédit sont repris.",
            button="Rétablir comme validée",
            done="La réservation est validée.",
            form_class=InternalReasonForm,
            run=lambda booking, reason: revive(
                booking_id=booking.pk, by=agent_of(request), why=reason
            ),
        )

    @admin.action(description="Annuler les réservations choisies", permissions=["decide"])
    def cancel_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="cancel_each",
            title="Annuler ces réservations ?",
            text="Le même motif pour toutes ; chaque lieu reçoit un e-mail, les bénéficiaires non.",
            button="Annuler ces réservations",
            done="annulées",
            form_class=CancelForm,
            danger=True,
            run=lambda booking, **typed: cancel_by_team(
                booking_id=booking.pk, by=agent_of(request), **typed
            ),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """A countermark is read as the desk reads it: capitals."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if len(search_term.strip()) == 6:
            found |= queryset.filter(countermark=search_term.strip().upper())
        return found, duplicates

    @display(description="état", ordering="status", label=_TONES)
    def state(self, booking: Booking) -> str:
        return booking.get_status_display()

    @display(description="montant")
    def total(self, booking: Booking) -> str:
        return euros(booking.total_cents)

    @display(description="payé par")
    def paid_by(self, booking: Booking) -> str:
        parts = [f"{part.label} : {euros(part.cents)}" for part in parts_of(booking)]
        return " ; ".join(parts) or "gratuit"


class GrantForm(forms.ModelForm):
    """Whose credit; the amount follows the age and the tables in force (CRD-10)."""

    class Meta:
        model = Deposit
        fields = ("user",)

    def clean_user(self) -> User:
        user: User = self.cleaned_data["user"]
        if not user.is_beneficiary:
            raise forms.ValidationError("Cette personne n’a pas de compte bénéficiaire.")
        return user


@admin.register(OfflineAction)
class OfflineActionAdmin(ReadOnlyAdmin):
    """What desks without network sent, and why some of it was refused."""

    list_display = ("received_at", "made_at", "user", "kind", "countermark", "refusal")
    list_filter = ("kind", ("refusal", admin.EmptyFieldListFilter))
    search_fields = ("=countermark", "=user__email")
    search_help_text = "Contremarque ou e-mail de la personne du guichet"
    list_select_related = ("user",)
    show_full_result_count = False


@admin.register(Deposit)
class DepositAdmin(ReadOnlyAdmin):
    """Credits, and the page that grants one; counters move with bookings only."""

    list_display = ("user", "type", "amount", "left", "expires_at", "created_at")
    list_filter = ("type",)
    search_fields = ("=user__email", "user__last_name")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    fields = ("user", "type", "version", "amount", "left", "expires_at", "created_at")
    readonly_fields = ("amount", "left")
    form = GrantForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bookings.add_deposit")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else ("user",)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A refusal of the service (age, second credit) comes back as a message."""
        try:
            return super().add_view(request, form_url, extra_context)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(reverse("admin:bookings_deposit_add"))

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        granted = grant_deposit(beneficiary=form.cleaned_data["user"], by=Actor.user(request.user))
        obj.__dict__.update(granted.__dict__)

    @display(description="montant", ordering="amount_cents")
    def amount(self, deposit: Deposit) -> str:
        return euros(deposit.amount_cents)

    @display(description="reste")
    def left(self, deposit: Deposit) -> str:
        return euros(deposit.remaining_cents(clock.now()))
