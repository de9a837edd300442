"""Everything we hold on a person, as a file: asked, made by a job, kept a few days (RGPD-07)."""

import io
import json
import logging
import zipfile
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from passpro.accounts import emails, personal_data
from passpro.accounts.exceptions import AlreadyAnonymised, ExportAlreadyWaiting
from passpro.accounts.history import Kind, record
from passpro.accounts.models import DataExport, User
from passpro.kernel import clock
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)

# RGPD-08: the link dies and the file is deleted.
EXPORT_LIFE = timedelta(days=7)


@transaction.atomic
def ask_export(*, person: User, asked_by: User, by: Actor) -> DataExport:
    """Write the request and nudge the worker; the e-mail leaves when the file is ready.

    Raises ExportAlreadyWaiting, AlreadyAnonymised.
    """
    if person.anonymised_at is not None:
        raise AlreadyAnonymised
    try:
        with transaction.atomic():
            export = DataExport.objects.create(
                person=person, asked_by=asked_by, asked_at=clock.now()
            )
    except IntegrityError:
        raise ExportAlreadyWaiting from None
    record(person, Kind.EXPORT_ASKED, by=by)
    transaction.on_commit(lambda: _nudge(export.pk), robust=True)
    return export


def _nudge(export_id: int) -> None:
    """Ask a worker now; a broken queue only delays the file until the next minute's job."""
    from passpro.accounts.tasks import make_export_task

    try:
        make_export_task.delay(export_id)
    except Exception as error:
        logger.warning(
            "The queue refused a nudge, the job will make the file.",
            extra={"id": export_id, "error": str(error)},
        )


def make_export(*, export_id: int) -> bool:
    """Write the file and queue the e-mail, once; True when this call did it.

    Called again, or by two workers, it answers False. A death before the commit leaves at most a
    file that the next try replaces.
    """
    with transaction.atomic():
        export = (
            DataExport.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            .select_related("person", "asked_by")
            .filter(pk=export_id, ready_at__isnull=True)
            .first()
        )
        if export is None:
            return False
        now = clock.now()
        name = f"{export.reference}.zip"
        if export.file.storage.exists(f"donnees-personnelles/{name}"):
            export.file.storage.delete(f"donnees-personnelles/{name}")
        export.file.save(name, ContentFile(archive(export.person, now)), save=False)
        export.ready_at, export.expires_at = now, now + EXPORT_LIFE
        export.save(update_fields=["file", "ready_at", "expires_at"])
        emails.queue_export_ready(export)
        return True


def make_waiting(*, now: datetime) -> dict[str, int]:
    """The job: what the nudge missed."""
    ids = list(DataExport.objects.waiting().order_by("pk").values_list("pk", flat=True))
    return {"made": sum(make_export(export_id=pk) for pk in ids)}


def purge_expired(*, now: datetime) -> dict[str, int]:
    """The job: delete the files whose link is dead; the requests stay in the history."""
    purged = 0
    for export in DataExport.objects.expired(now).order_by("pk"):
        # The file first: killed in between, the row still names it and the next run forgets it.
        export.file.delete(save=False)
        DataExport.objects.filter(pk=export.pk).update(file="")
        purged += 1
    return {"purged": purged}


@transaction.atomic
def record_download(*, export: DataExport, by: Actor) -> None:
    """RGPD-08: reading a person's data is logged."""
    record(export.person, Kind.EXPORTED, by=by)


def archive(person: User, now: datetime) -> bytes:
    """A zip with the same facts twice: JSON for machines, one page of HTML for people."""
    parts = everything_on(person)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        facts = {"genere_le": now, "personne": person.pk, "donnees": parts}
        text = json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        file.writestr("donnees.json", text)
        page = render_to_string(
            "accounts/export/page.html",
            {"person": person, "parts": _tables(parts), "made_at": now},
        )
        file.writestr("donnees.html", page)
    return buffer.getvalue()


def everything_on(person: User) -> dict[str, list[dict[str, Any]]]:
    """French title → rows, from every app that registered (passpro.accounts.personal_data)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for holder in personal_data.holders():
        if holder.collect:
            for title, rows in holder.collect(person).items():
                found[title] = list(rows)
    return found


def _tables(parts: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One table a list: titles of the columns, then the cells as people read them."""
    return [
        {
            "title": title,
            "columns": list(rows[0]) if rows else [],
            "rows": [[_words(value) for value in row.values()] for row in rows],
        }
        for title, rows in parts.items()
    ]


def _words(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.PARIS):%d/%m/%Y %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "–"
    if isinstance(value, dict):
        return "; ".join(f"{name} : {_words(one)}" for name, one in value.items()) or "–"
    return str(value)
