"""What every admin page of the house shares: reading, history and notes, asking before acting."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin, TabularInline
from unfold.dataclasses import UnfoldAction
from unfold.widgets import UnfoldAdminTextareaWidget

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.models import ActionLog

if TYPE_CHECKING:
    from passpro.accounts.models import User

NOTES = "accounts.write_notes"
# More lines than this are decided in several times: the page answers while people wait.
MOST_AT_ONCE = 200


def require(request: HttpRequest, permission: str) -> None:
    """403 unless the agent has the right « app.codename »."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def agent_of(request: HttpRequest) -> Actor:
    """The signed-in agent, for log rows."""
    return Actor.user(cast("User", request.user))


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Ajouter une note",
        max_length=5000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "placeholder": "Visible de l’équipe"}),
    )


class ReasonForm(forms.Form):
    """The motive of a refusal, sent to the people concerned."""

    reason = forms.CharField(
        label="Motif, envoyé par e-mail",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class InternalReasonForm(forms.Form):
    """Why, for the history alone."""

    reason = forms.CharField(
        label="Motif, gardé dans l’historique",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class CommentForm(forms.Form):
    """A comment that may stay empty, for the history alone."""

    comment = forms.CharField(
        label="Commentaire, gardé dans l’historique",
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class TeamAdmin(ModelAdmin):
    """A page of the team: below, its history and a box for a note (§12); nothing is deleted."""

    change_form_outer_after_template: str | None = "kernel/admin/history.html"
    list_per_page = 50
    list_fullwidth = True
    # A verb, or the name of a button, and the permission that opens it:
    # {"decide": "venues.decide_offerer"}. The button itself asks for it again (`decide`).
    may: dict[str, str] = {}
    # A button and when it makes sense for the object; those not named are always shown.
    shown_if: dict[str, Callable[[Any], bool]] = {}

    def has_decide_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(self.may["decide"]))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Without the buttons that the agent may not press, or that make no sense now."""
        actions = super().get_actions_detail(request, object_id)
        obj = self.get_object(request, str(object_id)) if self.shown_if else None
        return [one for one in actions if self._is_shown(one.method.__name__, request, obj)]

    def _is_shown(self, button: str, request: HttpRequest, obj: Any) -> bool:
        if button in self.may and not request.user.has_perm(self.may[button]):
            return False
        return obj is None or button not in self.shown_if or self.shown_if[button](obj)

    def decide(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        run: Callable[..., Any],
        permission: str = "",
        **page: Any,
    ) -> HttpResponse:
        """What a button of the page does: the right, then `confirm`, then `run(obj, **typed)`.

        `{}` in the title is the object. 403 without `permission` (by default the one of `decide`),
        404 for an object that the agent does not see.
        """
        require(request, permission or self.may["decide"])
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        return confirm(
            self,
            request,
            title=title.format(f"« {obj} »"),
            back=self._url("change", obj.pk),
            run=lambda **typed: run(obj, **typed),
            **page,
        )

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """403 for what the agent's rights hide, 404 for what is not (§18-17); no detour."""
        try:
            is_hidden = self.model._base_manager.filter(pk=object_id).exists()
        except (TypeError, ValueError, ValidationError):
            is_hidden = False
        if is_hidden:
            raise PermissionDenied
        raise Http404

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_of(self, obj: Any) -> list[action_log.Line]:
        """Overridden where a log has a shape of its own."""
        return action_log.lines_of(obj)

    def get_urls(self) -> list[Any]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_note"
        note = path("<path:object_id>/note/", self.admin_site.admin_view(self.add_note), name=name)
        return [note, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra = {"history": None, **(extra_context or {})}
        obj = self.get_object(request, object_id) if object_id else None
        if obj is not None and self.has_view_or_change_permission(request, obj):
            extra["history"] = self.history_of(obj)
            if request.user.has_perm(NOTES):
                extra["note_form"] = NoteForm()
                extra["note_url"] = self._url("note", object_id)
        return super().changeform_view(request, object_id, form_url, extra)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The history is on the page itself."""
        return redirect(self._url("change", object_id) + "#historique")

    def add_note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if request.method != "POST" or not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        require(request, NOTES)
        form = NoteForm(request.POST)
        if form.is_valid():
            text = form.cleaned_data["text"]
            action_log.add_note(obj, text=text, by=agent_of(request))
            messages.success(request, "La note est enregistrée.")
        else:
            messages.error(request, action_log.EmptyNote.message)
        return redirect(self._url("change", object_id) + "#historique")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Plain data edited here leaves one row with old and new values."""
        names = [name for name in form.changed_data if name in _columns(obj)] if change else []
        stored = type(obj)._base_manager.filter(pk=obj.pk).first() if names else None
        super().save_model(request, obj, form, change)
        if stored is not None:
            changes = action_log.differences(
                action_log.facts(stored, names), action_log.facts(obj, names)
            )
            action_log.record(obj, ActionLog.Kind.MODIFIED, by=agent_of(request), changes=changes)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Django's own log would say the same twice."""

    log_change = log_addition

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[Any]:
        return []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        action_log.record(obj, ActionLog.Kind.DELETED, by=agent_of(request))
        super().delete_model(request, obj)

    def _url(self, page: str, object_id: Any) -> str:
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[object_id])


def _columns(obj: Model) -> set[str]:
    return {field.name for field in obj._meta.concrete_fields}


class ReadOnlyAdmin(TeamAdmin):
    """A list and its pages to look at; changes go through actions that call services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows of another table shown in a tab, never typed."""

    extra = 0
    can_delete = False
    show_change_link = False
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def confirm(
    model_admin: Any,
    request: HttpRequest,
    *,
    title: str,
    text: str,
    button: str,
    done: str,
    back: str,
    run: Callable[..., Any],
    form_class: Callable[..., forms.Form] | None = None,
    danger: bool = False,
    then: str = "",
    preview: Callable[..., str] | None = None,
) -> HttpResponse:
    """Ask, then on POST call `run(**typed)` and go `then`, or `back`, with `done`.

    A refusal is said where it can be mended: on the form, which keeps what was typed, else `back`.
    With `preview`, what `preview(**typed)` says is read first, and only a second yes runs.
    """
    form = form_class(request.POST if request.method == "POST" else None) if form_class else None
    status, is_previewed = 200, False
    ask_twice = preview is not None and "confirmed" not in request.POST
    if request.method == "POST" and (form is None or form.is_valid()):
        typed = form.cleaned_data if form else {}
        try:
            if preview is not None and ask_twice:
                text, is_previewed = preview(**typed), True
            else:
                run(**typed)
        except DomainError as error:
            if form is None:
                messages.error(request, error.message)
                return redirect(back)
            form.add_error(error.field if error.field in form.fields else None, error.message)
            status = error.http_status
        else:
            if not is_previewed:
                messages.success(request, done)
                return redirect(then or back)
    if preview is not None and not is_previewed:
        button = "Voir ce qui va changer"
    context = _page(model_admin, request, title, text, button, form, danger) | {
        "back": request.path if is_previewed else back,
        "is_previewed": is_previewed,
    }
    return TemplateResponse(request, "kernel/admin/confirm.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the report: the object, whether it was done, why not."""

    obj: Model
    url: str
    is_done: bool
    message: str = ""


def decide_each(
    model_admin: Any,
    request: HttpRequest,
    queryset: QuerySet,
    *,
    action: str,
    title: str,
    text: str,
    button: str,
    done: str,
    run: Callable[..., Any],
    form_class: type[forms.Form] | None = None,
    danger: bool = False,
) -> HttpResponse:
    """An action on chosen lines: ask once, then `run(obj, **typed)` each on its own, and report.

    A line that is refused changes nothing and does not stop the others.
    """
    chosen = list(queryset[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        messages.error(request, f"Choisissez au plus {MOST_AT_ONCE} lignes à la fois.")
        return redirect(request.get_full_path())
    asked = "confirmed" in request.POST
    form = form_class(request.POST if asked else None) if form_class else None
    if asked and (form is None or form.is_valid()):
        typed = form.cleaned_data if form else {}
        outcomes = [_try(model_admin, obj, run, typed) for obj in chosen]
        context = _page(model_admin, request, title, text, button, None, danger) | {
            "outcomes": outcomes,
            "done": done,
            "done_count": sum(outcome.is_done for outcome in outcomes),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "kernel/admin/report.html", context)
    context = _page(model_admin, request, title, text, button, form, danger) | {
        "back": request.get_full_path(),
        "chosen": chosen,
        "action": action,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "kernel/admin/confirm.html", context)


def _try(model_admin: Any, obj: Model, run: Callable[..., Any], typed: dict[str, Any]) -> Outcome:
    url = model_admin._url("change", obj.pk)
    try:
        run(obj, **typed)
    except DomainError as error:
        return Outcome(obj, url, is_done=False, message=error.message)
    return Outcome(obj, url, is_done=True)


def _page(
    model_admin: Any,
    request: HttpRequest,
    title: str,
    text: str,
    button: str,
    form: forms.Form | None,
    danger: bool,
) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "text": text,
        "button": button,
        "form": form,
        "danger": danger,
        "chosen": None,
    }


def waited(since: datetime | None) -> str:
    """« 3 jours »: how long something waits for the team."""
    return timesince(since, clock.now(), depth=1) if since else "–"
