"""The team's queues and pages about structures; every decision calls the service."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator
from unfold.decorators import action, display

from passpro.kernel import action_log
from passpro.kernel.admin_base import (
    InternalReasonForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonForm,
    TeamAdmin,
    agent_of,
    decide_each,
    waited,
)
from passpro.kernel.admin_reasons import coded_reason, reason_filter
from passpro.partner_api.rate import calls_by_day
from passpro.reference.departments import department_of
from venues import (  # noqa: F401 (they register their pages)
    admin_adage,
    admin_partners,
    admin_tags,
)
from venues.admin_filters import AdageFilter, AttentionFilter, QueueFilter, region_filter
from venues.admin_tags import TAGS
from venues.enums import (
    MEMBERSHIP_ENDED,
    MembershipRefusal,
    MembershipStatus,
    OffererRefusal,
    OffererStatus,
)
from venues.models import ApiKey, Membership, Offerer, Venue
from venues.services.memberships import (
    accept_membership,
    hand_over_administration,
    hold_membership,
    refuse_membership,
    remove_member,
)
from venues.services.offerers import reject_offerer, validate_offerer
from venues.services.tags import record_tags, tag_names

# MANAGE_PRO_ENTITY opens it.
MANAGE_TEAMS = "venues.change_membership"

OffererRefusalForm = coded_reason(OffererRefusal, keeps_code=True)
MembershipRefusalForm = coded_reason(MembershipRefusal, keeps_code=True)

_OFFERER_TONES = {
    "Nouvelle": "warning",
    "En attente": "warning",
    "Validée": "success",
    "Refusée": "danger",
    "Fermée": "info",
}
_MEMBERSHIP_TONES = {"En attente": "warning", "Validé": "success", "Refusé": "danger"}


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "role", "status", "created_at", "decided_at")


class VenueInline(ReadOnlyInline):
    model = Venue
    fields = ("name", "siret", "city", "is_virtual")


class OffererAdmin(TeamAdmin):
    """Structures, those to decide first; SIREN and state are never typed (OFF-30).

    Registered by `passpro.portal.admin_structures`, with the decisions that touch bookings.
    """

    may = {"decide": "venues.decide_offerer"}
    list_display = (
        "name", "siren", "state", "waits", "city", "responsible", "labels", "comment", "created_at",
    )  # fmt: skip
    list_filter = (
        QueueFilter, AttentionFilter, "status",
        reason_filter(
            OffererRefusal, code_path="transitions__why_code", status=OffererStatus.REJECTED,
            transitions__after=OffererStatus.REJECTED,
        ),
        "is_active", "is_trusted", "tags", "tags__categories",
        region_filter("department_code"), "department_code", AdageFilter,
    )  # fmt: skip
    date_hierarchy = "created_at"
    filter_horizontal = ("tags",)
    search_fields = ("name", "siren", "city", "=id", "memberships__user__email")
    actions = ("validate_each", "reject_each")
    actions_detail: Any = ("validate", "reject")
    inlines = (MembershipInline, VenueInline)
    readonly_fields = (
        "siren", "state", "is_active", "created_at", "validated_at", "department_code",
        "identity_checked_at", "closing_asked_at", "closing_reason",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("name", "siren", "state", "is_trusted", "tags")}),
        ("Adresse", {"fields": ("street", "postal_code", "city", "department_code")}),
        ("Dates", {"fields": ("created_at", "validated_at", "identity_checked_at", "is_active")}),
        ("Fermeture", {"fields": ("closing_asked_at", "closing_reason")}),
    )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waiting = Q(status__in=[OffererStatus.NEW, OffererStatus.PENDING])
        # What waits first, the oldest on top; then the newest.
        return [Case(When(waiting, then="created_at"), default=None).asc(nulls_last=True),
                "-created_at"]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        offerers = super().get_queryset(request)
        return offerers.prefetch_related("memberships__user", "tags").annotate(
            last_note=action_log.last_note(Offerer)
        )

    @display(description="état", ordering="status", label=_OFFERER_TONES)
    def state(self, offerer: Offerer) -> str:
        return offerer.get_status_display()

    @display(description="attend depuis")
    def waits(self, offerer: Offerer) -> str:
        if offerer.is_closing:
            return f"{waited(offerer.closing_asked_at)} (fermeture)"
        is_waiting = offerer.status in {OffererStatus.NEW, OffererStatus.PENDING}
        return waited(offerer.created_at) if is_waiting else "–"

    @display(description="responsable")
    def responsible(self, offerer: Offerer) -> str:
        """The oldest attachment that was not refused (ADM-05)."""
        people = [m for m in offerer.memberships.all() if m.status != MembershipStatus.REJECTED]
        return people[0].user.email if people else "–"

    @display(description="étiquettes")
    def labels(self, offerer: Offerer) -> str:
        return ", ".join(tag.label for tag in offerer.tags.all()) or "–"

    @display(description="dernière note")
    def comment(self, offerer: Offerer) -> str:
        return Truncator(getattr(offerer, "last_note", "") or "–").chars(80)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if request.user.has_perm(TAGS):
            return self.readonly_fields
        return (*self.readonly_fields, "is_trusted", "tags")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The request of closing is shown when there is one."""
        sections = super().get_fieldsets(request, obj)
        return sections if obj and obj.closing_asked_at else sections[:-1]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = tag_names(form.instance)
        super().save_related(request, form, formsets, change)
        record_tags(form.instance, before=before, by=agent_of(request))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.department_code = department_of(obj.postal_code)
        super().save_model(request, obj, form, change)

    @action(description="Valider", icon="check_circle", url_path="valider", permissions=["decide"])
    def validate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Valider cette structure : {}",
            text="Ses offres publiées deviennent visibles et réservables ; son équipe reçoit "
            "un e-mail.",
            button="Valider la structure",
            done="La structure est validée, son équipe est prévenue.",
            run=lambda offerer: validate_offerer(offerer_id=offerer.pk, by=agent_of(request)),
        )

    @action(
        description="Refuser", icon="do_not_disturb_on", url_path="refuser", permissions=["decide"]
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Refuser cette structure : {}",
            text="Tous ses rattachements sont refusés, ses clés d’API coupées et ses offres "
            "masquées. Une validation plus tard ne les rétablira pas.",
            button="Refuser la structure",
            done="La structure est refusée, son équipe est prévenue.",
            run=lambda offerer, **typed: reject_offerer(
                offerer_id=offerer.pk, by=agent_of(request), **typed
            ),
            form_class=OffererRefusalForm,
            danger=True,
        )

    @admin.action(description="Valider les structures choisies", permissions=["decide"])
    def validate_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="validate_each",
            title="Valider ces structures ?",
            text="Leurs offres publiées deviennent visibles et réservables ; chaque équipe reçoit "
            "un e-mail.",
            button="Valider",
            done="validées, équipes prévenues",
            run=lambda offerer: validate_offerer(offerer_id=offerer.pk, by=agent_of(request)),
        )

    @admin.action(description="Refuser les structures choisies", permissions=["decide"])
    def reject_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="reject_each",
            title="Refuser ces structures ?",
            text="Rattachements refusés, clés d’API coupées, offres masquées. Le même motif est "
            "envoyé à chaque équipe.",
            button="Refuser",
            done="refusées, équipes prévenues",
            run=lambda offerer, **typed: reject_offerer(
                offerer_id=offerer.pk, by=agent_of(request), **typed
            ),
            form_class=OffererRefusalForm,
            danger=True,
        )


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who asks to join which structure, those to decide first."""

    may = {
        "decide": "venues.decide_membership",
        "hand_over": MANAGE_TEAMS,
        "remove": MANAGE_TEAMS,
    }
    list_display = (
        "user", "email", "offerer", "labels", "role", "state", "waits", "comment",
    )  # fmt: skip
    list_filter = (
        QueueFilter, "status", "role", "offerer__status", "offerer__tags",
        region_filter("offerer__department_code"),
        reason_filter(
            MembershipRefusal, code_path="transitions__why_code",
            status=MembershipStatus.REJECTED, transitions__after=MembershipStatus.REJECTED,
        ),
    )  # fmt: skip
    search_fields = ("user__email", "user__last_name", "offerer__name", "offerer__siren")
    list_select_related = ("user", "offerer")
    date_hierarchy = "created_at"
    ordering = ("status", "created_at")
    actions = ("accept_each", "refuse_each")
    actions_detail = ("accept", "hold", "refuse", "hand_over", "remove")
    shown_if = {
        "accept": lambda membership: membership.status != MembershipStatus.VALIDATED,
        "hold": lambda membership: (
            membership.status == MembershipStatus.VALIDATED and not membership.is_administrator
        ),
        "refuse": lambda membership: membership.status not in MEMBERSHIP_ENDED,
        "hand_over": lambda membership: (
            membership.status == MembershipStatus.VALIDATED and not membership.is_administrator
        ),
        "remove": lambda membership: membership.status not in MEMBERSHIP_ENDED,
    }
    fields = ("user", "offerer", "role", "state", "created_at", "decided_at")
    readonly_fields = ("state",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        memberships = super().get_queryset(request).prefetch_related("offerer__tags")
        return memberships.annotate(last_note=action_log.last_note(Membership))

    @display(description="e-mail", ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @display(description="étiquettes")
    def labels(self, membership: Membership) -> str:
        return ", ".join(tag.label for tag in membership.offerer.tags.all()) or "–"

    @display(description="dernière note")
    def comment(self, membership: Membership) -> str:
        return Truncator(getattr(membership, "last_note", "") or "–").chars(80)

    @display(description="état", ordering="status", label=_MEMBERSHIP_TONES)
    def state(self, membership: Membership) -> str:
        return membership.get_status_display()

    @display(description="attend depuis")
    def waits(self, membership: Membership) -> str:
        is_waiting = membership.status == MembershipStatus.PENDING
        return waited(membership.created_at) if is_waiting else "–"

    @admin.action(description="Accepter les rattachements choisis", permissions=["decide"])
    def accept_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="accept_each",
            title="Accepter ces rattachements ?",
            text="Chaque personne accède aux offres et aux réservations de sa structure ; elle "
            "reçoit un e-mail.",
            button="Accepter",
            done="acceptés, personnes prévenues",
            run=lambda membership: accept_membership(
                membership_id=membership.pk, by=agent_of(request)
            ),
        )

    @admin.action(description="Refuser les rattachements choisis", permissions=["decide"])
    def refuse_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="refuse_each",
            title="Refuser ces rattachements ?",
            text="Le même motif est envoyé à chaque personne.",
            button="Refuser",
            done="refusés, personnes prévenues",
            run=lambda membership, **typed: refuse_membership(
                membership_id=membership.pk, by=agent_of(request), **typed
            ),
            form_class=MembershipRefusalForm,
            danger=True,
        )

    @action(
        description="Accepter", icon="check_circle", url_path="accepter", permissions=["decide"]
    )
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Accepter ce rattachement : {}",
            text="La personne accède aux offres et aux réservations de la structure ; elle "
            "reçoit un e-mail.",
            button="Accepter",
            done="Le rattachement est accepté, la personne est prévenue.",
            run=lambda membership: accept_membership(
                membership_id=membership.pk, by=agent_of(request)
            ),
        )

    @action(
        description="Mettre en attente", icon="pause_circle", url_path="attente",
        permissions=["decide"],
    )  # fmt: skip
    def hold(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """ATT-06."""
        return self.decide(
            request,
            object_id,
            title="Mettre en attente : {}",
            text="La personne n’accède plus à la structure tant que le rattachement n’est pas "
            "accepté. Aucun e-mail ne part : écrivez-lui ce que vous attendez.",
            button="Mettre en attente",
            done="Le rattachement est en attente.",
            run=lambda membership, **typed: hold_membership(
                membership_id=membership.pk, by=agent_of(request), **typed
            ),
            form_class=InternalReasonForm,
        )

    @action(
        description="Refuser", icon="do_not_disturb_on", url_path="refuser", permissions=["decide"]
    )
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Refuser ce rattachement : {}",
            text="La personne n’accède pas ou plus à la structure ; elle reçoit un e-mail.",
            button="Refuser",
            done="Le rattachement est refusé, la personne est prévenue.",
            run=lambda membership, **typed: refuse_membership(
                membership_id=membership.pk, by=agent_of(request), **typed
            ),
            form_class=MembershipRefusalForm,
            danger=True,
        )

    @action(description="Nommer administrateur", icon="star", url_path="administration")
    def hand_over(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """ADM-02: who answers for the structure changes, by the team's hand."""
        return self.decide(
            request,
            object_id,
            permission=MANAGE_TEAMS,
            title="Nommer administrateur : {}",
            text="Cette personne gère l’équipe, les comptes bancaires et les clés d’API à la place "
            "de l’administrateur actuel, qui reste membre. Toutes deux reçoivent un e-mail.",
            button="Nommer administrateur",
            done="L’administration est confiée, les personnes sont prévenues.",
            run=lambda membership, reason: hand_over_administration(
                membership_id=membership.pk, by=agent_of(request), reason=reason
            ),
            form_class=InternalReasonForm,
        )

    @action(description="Retirer de la structure", icon="person_remove", url_path="retirer")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """ATT-08."""
        return self.decide(
            request,
            object_id,
            permission=MANAGE_TEAMS,
            title="Retirer de la structure : {}",
            text="La personne n’accède plus à la structure ; elle reçoit un e-mail. "
            "L’administrateur ne peut être retiré qu’après avoir été remplacé.",
            button="Retirer",
            done="La personne est retirée de la structure et prévenue.",
            run=lambda membership, reason: remove_member(
                membership_id=membership.pk, by=agent_of(request), reason=reason
            ),
            form_class=ReasonForm,
            danger=True,
        )


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """What is known of a key; its secret is nowhere."""

    list_display = ("label", "prefix", "offerer", "created_at", "last_used_on", "revoked_at")
    readonly_fields = ("calls",)
    search_fields = ("label", "prefix", "offerer__name", "offerer__siren")
    list_select_related = ("offerer",)
    exclude = ("secret_hash",)

    @display(description="appels à l’API, 30 jours (dont aujourd’hui)")
    def calls(self, key: ApiKey) -> str:
        days = calls_by_day([key.prefix]).get(key.prefix, [0])
        return f"{sum(days)} ({days[-1]})"
