"""The team's decisions on a structure after its sign-up (§2.3); each calls its service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from bookings.services.structures import close_structure, suspend_structure
from finance.models import BankAccount
from passpro.kernel.admin_base import (
    CommentForm,
    InternalReasonForm,
    ReadOnlyInline,
    ReasonForm,
    agent_of,
    decide_each,
)
from passpro.kernel.admin_reasons import coded_reason
from passpro.portal.deletion import delete_structure
from passpro.portal.structure_figures import income_of, offers_of, school_offers_of
from passpro.registers.exceptions import RegisterDown
from venues.admin import MANAGE_TEAMS, OffererAdmin
from venues.enums import OffererHold, OffererStatus
from venues.models import Offerer, OffererTag
from venues.services.lifecycle import (
    confirm_identity,
    keep_open,
    put_on_hold,
    refresh_identity,
    unsuspend_offerer,
)
from venues.services.memberships import ask_who_administers, attach_person

CLOSE = "venues.close_offerer"
CHANGE = "venues.change_offerer"


_HoldReason: Any = coded_reason(OffererHold, "comment", is_sent=False, keeps_code=True)


class HoldForm(_HoldReason):  # type: ignore[misc]
    put = forms.ModelMultipleChoiceField(
        OffererTag.objects.all(),
        label="Étiquettes à poser",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    take = forms.ModelMultipleChoiceField(
        OffererTag.objects.all(),
        label="Étiquettes à retirer",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class AttachForm(forms.Form):
    email = forms.EmailField(
        label="Adresse e-mail du compte", max_length=120, widget=UnfoldAdminEmailInputWidget
    )
    comment = forms.CharField(
        label="Motif, gardé dans l’historique",
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class DeletionForm(InternalReasonForm):
    siren = forms.CharField(
        label="Tapez le SIREN de la structure", max_length=20, widget=UnfoldAdminTextInputWidget()
    )


class PublicAddressForm(forms.Form):
    email = forms.EmailField(
        label="Adresse publique de la structure",
        max_length=120,
        widget=UnfoldAdminEmailInputWidget,
    )


class BankAccountInline(ReadOnlyInline):
    """IBAN masked here; the account's own page is for those who decide of it."""

    model = BankAccount
    fields = ("label", "masked", "status", "filed_at", "decided_at", "dossier_number")
    readonly_fields = ("masked",)
    show_change_link = True

    @display(description="IBAN")
    def masked(self, account: BankAccount) -> str:
        return account.masked_iban

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("finance.view_bankaccount"))


@admin.register(Offerer)
class StructureAdmin(OffererAdmin):
    """Validate and refuse at hand; the rarer decisions in two menus."""

    inlines = (*OffererAdmin.inlines, BankAccountInline)
    readonly_fields = (*OffererAdmin.readonly_fields, "offers", "school_offers", "income")
    fieldsets: Any = (
        OffererAdmin.fieldsets[0],
        ("Chiffres", {"fields": ("offers", "school_offers", "income")}),
        *OffererAdmin.fieldsets[1:],
    )

    actions = (*OffererAdmin.actions, "hold_each")
    actions_detail: Any = (
        *OffererAdmin.actions_detail,
        "hold",
        {
            "title": "Structure",
            "icon": "domain",
            "items": [
                "attach", "ask_administrator", "check_identity", "ask_register", "suspend",
                "unsuspend", "keep", "close", "erase",
            ],
        },
    )  # fmt: skip
    may = {
        **OffererAdmin.may,
        "attach": MANAGE_TEAMS,
        "ask_administrator": MANAGE_TEAMS,
        "check_identity": CHANGE,
        "ask_register": CHANGE,
        "suspend": CLOSE,
        "unsuspend": CLOSE,
        "keep": CLOSE,
        "close": CLOSE,
        "erase": "venues.delete_offerer",
    }
    shown_if = {
        "validate": lambda one: one.status not in {OffererStatus.VALIDATED, OffererStatus.CLOSED},
        "reject": lambda one: one.is_open,
        "hold": lambda one: one.status in {OffererStatus.NEW, OffererStatus.VALIDATED},
        "attach": lambda one: one.is_open,
        "ask_administrator": lambda one: (
            Offerer.objects.without_administrator().filter(pk=one.pk).exists()
        ),
        "check_identity": lambda one: one.needs_identity_check,
        "ask_register": lambda one: one.is_open,
        "suspend": lambda one: one.is_open and one.is_active,
        "unsuspend": lambda one: one.is_open and not one.is_active,
        "keep": lambda one: one.is_closing,
        "close": lambda one: one.status == OffererStatus.VALIDATED,
    }

    @display(description="offres grand public")
    def offers(self, offerer: Offerer) -> str:
        return str(offers_of(offerer))

    @display(description="offres scolaires")
    def school_offers(self, offerer: Offerer) -> str:
        return str(school_offers_of(offerer))

    @display(description="réservations validées")
    def income(self, offerer: Offerer) -> str:
        return income_of(offerer)

    @action(
        description="Mettre en attente", icon="pause_circle", url_path="attente",
        permissions=["decide"],
    )  # fmt: skip
    def hold(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Mettre en attente : {}",
            text="Ses offres ne sont plus visibles tant qu’elle n’est pas validée. Aucun e-mail ne "
            "part : écrivez-lui ce que vous attendez.",
            button="Mettre en attente",
            done="La structure est en attente.",
            run=lambda one, **typed: put_on_hold(offerer_id=one.pk, by=agent_of(request), **typed),
            form_class=HoldForm,
        )

    @admin.action(description="Mettre en attente les structures choisies", permissions=["decide"])
    def hold_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="hold_each",
            title="Mettre ces structures en attente ?",
            text="Leurs offres ne sont plus visibles tant qu’elles ne sont pas validées. Aucun "
            "e-mail ne part ; le même motif est gardé dans l’historique de chacune.",
            button="Mettre en attente",
            done="mises en attente",
            run=lambda one, **typed: put_on_hold(offerer_id=one.pk, by=agent_of(request), **typed),
            form_class=HoldForm,
        )

    @action(description="Rattacher une personne", icon="person_add", url_path="rattacher")
    def attach(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            permission=MANAGE_TEAMS,
            title="Rattacher une personne à {}",
            text="La personne accède tout de suite à la structure et reçoit un e-mail. Elle en "
            "devient l’administrateur s’il n’y en a pas.",
            button="Rattacher",
            done="La personne est rattachée et prévenue.",
            run=lambda one, email, comment: attach_person(
                offerer_id=one.pk, email=email, comment=comment, by=agent_of(request)
            ),
            form_class=AttachForm,
        )

    @action(description="Demander qui administre", icon="contact_mail", url_path="qui-administre")
    def ask_administrator(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """ADM-04, for structures without administrator."""
        return self.decide(
            request,
            object_id,
            permission=MANAGE_TEAMS,
            title="Demander qui administre {}",
            text="Un e-mail demande à la structure de désigner son administrateur et de donner "
            "son adresse. Vérifiez la réponse, puis rattachez la personne.",
            button="Envoyer",
            done="La demande est partie.",
            run=lambda one, email: ask_who_administers(
                offerer_id=one.pk, email=email, by=agent_of(request)
            ),
            form_class=PublicAddressForm,
        )

    @action(description="Confirmer l’identité", icon="fact_check", url_path="identite")
    def check_identity(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """SIR-10: typed while the register was silent."""
        return self.decide(
            request,
            object_id,
            permission=CHANGE,
            title="Confirmer l’identité de {}",
            text="Nom et adresse ont été saisis pendant que le répertoire ne répondait pas. "
            "Confirmez-les après les avoir comparés à un document.",
            button="Confirmer l’identité",
            done="L’identité est confirmée.",
            run=lambda one: confirm_identity(offerer_id=one.pk, by=agent_of(request)),
        )

    @action(description="Relire au répertoire", icon="sync", url_path="repertoire")
    def ask_register(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            permission=CHANGE,
            title="Relire {} au répertoire des entreprises",
            text="Nom, adresse et activité du répertoire remplacent ceux d’ici ; les différences "
            "restent dans l’historique.",
            button="Relire",
            done="L’identité est celle du répertoire.",
            run=lambda one: self._refresh(request, one),
        )

    @staticmethod
    def _refresh(request: HttpRequest, offerer: Offerer) -> None:
        if refresh_identity(offerer_id=offerer.pk, by=agent_of(request)) is None:
            raise RegisterDown(
                "Le répertoire ne répond pas, ou ne connaît pas ce SIREN : rien n’a changé."
            )

    @action(description="Suspendre", icon="block", url_path="suspendre")
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            permission=CLOSE,
            title="Suspendre {}",
            text="Ses offres sont masquées, ses clés d’API répondent 403, son équipe ne l’ouvre "
            "plus. Impossible tant qu’une réservation attend d’être utilisée.",
            button="Suspendre la structure",
            done="La structure est suspendue.",
            run=lambda one, reason: suspend_structure(
                offerer_id=one.pk, reason=reason, by=agent_of(request)
            ),
            form_class=InternalReasonForm,
            danger=True,
        )

    @action(description="Lever la suspension", icon="lock_open", url_path="retablir")
    def unsuspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            permission=CLOSE,
            title="Lever la suspension de {}",
            text="Ses offres et ses clés d’API retrouvent leur état d’avant.",
            button="Lever la suspension",
            done="La suspension est levée.",
            run=lambda one, comment: unsuspend_offerer(
                offerer_id=one.pk, comment=comment, by=agent_of(request)
            ),
            form_class=CommentForm,
        )

    @action(description="Laisser ouverte", icon="undo", url_path="laisser-ouverte")
    def keep(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """OFF-33: the request of its administrator is not followed."""
        return self.decide(
            request,
            object_id,
            permission=CLOSE,
            title="Laisser ouverte {}",
            text="La demande de fermeture est classée ; les offres restent en pause jusqu’à ce que "
            "la structure les reprenne.",
            button="Laisser ouverte",
            done="La demande de fermeture est classée.",
            run=lambda one: keep_open(offerer_id=one.pk, by=agent_of(request)),
        )

    @action(description="Fermer pour toujours", icon="domain_disabled", url_path="fermer")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            permission=CLOSE,
            title="Fermer pour toujours {}",
            text="Ses offres sont retirées, ses clés coupées, ses réservations à venir annulées et "
            "remboursées. Son équipe lit encore ses remboursements pendant trois mois. Le motif "
            "est envoyé à l’équipe.",
            button="Fermer la structure",
            done="La structure est fermée ; les personnes concernées sont prévenues.",
            run=lambda one, reason: close_structure(
                offerer_id=one.pk, reason=reason, by=agent_of(request)
            ),
            form_class=ReasonForm,
            danger=True,
        )

    @action(description="Supprimer", icon="delete_forever", url_path="supprimer")
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            permission=self.may["erase"],
            title="Supprimer {}",
            text="Possible seulement sans aucune réservation, même annulée. Lieux, offres, "
            "rattachements, clés et comptes bancaires sont supprimés avec elle, sans retour.",
            button="Supprimer pour toujours",
            done="La structure est supprimée.",
            then=reverse("admin:venues_offerer_changelist"),
            run=lambda one, **typed: delete_structure(
                offerer_id=one.pk, by=agent_of(request), **typed
            ),
            form_class=DeletionForm,
            danger=True,
        )
