"""The team's rules of control and its selections of offers (§14.3, STR-005)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from offers import moderation
from offers.models import ModerationCondition, ModerationRule, SelectedOffer, Selection
from offers.services.moderation_rules import switch_rule
from passpro.kernel import action_log, clock
from passpro.kernel.admin_base import InternalReasonForm, TeamAdmin, agent_of, confirm, require
from passpro.kernel.models import ActionLog
from passpro.reference.departments import DEPARTMENTS

CHANGE_RULES = "offers.change_moderationrule"


class ConditionForm(forms.ModelForm):
    class Meta:
        model = ModerationCondition
        fields = ("field", "operator", "value")
        widgets = {"value": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if {"field", "operator", "value"} <= set(typed):
            mistake = moderation.mistake_in(typed["field"], typed["operator"], typed["value"])
            if mistake:
                raise ValidationError(mistake)
        return typed


class ConditionInline(TabularInline):
    """Typed while the rule is off."""

    model = ModerationCondition
    form = ConditionForm
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.is_on)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_on)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_on)


@admin.register(ModerationRule)
class ModerationRuleAdmin(TeamAdmin):
    """Written and tried while it is off; switched on with a reason (MOD-02)."""

    may = {"decide": CHANGE_RULES}
    list_display = ("name", "state", "text", "held", "switched_at")
    list_filter = ("is_on",)
    search_fields = ("name",)
    fields = ("name", "state", "created_at", "switched_at")
    readonly_fields = ("state", "created_at", "switched_at")
    inlines = (ConditionInline,)
    actions_detail = ("try_on_past_offers", "switch_on", "switch_off")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rules = super().get_queryset(request).prefetch_related("conditions")
        return rules.annotate(held_count=Count("flags"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A rule in force is stopped before it is rewritten."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_on)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        rule = form.instance
        before = moderation.words_of(ModerationCondition.objects.filter(rule=rule))
        super().save_related(request, form, formsets, change)
        after = moderation.words_of(ModerationCondition.objects.filter(rule=rule))
        kind = ActionLog.Kind.MODIFIED if change else ActionLog.Kind.CREATED
        changes = {"conditions": [before or "–", after or "–"]} if before != after else {}
        action_log.record(rule, kind, by=agent_of(request), changes=changes)

    @display(description="état", label={"Active": "success", "Arrêtée": "info"})
    def state(self, rule: ModerationRule) -> str:
        return "Active" if rule.is_on else "Arrêtée"

    @display(description="conditions")
    def text(self, rule: ModerationRule) -> str:
        return moderation.words_of(rule.conditions.all()) or "–"

    @display(description="offres retenues", ordering="held_count")
    def held(self, rule: Any) -> int:
        return rule.held_count

    @action(
        description="Essayer sur les offres passées", icon="science", url_path="essai",
        permissions=["decide"],
    )  # fmt: skip
    def try_on_past_offers(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CHANGE_RULES)
        rule = self._rule(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"Essai de « {rule} »",
            "rule": rule,
            "conditions": list(rule.conditions.all()),
            "preview": moderation.preview(rule, now=clock.now()),
            "back": self._url("change", object_id),
        }
        return TemplateResponse(request, "offers/admin/rule_preview.html", context)

    @action(description="Activer", icon="play_arrow", url_path="activer", permissions=["decide"])
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CHANGE_RULES)
        rule = self._rule(request, object_id)
        found = moderation.preview(rule, now=clock.now())
        return self._switch(
            request,
            rule,
            is_on=True,
            title=f"Activer « {rule} » ?",
            text=f"Sur les {found.looked_at} offres des 90 derniers jours, elle en aurait retenu "
            f"{found.held}. Les prochaines publications qu’elle retient attendent une décision.",
            button="Activer la règle",
            done="La règle est active.",
        )

    @action(description="Arrêter", icon="stop", url_path="arreter", permissions=["decide"])
    def switch_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, CHANGE_RULES)
        rule = self._rule(request, object_id)
        return self._switch(
            request,
            rule,
            is_on=False,
            title=f"Arrêter « {rule} » ?",
            text="Elle ne retient plus rien. Les offres déjà retenues attendent toujours une "
            "décision.",
            button="Arrêter la règle",
            done="La règle est arrêtée.",
        )

    def _rule(self, request: HttpRequest, object_id: str) -> ModerationRule:
        rule = self.get_object(request, object_id)
        if rule is None:
            raise Http404
        return rule

    def _switch(
        self, request: HttpRequest, rule: ModerationRule, *, is_on: bool, **page: Any
    ) -> HttpResponse:
        return confirm(
            self,
            request,
            back=self._url("change", rule.pk),
            run=lambda reason: switch_rule(
                rule_id=rule.pk, is_on=is_on, by=agent_of(request), why=reason
            ),
            form_class=InternalReasonForm,
            **page,
        )


class SelectionForm(forms.ModelForm):
    class Meta:
        model = Selection
        fields = ("title", "promoter", "department_codes", "starts_on", "ends_on")

    def clean_department_codes(self) -> list[str]:
        codes = [code.strip().upper() for code in self.cleaned_data["department_codes"]]
        unknown = [code for code in codes if code not in DEPARTMENTS]
        if unknown:
            raise ValidationError(f"Département inconnu : {', '.join(unknown)}.")
        return sorted(set(codes))


class SelectedOfferInline(TabularInline):
    model = SelectedOffer
    fields = ("rank", "offer")
    autocomplete_fields = ("offer",)
    extra = 1


@admin.register(Selection)
class SelectionAdmin(TeamAdmin):
    """Offers chosen for a territory and a time; their rail opens the beneficiary home page."""

    form = SelectionForm
    list_display = ("title", "promoter", "territory", "starts_on", "ends_on", "state", "size")
    list_filter = ("starts_on",)
    search_fields = ("title", "promoter")
    date_hierarchy = "starts_on"
    fields = ("title", "promoter", "department_codes", "starts_on", "ends_on")
    inlines = (SelectedOfferInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(offer_count=Count("lines"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.manage_tags_n2")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = _titles(form.instance)
        super().save_related(request, form, formsets, change)
        after = _titles(form.instance)
        kind = ActionLog.Kind.MODIFIED if change else ActionLog.Kind.CREATED
        changes = {"offres": [before or "–", after or "–"]} if before != after else {}
        action_log.record(form.instance, kind, by=agent_of(request), changes=changes)

    def delete_model(self, request: HttpRequest, obj: Selection) -> None:
        action_log.record(obj, ActionLog.Kind.DELETED, by=agent_of(request), why=_titles(obj))
        super().delete_model(request, obj)

    @display(description="territoire")
    def territory(self, selection: Selection) -> str:
        return ", ".join(selection.department_codes) or "Toute la France"

    @display(
        description="état", label={"En cours": "success", "À venir": "info", "Terminée": "warning"}
    )
    def state(self, selection: Selection) -> str:
        today = clock.today()
        if selection.starts_on > today:
            return "À venir"
        return "En cours" if selection.ends_on >= today else "Terminée"

    @display(description="offres", ordering="offer_count")
    def size(self, selection: Any) -> int:
        return selection.offer_count


def _titles(selection: Selection) -> str:
    lines = SelectedOffer.objects.filter(selection=selection).select_related("offer")
    return ", ".join(str(line.offer) for line in lines)
