"""How agents enter: « voir comme », and help for a lost second factor (§14)."""

from typing import Any, cast

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.decorators import action, display

from passpro.accounts.guards import SEEN_AS_SESSION_KEY
from passpro.accounts.models import SeenAs, User
from passpro.accounts.services.second_factor import has_second_factor, reset_second_factor
from passpro.accounts.services.seeing_as import PERMISSION as SEE_AS
from passpro.accounts.services.seeing_as import start_seeing_as
from passpro.kernel.admin_base import (
    InternalReasonForm,
    ReadOnlyAdmin,
    agent_of,
    confirm,
    require,
)

MANAGE_AGENTS = "accounts.manage_admin_accounts"

# Their pages would show secrets; people look after their own, managers reset them.
admin.site.unregister([StaticDevice, TOTPDevice])


class AccessMixin:
    """Buttons of a person's page."""

    @display(description="second facteur", boolean=True)
    def second_factor(self, user: User) -> bool:
        return has_second_factor(user)

    def has_see_as_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(SEE_AS)

    def has_reset_factor_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MANAGE_AGENTS)

    @action(
        description="Voir comme", icon="visibility", url_path="voir-comme", permissions=["see_as"]
    )
    def see_as(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, SEE_AS)
        person, agent = self._seen(request, object_id), cast(User, request.user)

        def start(reason: str) -> None:
            visit = start_seeing_as(agent=agent, person_id=person.pk, reason=reason)
            request.session[SEEN_AS_SESSION_KEY] = visit.pk

        return confirm(
            self,
            request,
            title=f"Voir le portail comme {person} ?",
            text="Pendant 30 minutes, en lecture seule : rien ne peut être enregistré. Votre "
            "visite et son motif restent dans l’historique de cette personne.",
            button="Commencer la visite",
            done=f"Vous voyez le portail comme {person}.",
            back=self._back(person),
            then=reverse("portal:root"),
            run=start,
            form_class=InternalReasonForm,
        )

    @action(
        description="Réinitialiser le second facteur", icon="phonelink_erase",
        url_path="second-facteur", permissions=["reset_factor"],
    )  # fmt: skip
    def reset_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, MANAGE_AGENTS)
        person = self._seen(request, object_id)
        return confirm(
            self,
            request,
            title=f"Réinitialiser le second facteur de {person} ?",
            text="Vérifiez d’abord de vive voix que c’est bien cette personne qui a perdu son "
            "téléphone. Ses sessions se ferment et un e-mail la prévient.",
            button="Réinitialiser",
            done="Le second facteur est retiré, la personne est prévenue.",
            back=self._back(person),
            run=lambda reason: reset_second_factor(
                user_id=person.pk, by=agent_of(request), why=reason
            ),
            form_class=InternalReasonForm,
            danger=True,
        )

    def _seen(self: Any, request: HttpRequest, object_id: str) -> User:
        """404 for an account of a kind that the agent does not see."""
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        return person

    @staticmethod
    def _back(person: User) -> str:
        return reverse("admin:accounts_user_change", args=[person.pk])


@admin.register(SeenAs)
class SeenAsAdmin(ReadOnlyAdmin):
    """Who saw the portal as whom, and why."""

    list_display = ("started_at", "agent", "person", "reason", "ended_at", "end")
    list_filter = ("end",)
    search_fields = ("=agent__email", "=person__email")
    list_select_related = ("agent", "person")
    date_hierarchy = "started_at"
    change_form_outer_after_template = None
