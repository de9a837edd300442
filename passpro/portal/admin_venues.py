"""The team's pages of venues: what they say, what pays them, since when they are permanent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from finance.models import VenueBankAccountLink, VenuePricingPointLink
from finance.services.sirets import (
    SiretMove,
    move_siret,
    plan_siret_move,
    remove_pricing_point,
    remove_siret,
    revenue_of_year,
)
from passpro.kernel.admin_base import (
    InternalReasonForm,
    ReadOnlyInline,
    TeamAdmin,
    agent_of,
    decide_each,
)
from passpro.kernel.money import euros
from passpro.portal.deletion import delete_venue
from passpro.reference.departments import department_of
from passpro.reference.venue_labels import VENUE_LABELS
from venues.activities import ACTIVITY_LABELS
from venues.admin_filters import region_filter
from venues.admin_tags import VENUE_TAGS, TagsForm
from venues.enums import OffererStatus
from venues.models import Venue, VenueProvider
from venues.services.tags import change_venue_tags
from venues.services.venues import set_permanent

CHANGE = "venues.change_venue"
MOVE_SIRET = "accounts.move_siret"
DELETE = "venues.delete_venue"
_ADDRESS = ("street", "postal_code", "city", "latitude", "longitude")


class BankLinkInline(ReadOnlyInline):
    model = VenueBankAccountLink
    fields = ("bank_account", "started_at", "ended_at", "opened_by", "closed_by")
    verbose_name_plural = "comptes bancaires"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("finance.view_bankaccount"))


class PricingPointInline(ReadOnlyInline):
    model = VenuePricingPointLink
    fk_name = "venue"
    fields = ("pricing_point", "started_at", "ended_at", "opened_by", "why")
    verbose_name_plural = "SIRET du barème"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("finance.view_bankaccount"))


class ProviderInline(ReadOnlyInline):
    model = VenueProvider
    fields = ("provider", "status", "account", "last_used_at", "created_at")
    verbose_name_plural = "synchronisations"


class DeletionForm(InternalReasonForm):
    name = forms.CharField(
        label="Tapez le nom du lieu", max_length=255, widget=UnfoldAdminTextInputWidget()
    )


class PlaceField(forms.ModelChoiceField):
    """A venue with what it earned this year, which may ask for the accountants' consent."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.shown_name} – {euros(revenue_of_year(obj))} cette année"


class ConsentForm(InternalReasonForm):
    despite_revenue = forms.BooleanField(
        label="La comptabilité est d’accord malgré 10 000 € ou plus cette année",
        required=False,
        widget=UnfoldBooleanWidget(),
    )


class SiretForm(ConsentForm):
    comment = forms.CharField(
        label="Pourquoi le lieu n’aura plus de SIRET, montré à la structure",
        max_length=500,
        widget=UnfoldAdminTextInputWidget(),
    )
    siret = forms.CharField(
        label="Tapez le SIRET pour confirmer", max_length=20, widget=UnfoldAdminTextInputWidget()
    )


def siret_form(venue: Venue, *, is_moved: bool) -> type[forms.Form]:
    """With the places of the structure that may take the SIRET, or price this one instead."""
    others = Venue.objects.filter(offerer=venue.offerer_id, is_virtual=False).exclude(pk=venue.pk)
    place = PlaceField(
        others.filter(siret__isnull=is_moved),
        label="Lieu qui reçoit le SIRET" if is_moved else "SIRET du barème à sa place",
        required=is_moved,
        empty_label="Choisissez un lieu" if is_moved else "Aucun : l’argent attend un choix",
        widget=UnfoldAdminSelectWidget(),
    )
    name = "target" if is_moved else "replacement"
    fields = [name, "comment", "reason", "despite_revenue", "siret"]
    return type("SiretForm", (SiretForm,), {name: place, "field_order": fields})


def _told(move: SiretMove) -> str:
    """The second question names both places and what follows the SIRET."""
    earned = euros(revenue_of_year(move.source))
    return (
        f"Le SIRET {move.siret} passe de « {move.source.shown_name} » ({earned} validés cette "
        f"année) à « {move.target.shown_name} » ({euros(move.target_cents)} validés cette année). "
        f"Remboursements calculés qui le suivent : {move.pricings} ; lieux dont il est le barème : "
        f"{move.venues}."
    )


class ValidatedFilter(admin.SimpleListFilter):
    """§14.2: those of validated structures, unless all are asked for."""

    title = "état de la structure"
    parameter_name = "structures"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("toutes", "Toutes"), ("non-validees", "Non validées")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "Validées"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        validated = Q(offerer__status=OffererStatus.VALIDATED)
        if self.value() == "toutes":
            return queryset
        return queryset.exclude(validated) if self.value() else queryset.filter(validated)


@admin.register(Venue)
class VenueAdmin(TeamAdmin):
    """SIRET and structure are never typed; of the digital venue only the contacts are."""

    may = {
        "change_several": CHANGE,
        "tag_several": VENUE_TAGS,
        "move": MOVE_SIRET,
        "remove": MOVE_SIRET,
        "unchoose": MOVE_SIRET,
        "erase": DELETE,
    }
    actions_detail = ("move", "remove", "unchoose", "erase")
    shown_if = {
        "move": lambda venue: bool(venue.siret),
        "remove": lambda venue: bool(venue.siret),
        "unchoose": lambda venue: not venue.siret and venue.pricing_point_links.open().exists(),
    }
    list_display = (
        "shown_name", "offerer", "siret", "city", "activity", "is_permanent", "is_virtual",
        "labels",
    )  # fmt: skip
    list_filter = (
        ValidatedFilter,
        "is_virtual",
        "is_permanent",
        "activity",
        region_filter("department_code"),
        "department_code",
        "tags",
        "offerer__tags",
    )
    search_fields = (
        "name", "public_name", "=siret", "=id", "offerer__name", "=offerer__siren",
        "booking_email",
    )  # fmt: skip
    search_help_text = "Nom, SIRET, numéro, structure ou SIREN, e-mail des réservations"
    list_select_related = ("offerer",)
    actions = ("make_permanent", "make_passing", "tag_each")
    inlines = (BankLinkInline, PricingPointInline, ProviderInline)
    readonly_fields = (
        "offerer", "siret", "comment", "department_code", "is_virtual", "adage_id",
        "adage_referenced_at", "created_at",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("offerer", "siret", "comment", "name", "public_name", "is_virtual")}),
        ("Adresse", {"fields": (*_ADDRESS, "department_code")}),
        (
            "Activité",
            {"fields": ("activity", "label", "is_permanent", "is_open_to_public", "description")},
        ),
        ("Contacts", {"fields": ("booking_email", "phone", "contact_email", "website")}),
        ("ADAGE et dates", {"fields": ("adage_id", "adage_referenced_at", "created_at")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("tags")

    def has_tag_several_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(VENUE_TAGS))

    def has_change_several_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CHANGE))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None or not obj.is_virtual:
            return self.readonly_fields
        shown = [name for _title, section in self.fieldsets for name in section["fields"]]
        return tuple(name for name in shown if name not in {"phone", "contact_email"})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Activities and labels are chosen."""
        choices = {"activity": ACTIVITY_LABELS, "label": VENUE_LABELS}.get(db_field.name)
        if choices is None:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(
            label=db_field.verbose_name.capitalize(),
            required=False,
            choices=[("", "–"), *choices.items()],
            widget=UnfoldAdminSelectWidget,
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.department_code = department_of(obj.postal_code)
        if {"name", "public_name", "city"} & set(form.changed_data):
            obj.is_to_reindex = True  # VEN-11
        if set(_ADDRESS) & set(form.changed_data):
            obj.is_address_typed, obj.ban_id = True, ""
        super().save_model(request, obj, form, change)

    @display(description="lieu", ordering="name")
    def shown_name(self, venue: Venue) -> str:
        return venue.shown_name

    @display(description="étiquettes")
    def labels(self, venue: Venue) -> str:
        return ", ".join(tag.label for tag in venue.tags.all()) or "–"

    @admin.action(description="Étiqueter les lieux choisis", permissions=["tag_several"])
    def tag_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="tag_each",
            title="Étiqueter ces lieux ?",
            text="Les étiquettes servent à l’équipe ; chaque changement reste dans l’historique.",
            button="Étiqueter",
            done="étiquetés",
            run=lambda venue, **typed: change_venue_tags(
                venue_id=venue.pk, by=agent_of(request), **typed
            ),
            form_class=TagsForm,
        )

    @action(description="Déplacer le SIRET", icon="swap_horiz", url_path="deplacer-siret")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """VEN-25."""
        return self._with_siret(
            request, object_id, is_moved=True,
            title="Déplacer le SIRET de {}",
            text="Le chiffre d’affaires de l’année, les remboursements et les lieux qui en "
            "dépendent suivent le SIRET.",
            button="Déplacer le SIRET",
            done="Le SIRET est déplacé.",
            run=lambda venue, target, **typed: move_siret(
                source_id=venue.pk, target_id=target.pk, by=agent_of(request), **typed
            ),
            preview=lambda target, **typed: _told(
                plan_siret_move(
                    source_id=int(object_id), target_id=target.pk, by=agent_of(request), **typed
                )
            ),
        )  # fmt: skip

    @action(description="Retirer le SIRET", icon="link_off", url_path="retirer-siret")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """VEN-25."""
        return self._with_siret(
            request, object_id, is_moved=False,
            title="Retirer le SIRET de {}",
            text="Ce qui n’est pas encore dans un lot, pour ce lieu et ceux qui en dépendent, "
            "attend un autre SIRET.",
            button="Retirer le SIRET",
            done="Le SIRET est retiré.",
            run=lambda venue, replacement, **typed: remove_siret(
                venue_id=venue.pk, replacement_id=replacement and replacement.pk,
                by=agent_of(request), **typed,
            ),
        )  # fmt: skip

    @action(description="Retirer le SIRET du barème", icon="link_off", url_path="retirer-bareme")
    def unchoose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """VEN-21."""
        venue = self.get_object(request, object_id)
        link = venue and venue.pricing_point_links.open().select_related("pricing_point").first()
        earned = euros(revenue_of_year(venue)) if venue else ""
        return self.decide(
            request,
            object_id,
            permission=MOVE_SIRET,
            title="Retirer le SIRET du barème de {}",
            text=f"Barème actuel : « {link.pricing_point} ». {earned} validés cette année. Ce qui "
            "n’est pas encore dans un lot attend que la structure choisisse un autre SIRET."
            if link
            else "",
            button="Retirer le SIRET du barème",
            done="Le SIRET du barème est retiré : la structure peut en choisir un autre.",
            run=lambda venue, **typed: remove_pricing_point(
                venue_id=venue.pk, by=agent_of(request), **typed
            ),
            form_class=ConsentForm,
            danger=True,
        )

    def _with_siret(
        self, request: HttpRequest, object_id: str, *, is_moved: bool, text: str, **page: Any
    ) -> HttpResponse:
        """The question names the SIRET and what the venue earned this year."""
        venue = self.get_object(request, object_id)
        if venue is not None and venue.siret:
            earned = euros(revenue_of_year(venue))
            text = f"SIRET {venue.grouped_siret}, {earned} validés cette année. {text}"
        form = siret_form(venue, is_moved=is_moved) if venue is not None else None
        return self.decide(
            request, object_id, permission=MOVE_SIRET, form_class=form, text=text, danger=True,
            **page,
        )  # fmt: skip

    @action(description="Supprimer", icon="delete_forever", url_path="supprimer")
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """VEN-13."""
        return self.decide(
            request,
            object_id,
            permission=DELETE,
            title="Supprimer {}",
            text="Possible seulement sans aucune réservation, même annulée. Ses offres sont "
            "supprimées avec lui, sans retour.",
            button="Supprimer pour toujours",
            done="Le lieu est supprimé.",
            then=reverse("admin:venues_venue_changelist"),
            run=lambda venue, **typed: delete_venue(
                venue_id=venue.pk, by=agent_of(request), **typed
            ),
            form_class=DeletionForm,
            danger=True,
        )

    @admin.action(description="Rendre permanents", permissions=["change_several"])
    def make_permanent(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return self._set_permanent(request, queryset, "make_permanent", is_permanent=True)

    @admin.action(description="Ne plus rendre permanents", permissions=["change_several"])
    def make_passing(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return self._set_permanent(request, queryset, "make_passing", is_permanent=False)

    def _set_permanent(
        self, request: HttpRequest, queryset: QuerySet, action: str, *, is_permanent: bool
    ) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action=action,
            title="Rendre ces lieux permanents ?" if is_permanent else "Retirer la permanence ?",
            text="Un lieu permanent a sa page publique et son image ; le lieu numérique ne l’est "
            "jamais.",
            button="Rendre permanents" if is_permanent else "Retirer",
            done="permanents" if is_permanent else "qui ne sont plus permanents",
            run=lambda venue: set_permanent(
                venue_id=venue.pk, is_permanent=is_permanent, by=agent_of(request)
            ),
        )
