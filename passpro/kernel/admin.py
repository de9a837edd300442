"""The team's view of outgoing messages and jobs, and what every admin page of the house shares."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from passpro.kernel import outbox
from passpro.kernel.errors import DomainError
from passpro.kernel.models import JobRun, OutboxMessage


class ReadOnlyAdmin(ModelAdmin):
    """A list and its pages to look at; changes go through actions that call services."""

    list_per_page = 50
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReasonForm(forms.Form):
    """The motive of a refusal, sent to the people concerned."""

    reason = forms.CharField(
        label="Motif, envoyé par e-mail",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


def confirm(
    model_admin: ModelAdmin,
    request: HttpRequest,
    *,
    title: str,
    text: str,
    button: str,
    done: str,
    back: str,
    run: Callable[..., Any],
    form_class: type[forms.Form] | None = None,
    danger: bool = False,
) -> HttpResponse:
    """Ask, then on POST call `run(**typed)` and go `back` with `done` or the refusal's message."""
    form = form_class(request.POST or None) if form_class else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            run(**(form.cleaned_data if form else {}))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, done)
        return redirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "text": text,
        "button": button,
        "form": form,
        "back": back,
        "danger": danger,
    }
    return TemplateResponse(request, "kernel/admin/confirm.html", context)


def require(request: HttpRequest, permission: str) -> None:
    """403 unless the agent has the right « app.codename »."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Every e-mail as it was or will be sent; in the demo this is the mailbox."""

    list_display = ("subject", "recipient", "event", "state_label", "created_at", "sent_at")
    list_filter = ("state", "kind", "event")
    search_fields = ("recipient", "event", "unique_key")
    date_hierarchy = "created_at"
    actions_detail = ("resend",)
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
        if message.kind != OutboxMessage.Kind.EMAIL:
            return {"text": str(message.payload)}
        return outbox.content_of(message)

    @action(description="Renvoyer", icon="forward_to_inbox", url_path="renvoyer")
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


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ("name", "last_run_at", "outcome")
    search_fields = ("name",)
