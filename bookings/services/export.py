"""Exports of bookings: asked for on the list, made by a worker, deleted after their delay."""

import logging
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q, Sum
from django.http import QueryDict

from bookings import exports
from bookings.constants import EXPORT_PROGRESS_LINES, UNFINISHED_EXPORTS
from bookings.enums import ExportFormat, ExportState
from bookings.exceptions import TooManyExports
from bookings.forms import BookingListForm
from bookings.models import Booking, BookingExport
from bookings.querysets import BookingQuerySet
from passpro.accounts.models import User
from passpro.kernel import clock

logger = logging.getLogger(__name__)

# A worker that died leaves its export running: after this it is made again.
_GIVEN_UP_AFTER = timedelta(hours=1)
_NOT_TAKEN_AFTER = timedelta(minutes=2)


@transaction.atomic
def ask_export(*, user: User, query: str, kind: ExportFormat) -> BookingExport:
    """Keep the wish and give it to a worker after commit (§7.2); `query` as in the list's address.

    Raises TooManyExports when several of the person's are not ready yet.
    """
    unfinished = BookingExport.objects.filter(
        user=user, state__in=[ExportState.WAITING, ExportState.RUNNING]
    )
    if unfinished.count() >= UNFINISHED_EXPORTS:
        raise TooManyExports
    export = BookingExport.objects.create(user=user, query=query, format=kind)
    transaction.on_commit(lambda: _give(export.pk), robust=True)
    return export


def _give(export_id: int) -> None:
    from bookings.tasks import make_export_task

    try:
        make_export_task.delay(export_id)
    except Exception as error:
        logger.warning("The queue refused an export.", extra={"id": export_id, "error": str(error)})


def make_export(*, export_id: int) -> bool:
    """Write the file of an export that waits; False when another worker has it or it is ready.

    Lines are streamed from a server-side cursor to a temporary file: memory does not follow
    their number. The rights are those of the person now, not when it was asked.
    """
    if not _take(export_id):
        return False
    export = BookingExport.objects.select_related("user").get(pk=export_id)
    try:
        _write(export)
    except Exception:
        BookingExport.objects.filter(pk=export_id).update(state=ExportState.FAILED)
        raise
    return True


def _take(export_id: int) -> bool:
    now = clock.now()
    free = Q(state=ExportState.WAITING) | Q(
        state=ExportState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER
    )
    taken = BookingExport.objects.filter(free, pk=export_id).update(
        state=ExportState.RUNNING, started_at=now, lines_done=0
    )
    return taken == 1


def _write(export: BookingExport) -> None:
    bookings = wanted_bookings(export.user, export.query)
    export.lines_total = bookings.order_by().aggregate(places=Sum("quantity", default=0))["places"]
    export.save(update_fields=["lines_total"])
    write = exports.write_csv if export.format == ExportFormat.CSV else exports.write_xlsx
    with tempfile.TemporaryFile() as file:
        write(_counted(export, exports.lines_of(bookings)), file)
        file.seek(0)
        export.file.save(f"{export.pk}.{export.format.lower()}", File(file), save=False)
    export.state, export.finished_at = ExportState.DONE, clock.now()
    export.save(update_fields=["file", "state", "finished_at", "lines_done"])


def wanted_bookings(user: User, query: str) -> BookingQuerySet:
    """What the list shows for this address, all pages, latest booking first (LST-20)."""
    form = BookingListForm(QueryDict(query), user=user)
    form.is_valid()
    wanted = form.filter()
    found = wanted.apply(Booking.objects.of_structures(user)).with_shown_status(clock.now())
    if wanted.status:
        found = found.shown_as(wanted.status, clock.now())
    return found.order_by("-booked_at", "-pk")


def _counted(export: BookingExport, lines: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The same lines; the progress shown to the person is written now and then."""
    for number, line in enumerate(lines, start=1):
        yield line
        export.lines_done = number
        if number % EXPORT_PROGRESS_LINES == 0:
            BookingExport.objects.filter(pk=export.pk).update(lines_done=number)


def tend_exports(*, now: datetime) -> dict[str, int]:
    """The job: delete files past their delay, give again what no worker took."""
    deleted = 0
    for export in BookingExport.objects.filter(created_at__lt=now - settings.EXPORTS_KEPT):
        export.file.delete(save=False)
        export.delete()
        deleted += 1
    lost = BookingExport.objects.filter(
        Q(state=ExportState.WAITING, created_at__lt=now - _NOT_TAKEN_AFTER)
        | Q(state=ExportState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER)
    )
    ids = list(lost.values_list("pk", flat=True))
    for pk in ids:
        _give(pk)
    return {"deleted": deleted, "given_again": len(ids)}
