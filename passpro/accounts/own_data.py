"""What accounts and the kernel hold on a person (see personal_data.py)."""

from typing import Any

from django.apps import apps
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from passpro.accounts.history import of_person
from passpro.accounts.models import EmailChange, User
from passpro.accounts.personal_data import Holder, Rows
from passpro.kernel.models import OutboxMessage


def collect(person: User) -> dict[str, Rows]:
    return {
        "Compte": [_account(person)],
        "Changements d’adresse": [
            {
                "ancienne adresse": change.old_email,
                "nouvelle adresse": change.new_email,
                "demandé le": change.asked_at,
                "confirmé le": change.confirmed_at,
            }
            for change in EmailChange.objects.filter(person=person)
        ],
        "Historique du compte": [
            {
                "date": row.at,
                "quoi": row.get_kind_display(),
                "par": row.actor_label,
                "changements": row.changes,
            }
            for row in of_person(person)
        ],
        "E-mails envoyés": [
            {"date": message.created_at, "nature": message.event, "objet": _subject(message)}
            for message in OutboxMessage.objects.filter(recipient=person.email).order_by("pk")
        ],
    }


def _account(person: User) -> dict[str, Any]:
    return {
        "adresse e-mail": person.email,
        "prénom": person.first_name,
        "nom": person.last_name,
        "pseudo": person.pseudo,
        "téléphone": person.phone,
        "date de naissance": person.date_of_birth,
        "code postal": person.postal_code,
        "département": person.department_code,
        "rôle bénéficiaire": person.get_beneficiary_role_display(),
        "inscrit le": person.created_at,
        "adresse confirmée le": person.email_verified_at,
        "dernière connexion": person.last_login,
        "dernière visite": person.last_seen_at,
        "accepte d’être contacté": person.accepts_contact,
        "reçoit les actualités": person.accepts_newsletter,
        "notifications coupées": person.muted_notifications,
        "suspendu le": person.suspended_at,
        "motif de suspension": person.get_suspension_reason_display(),
    }


def _subject(message: OutboxMessage) -> str:
    return str(message.payload.get("subject", ""))


def erase(person: User) -> None:
    """The name leaves every log row, and every message that bears the address is deleted."""
    from axes.models import AccessAttempt, AccessFailureLog, AccessLog

    from passpro.accounts.services.erasure import anonymous_label

    label = anonymous_label(person.pk)
    for model in _logs():
        model._default_manager.filter(actor_id=person.pk).exclude(actor_label=label).update(
            actor_label=label
        )
    person.data_exports.filter(ready_at__isnull=True).delete()
    for export in person.data_exports.exclude(file=""):
        export.file.delete(save=False)
        person.data_exports.filter(pk=export.pk).update(file="")
    OutboxMessage.objects.annotate(text=Cast("payload", TextField())).filter(
        Q(recipient=person.email) | Q(text__icontains=person.email)
    ).delete()
    for attempts in (AccessAttempt, AccessFailureLog, AccessLog):
        attempts.objects.filter(username__iexact=person.email).delete()


def _logs() -> list[type[Model]]:
    """Every table that says who acted: the history of each object of the product."""
    return [
        model
        for model in apps.get_models()
        if {"actor", "actor_label"} <= {field.name for field in model._meta.get_fields()}
    ]


HOLDER = Holder(app="accounts", collect=collect, erase=erase)
