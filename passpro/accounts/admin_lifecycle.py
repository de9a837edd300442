"""What the team does to the life of an account: suspend, give back, copy, erase (§11)."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from passpro.accounts.enums import SuspensionReason
from passpro.accounts.models import DataExport, User
from passpro.accounts.services import erasure, exports, leaving, suspension
from passpro.accounts.services.sign_up import send_verification_for, verify_email_by_hand
from passpro.kernel import clock
from passpro.kernel.admin_base import (
    CommentForm,
    ReadOnlyAdmin,
    agent_of,
    confirm,
    require,
)


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Motif, gardé dans l’historique",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


def suspension_form(person: User) -> type[forms.Form]:
    """The reasons of this kind of account (SUS-02, SUS-03)."""

    class SuspensionForm(CommentForm):
        reason = forms.ChoiceField(
            label="Motif",
            choices=[
                (one.value, one.label)
                for one in suspension.reasons_for(person)
                if one != SuspensionReason.OWN_REQUEST
            ],
            widget=UnfoldAdminSelectWidget,
        )
        field_order = ("reason", "comment")

    return SuspensionForm


# Each button of a person's page and its right.
LIFE_RIGHTS = {
    "resend": "accounts.change_user",
    "verify": "accounts.change_user",
    "suspend": "accounts.suspend_user",
    "unsuspend": "accounts.unsuspend_user",
    "close": "accounts.suspend_user",
    "export": "accounts.export_user",
    "anonymise": "accounts.anonymise_user",
}


class LifecycleMixin:
    """Buttons of a person's page; each asks first, then calls one service."""

    actions_detail = tuple(LIFE_RIGHTS)

    def _person(self: Any, request: HttpRequest, object_id: str, button: str) -> User:
        require(request, LIFE_RIGHTS[button])
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        if person.is_staff and not request.user.has_perm("accounts.manage_admin_accounts"):
            raise PermissionDenied
        return person

    def _ask(self: Any, request: HttpRequest, person: User, **words: Any) -> HttpResponse:
        back = reverse("admin:accounts_user_change", args=[person.pk])
        return confirm(self, request, back=back, **words)

    @action(description="Renvoyer le lien", icon="forward_to_inbox", url_path="renvoyer-lien")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, "resend")
        return self._ask(
            request, person,
            title="Renvoyer le lien de confirmation ?",
            text=f"Un nouvel e-mail part à {person.email} ; le lien est ouvert 7 jours.",
            button="Renvoyer le lien",
            done="Le lien de confirmation est renvoyé.",
            run=lambda: send_verification_for(user_id=person.pk, by=agent_of(request)),
        )  # fmt: skip

    @action(description="Confirmer l’adresse", icon="mark_email_read", url_path="confirmer-adresse")
    def verify(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, "verify")
        return self._ask(
            request, person,
            title="Confirmer cette adresse à la main ?",
            text=f"{person.email} pourra se connecter sans ouvrir le lien de l’e-mail.",
            button="Confirmer l’adresse",
            done="L’adresse est confirmée.",
            run=lambda: verify_email_by_hand(user_id=person.pk, by=agent_of(request)),
        )  # fmt: skip

    @action(description="Suspendre", icon="block", url_path="suspendre")
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, "suspend")
        return self._ask(
            request, person,
            title=f"Suspendre {person} ?",
            text="Ses sessions se ferment, ses droits d’agent sont retirés, un e-mail l’avertit. "
            "Selon le motif, ses réservations encore annulables sont annulées.",
            button="Suspendre",
            done="Le compte est suspendu.",
            danger=True,
            form_class=suspension_form(person),
            run=lambda **typed: suspension.suspend(
                user_id=person.pk, by=agent_of(request), **typed
            ),
        )  # fmt: skip

    @action(description="Rétablir", icon="lock_open", url_path="retablir")
    def unsuspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, "unsuspend")
        return self._ask(
            request, person,
            title=f"Rétablir le compte de {person} ?",
            text="La personne pourra se reconnecter ; ce qui a été annulé ne revient pas.",
            button="Rétablir",
            done="Le compte est rétabli.",
            form_class=CommentForm,
            run=lambda **typed: suspension.unsuspend(
                user_id=person.pk, by=agent_of(request), **typed
            ),
        )  # fmt: skip

    @action(description="Demande de suppression", icon="person_off", url_path="suppression")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, "close")
        return self._ask(
            request, person,
            title=f"Enregistrer la demande de suppression de {person} ?",
            text="Le compte se ferme tout de suite ; la personne a 60 jours pour revenir avec le "
            "lien de l’e-mail, puis ses données sont effacées.",
            button="Enregistrer la demande",
            done="La demande est enregistrée.",
            danger=True,
            form_class=CommentForm,
            run=lambda **typed: leaving.leave_for(
                user_id=person.pk, by=agent_of(request), **typed
            ),
        )  # fmt: skip

    @action(description="Extraire les données", icon="download", url_path="donnees")
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, "export")
        return self._ask(
            request, person,
            title=f"Extraire les données de {person} ?",
            text="Le fichier est préparé à part ; vous recevez un lien, ouvert 7 jours. La "
            "demande et le téléchargement restent dans l’historique.",
            button="Extraire",
            done="La demande est enregistrée : un e-mail part dès que le fichier est prêt.",
            run=lambda: exports.ask_export(
                person=person, asked_by=cast(User, request.user), by=agent_of(request)
            ),
        )  # fmt: skip

    @action(description="Anonymiser", icon="person_remove", url_path="anonymiser")
    def anonymise(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, "anonymise")
        return self._ask(
            request, person,
            title=f"Effacer {person} pour toujours ?",
            text="Nom, adresses et coordonnées sont effacés partout, sans retour possible. Les "
            "réservations et les écritures comptables restent, sans nom.",
            button="Effacer pour toujours",
            done="Le compte est anonymisé.",
            danger=True,
            form_class=WhyForm,
            run=lambda **typed: erasure.anonymise(
                user_id=person.pk, by=agent_of(request), **typed
            ),
        )  # fmt: skip


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    """Copies of personal data asked for; the team downloads those that it asked for itself."""

    list_display = ("person", "asked_by", "asked_at", "state", "expires_at")
    search_fields = ("person__email", "asked_by__email")
    list_select_related = ("person", "asked_by")
    actions_detail = ("download",)
    fields = ("person", "asked_by", "asked_at", "ready_at", "expires_at", "state")
    readonly_fields = ("state",)

    @display(
        description="état",
        label={"En préparation": "warning", "Prêt": "success", "Expiré": "danger"},
    )
    def state(self, export: DataExport) -> str:
        if export.ready_at is None:
            return "En préparation"
        return "Prêt" if export.is_open(clock.now()) else "Expiré"

    @action(description="Télécharger", icon="download", url_path="telecharger")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse | FileResponse:
        require(request, "accounts.export_user")
        export = self.get_object(request, object_id)
        if (
            export is None
            or export.asked_by_id != request.user.pk
            or not export.is_open(clock.now())
        ):
            raise Http404
        exports.record_download(export=export, by=agent_of(request))
        name = f"donnees-personne-{export.person_id}.zip"
        return FileResponse(export.file.open("rb"), as_attachment=True, filename=name)
