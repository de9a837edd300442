"""Files that people ask for on a list: made by a worker, watched, downloaded, deleted after a day.

An app gives a model (`ExportFile`), what to write in it (`Table`) and its list's rights; the life
of the file is here: once a worker, safe to play twice, made again when a worker died.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, Generic, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files import File
from django.db import models, transaction
from django.db.models import Q

from passpro.kernel import clock
from passpro.kernel.errors import DomainError

logger = logging.getLogger(__name__)

UNFINISHED = 3
PROGRESS_LINES = 2_000
# A worker that died leaves its export running: after this it is made again.
_GIVEN_UP_AFTER = timedelta(hours=1)
_NOT_TAKEN_AFTER = timedelta(minutes=2)
# A spreadsheet takes a text that begins so for a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


class TooManyExports(DomainError):
    """One person asks for files faster than they are made."""

    code = "TOO_MANY_EXPORTS"
    message = "Plusieurs exports sont déjà en préparation : attendez que l’un d’eux soit prêt."
    http_status = 409


class ExportFormat(models.TextChoices):
    CSV = "CSV", "Fichier CSV (.csv)"
    XLSX = "XLSX", "Microsoft Excel (.xlsx)"


class ExportState(models.TextChoices):
    WAITING = "WAITING", "En attente"
    RUNNING = "RUNNING", "En préparation"
    DONE = "DONE", "Prêt"
    FAILED = "FAILED", "Échoué"


class ExportFile(models.Model):
    """What an app's model of exports is made of; it adds `user`, `file` and its constraints."""

    # The filters as they are in the address of the list.
    query = models.TextField("filtres", blank=True)
    format = models.CharField("format", max_length=4, choices=ExportFormat)
    state = models.CharField("état", max_length=8, choices=ExportState, default=ExportState.WAITING)
    lines_total = models.PositiveIntegerField("lignes à écrire", default=0)
    lines_done = models.PositiveIntegerField("lignes écrites", default=0)
    created_at = models.DateTimeField("demandé le", default=clock.now)
    started_at = models.DateTimeField("commencé le", null=True, blank=True)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)

    # Of the model that inherits.
    file: models.FileField
    file_stem: str

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.download_name

    @property
    def label(self) -> str:
        """How the page of exports calls it."""
        return str(self.get_format_display())

    @property
    def download_name(self) -> str:
        """Its name with the instant of its asking (LST-21, §12.9)."""
        moment = self.created_at.astimezone(clock.PARIS)
        return f"{self.file_stem}-{moment:%Y-%m-%dT%H-%M-%S}.{self.format.lower()}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in {ExportState.WAITING, ExportState.RUNNING}


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: how many lines, the lines, and how each format is written."""

    total: int
    lines: Iterator[list[Any]]
    write_csv: Callable[[Iterator[list[Any]], IO[bytes]], None]
    write_xlsx: Callable[[Iterator[list[Any]], IO[bytes]], None]


X = TypeVar("X", bound=ExportFile)


class Exports(Generic[X]):
    """The life of one model's files; `read` says what is in one, `give` hands it to a worker."""

    def __init__(
        self, model: type[X], *, read: Callable[[X], Table], give: Callable[[int], object]
    ) -> None:
        self._rows: Any = model._default_manager
        self._read, self._give_to_worker = read, give

    @transaction.atomic
    def ask(self, *, user: AbstractBaseUser, query: str, kind: ExportFormat, **facts: Any) -> X:
        """Keep the wish and give it to a worker after commit; `query` as in the list's address.

        Raises TooManyExports when several of the person's are not ready yet.
        """
        unfinished = self._rows.filter(
            user=user, state__in=[ExportState.WAITING, ExportState.RUNNING]
        )
        if unfinished.count() >= UNFINISHED:
            raise TooManyExports
        export: X = self._rows.create(user=user, query=query, format=kind, **facts)
        transaction.on_commit(lambda: self._give(export.pk), robust=True)
        return export

    def make(self, *, export_id: int) -> bool:
        """Write the file of an export that waits; False when another worker has it or it is ready.

        Lines go one by one to a temporary file: memory does not follow their number. The rights
        are those of the person now, not when it was asked.
        """
        now = clock.now()
        free = Q(state=ExportState.WAITING) | Q(
            state=ExportState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER
        )
        taken = self._rows.filter(free, pk=export_id).update(
            state=ExportState.RUNNING, started_at=now, lines_done=0
        )
        if taken != 1:
            return False
        export = self._rows.select_related("user").get(pk=export_id)
        try:
            self._write(export)
        except Exception:
            self._rows.filter(pk=export_id).update(state=ExportState.FAILED)
            raise
        return True

    def tend(self, *, now: datetime) -> dict[str, int]:
        """The job: delete files past their delay, give again what no worker took."""
        deleted = 0
        for export in self._rows.filter(created_at__lt=now - settings.EXPORTS_KEPT):
            export.file.delete(save=False)
            export.delete()
            deleted += 1
        lost = self._rows.filter(
            Q(state=ExportState.WAITING, created_at__lt=now - _NOT_TAKEN_AFTER)
            | Q(state=ExportState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER)
        )
        ids = list(lost.order_by("pk").values_list("pk", flat=True))
        for pk in ids:
            self._give(pk)
        return {"deleted": deleted, "given_again": len(ids)}

    def _give(self, export_id: int) -> None:
        try:
            self._give_to_worker(export_id)
        except Exception as error:
            logger.warning(
                "The queue refused an export.", extra={"id": export_id, "error": str(error)}
            )

    def _write(self, export: X) -> None:
        table = self._read(export)
        export.lines_total = table.total
        export.save(update_fields=["lines_total"])
        write = table.write_csv if export.format == ExportFormat.CSV else table.write_xlsx
        with tempfile.TemporaryFile() as file:
            write(self._counted(export, table.lines), file)
            file.seek(0)
            export.file.save(f"{export.pk}.{export.format.lower()}", File(file), save=False)
        export.state, export.finished_at = ExportState.DONE, clock.now()
        export.save(update_fields=["file", "state", "finished_at", "lines_done"])

    def _counted(self, export: X, lines: Iterator[list[Any]]) -> Iterator[list[Any]]:
        """The same lines; the progress shown to the person is written now and then."""
        for number, line in enumerate(lines, start=1):
            yield line
            export.lines_done = number
            if number % PROGRESS_LINES == 0:
                self._rows.filter(pk=export.pk).update(lines_done=number)


def harmless(text: str) -> str:
    """A text that a spreadsheet would run as a formula is shown as text."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def quoted(text: str) -> str:
    """A cell of a CSV file, whatever it holds."""
    return '"' + text.replace('"', '""') + '"'
