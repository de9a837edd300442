"""The team's view of outgoing messages, jobs, history and feature switches."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from passpro.kernel import features, outbox
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import (
    ReadOnlyAdmin,
    ReasonForm,
    TeamAdmin,
    confirm,
    decide_each,
    require,
)
from passpro.kernel.models import ActionLog, FeatureSwitch, JobRun, OutboxMessage

__all__ = ["ReadOnlyAdmin", "ReasonForm", "confirm", "decide_each", "require"]


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Every e-mail as it was or will be sent; in the demo this is the mailbox."""

    list_display = ("subject", "recipient", "event", "state_label", "created_at", "sent_at")
    list_filter = ("state", "kind", "event")
    search_fields = ("recipient", "event", "unique_key")
    date_hierarchy = "created_at"
    actions_detail = ("resend",)
    actions = ("resend_each",)
    fieldsets = (
        (None, {"fields": ("recipient", "subject", "html", "text")}),
        (
            "Envoi",
            {
                "fields": (
                    "state_label", "kind", "event", "unique_key", "attempts", "created_at",
                    "next_try_at", "sent_at", "last_error",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("subject", "html", "text", "state_label")

    @display(
        description="état",
        ordering="state",
        label={"En attente": "warning", "Envoyé": "success", "Abandonné": "danger"},
    )
    def state_label(self, message: OutboxMessage) -> str:
        return message.get_state_display()

    @display(description="objet")
    def subject(self, message: OutboxMessage) -> str:
        return str(self._content(message).get("subject", ""))

    @display(description="texte")
    def text(self, message: OutboxMessage) -> SafeString:
        return linebreaksbr(self._content(message).get("text", ""), autoescape=True)

    @display(description="e-mail")
    def html(self, message: OutboxMessage) -> SafeString:
        """Drawn in a frame that may run nothing and send nothing."""
        return format_html(
            '<iframe sandbox srcdoc="{}" title="Aperçu de l’e-mail" '
            'class="w-full border rounded-default bg-white" height="640"></iframe>',
            self._content(message).get("html", ""),
        )

    @staticmethod
    def _content(message: OutboxMessage) -> dict[str, Any]:
        if message.kind == OutboxMessage.Kind.ADAGE:
            body = json.dumps(message.payload["body"], indent=2, ensure_ascii=False)
            return {
                "subject": message.payload["subject"],
                "text": f"POST {message.payload['path']}\n{body}",
            }
        if message.kind != OutboxMessage.Kind.EMAIL:
            return {"text": str(message.payload)}
        return outbox.content_of(message)

    def has_resend_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("kernel.resend_outboxmessage")

    @action(
        description="Renvoyer", icon="forward_to_inbox", url_path="renvoyer",
        permissions=["resend"],
    )  # fmt: skip
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, "kernel.resend_outboxmessage")
        return confirm(
            self,
            request,
            title="Renvoyer ce message ?",
            text="Le même contenu repart vers le même destinataire, même s’il l’a déjà reçu.",
            button="Renvoyer",
            done="Le message est remis dans la file d’envoi.",
            back=reverse("admin:kernel_outboxmessage_change", args=[object_id]),
            run=lambda: outbox.resend(int(object_id)),
        )

    @admin.action(description="Renvoyer les messages choisis", permissions=["resend"])
    def resend_each(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="resend_each",
            title="Renvoyer ces messages ?",
            text="Le même contenu repart vers le même destinataire, même s’il l’a déjà reçu.",
            button="Renvoyer",
            done="remis dans la file d’envoi",
            run=lambda message: outbox.resend(message.pk),
        )


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ("name", "last_run_at", "outcome")
    search_fields = ("name",)


@admin.register(ActionLog)
class ActionLogAdmin(ReadOnlyAdmin):
    """Everything the team did, whatever the object; each page shows its own part."""

    list_display = ("at", "kind_label", "subject_type", "subject_label", "actor_label", "why")
    list_filter = ("kind", "subject_type")
    search_fields = ("=subject_id", "subject_label", "actor_label")
    date_hierarchy = "at"
    change_form_outer_after_template = None
    fields = (
        "at", "kind", "subject_type", "subject_id", "subject_label", "actor_label", "why", "diff",
    )  # fmt: skip
    readonly_fields = ("diff",)
    list_select_related = False

    @display(description="nature", ordering="kind", label=True)
    def kind_label(self, row: ActionLog) -> str:
        return row.get_kind_display()

    @display(description="changements")
    def diff(self, row: ActionLog) -> str:
        return " ; ".join(f"{name} : {old} → {new}" for name, (old, new) in row.changes.items())


class FeatureSwitchForm(forms.ModelForm):
    why = forms.CharField(
        label="Motif, gardé dans l’historique",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    class Meta:
        model = FeatureSwitch
        fields = ("is_on", "message")
        widgets = {"is_on": UnfoldBooleanSwitchWidget()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "message" in self.fields:
            switch = features.SWITCHES[self.instance.name]
            self.fields["message"].help_text = f"Vide : « {switch.closed} »"


@admin.register(FeatureSwitch)
class FeatureSwitchAdmin(TeamAdmin):
    """Close and open parts of the product; they are declared in the code (FLG-01)."""

    list_display = ("label", "text", "state", "changed_at")
    form = FeatureSwitchForm
    fields = ("label", "text", "is_on", "message", "why")
    readonly_fields = ("label", "text")

    @display(description="fonction", ordering="name")
    def label(self, row: FeatureSwitch) -> str:
        return str(row)

    @display(description="ce qu’elle couvre")
    def text(self, row: FeatureSwitch) -> str:
        return features.SWITCHES[row.name].text

    @display(description="état", ordering="is_on", label={"Ouverte": "success", "Fermée": "danger"})
    def state(self, row: FeatureSwitch) -> str:
        return "Ouverte" if row.is_on else "Fermée"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if self.has_change_permission(request, obj):
            return self.fields
        return ("label", "text", "is_on", "message")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        features.set_switch(
            name=obj.name,
            is_on=form.cleaned_data["is_on"],
            message=form.cleaned_data["message"],
            why=form.cleaned_data["why"],
            by=Actor.user(request.user),
        )
