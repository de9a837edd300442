"""The team's pages about partners: the list venues choose from, their keys, who authorised them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from passpro.kernel.admin_base import (
    InternalReasonForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    TeamAdmin,
    agent_of,
    confirm,
)
from venues.enums import ProviderKind
from venues.models import ApiKey, CinemaPivot, Provider, VenueProvider
from venues.services.api_keys import issue_provider_api_key
from venues.services.providers import switch_provider


class KeyForm(forms.Form):
    label = forms.CharField(label="Nom de la clé", max_length=80, widget=UnfoldAdminTextInputWidget)


class KeyInline(ReadOnlyInline):
    model = ApiKey
    fields = ("label", "prefix", "created_at", "last_used_on", "revoked_at")
    verbose_name_plural = "clés d’API"


class LinkInline(ReadOnlyInline):
    model = VenueProvider
    fields = ("venue", "status", "created_at", "last_used_at")
    verbose_name_plural = "lieux"


@admin.register(CinemaPivot)
class CinemaPivotAdmin(TeamAdmin):
    """Typed by the team before the venue may choose the software; kept while a link uses it."""

    list_display = ("venue", "provider", "identifier", "created_at")
    list_filter = ("provider",)
    search_fields = ("identifier", "venue__name", "venue__public_name", "=venue__siret")
    list_select_related = ("venue", "provider")
    autocomplete_fields = ("venue",)
    fields = ("venue", "provider", "identifier")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "provider":
            kwargs["queryset"] = Provider.objects.filter(kind=ProviderKind.CINEMA)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return bool(allowed and (obj is None or not obj.is_used))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = request.user.has_perm("venues.delete_cinemapivot")
        return bool(allowed and obj is not None and not obj.is_used)


@admin.register(Provider)
class ProviderAdmin(TeamAdmin):
    """A partner added here is proposed at once; switching it off stops its keys everywhere."""

    list_display = ("name", "kind", "is_active", "is_listed", "contact_email", "created_at")
    list_filter = ("kind", "is_active", "is_listed")
    search_fields = ("name", "contact_email", "=id")
    inlines = (KeyInline, LinkInline)
    fields = (
        "name", "kind", "summary", "offerer", "is_active", "is_listed", "phone", "contact_email",
        "notification_email", "documentation_url", "notification_url", "booking_url", "cancel_url",
        "feed_url", "feed_token", "feed_in_cents",
    )  # fmt: skip
    readonly_fields = ("is_active",)
    autocomplete_fields = ("offerer",)
    actions_detail = ("create_key", "switch")
    may = {"decide": "venues.change_provider"}

    @action(description="Créer une clé", icon="key", url_path="cle", permissions=["decide"])
    def create_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The answer to the POST is the only page that ever shows the key."""
        made: list[str] = []
        page = confirm(
            self,
            request,
            title="Créer une clé pour ce partenaire",
            text="Elle est affichée une seule fois, et agit pour les lieux qui l’ont autorisé.",
            button="Créer la clé",
            done="La clé est créée.",
            back=self._url("change", object_id),
            form_class=KeyForm,
            run=lambda label: made.append(self._issue(request, int(object_id), label)),
        )
        return self._shown_once(request, object_id, made[0]) if made else page

    @staticmethod
    def _issue(request: HttpRequest, provider_id: int, label: str) -> str:
        user: Any = request.user
        _, text = issue_provider_api_key(
            provider_id=provider_id, label=label, user=user, by=agent_of(request)
        )
        return text

    def _shown_once(self, request: HttpRequest, object_id: str, text: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Clé du partenaire",
            "text": text,
            "back": self._url("change", object_id),
        }

        @never_cache
        def page(request: HttpRequest) -> HttpResponse:
            return TemplateResponse(request, "venues/admin/partner_key.html", context)

        return page(request)

    @action(
        description="Couper ou rétablir", icon="power_settings_new", url_path="activite",
        permissions=["decide"],
    )  # fmt: skip
    def switch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        provider: Any = self.get_object(request, object_id)
        if provider is None:
            raise Http404
        stop = provider.is_active
        return confirm(
            self,
            request,
            title=f"{'Couper' if stop else 'Rétablir'} « {provider} » ?",
            text="Ses clés ne sont plus acceptées, pour aucun lieu."
            if stop
            else "Ses clés agissent de nouveau pour les lieux qui l’ont autorisé.",
            button="Couper" if stop else "Rétablir",
            done="C’est fait.",
            back=self._url("change", object_id),
            form_class=InternalReasonForm,
            danger=stop,
            run=lambda reason: switch_provider(
                provider_id=provider.pk, is_active=not stop, by=agent_of(request), why=reason
            ),
        )


@admin.register(VenueProvider)
class VenueProviderAdmin(ReadOnlyAdmin):
    """Who authorised whom; venues decide, in the portal."""

    list_display = ("venue", "provider", "status", "created_at", "last_used_at")
    list_filter = ("status", "provider")
    search_fields = ("venue__name", "venue__public_name", "venue__siret", "provider__name")
    list_select_related = ("venue", "provider")
