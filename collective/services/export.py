"""Files of offers and bookings: asked for on a list, made by a worker, deleted after a day."""

import logging
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict

from collective import exports
from collective.enums import ExportFormat, ExportOf, ExportState
from collective.exceptions import TooManyExports
from collective.list_forms import BookingFilter, ListFilter
from collective.models import CollectiveBooking, CollectiveExport, CollectiveOffer
from collective.querysets import CollectiveBookingQuerySet, CollectiveOfferQuerySet
from passpro.accounts.models import User
from passpro.kernel import clock

logger = logging.getLogger(__name__)

MOST_UNFINISHED = 3
PROGRESS_LINES = 500
_GIVEN_UP_AFTER = timedelta(hours=1)
_NOT_TAKEN_AFTER = timedelta(minutes=2)


@transaction.atomic
def ask_export(*, user: User, of: ExportOf, query: str, kind: ExportFormat) -> CollectiveExport:
    """Keep the wish and give it to a worker after commit; `query` as in the list's address.

    Raises TooManyExports when several of the person's are not ready yet.
    """
    unfinished = CollectiveExport.objects.filter(
        user=user, state__in=[ExportState.WAITING, ExportState.RUNNING]
    )
    if unfinished.count() >= MOST_UNFINISHED:
        raise TooManyExports
    export = CollectiveExport.objects.create(user=user, of=of, query=query, format=kind)
    transaction.on_commit(lambda: _give(export.pk), robust=True)
    return export


def _give(export_id: int) -> None:
    from collective.tasks import make_collective_export_task

    try:
        make_collective_export_task.delay(export_id)
    except Exception as error:
        logger.warning("The queue refused an export.", extra={"id": export_id, "error": str(error)})


def make_export(*, export_id: int) -> bool:
    """Write the file of an export that waits; False when another worker has it or it is ready.

    The rights are those of the person now, not when it was asked.
    """
    free = Q(state=ExportState.WAITING) | Q(
        state=ExportState.RUNNING, started_at__lt=clock.now() - _GIVEN_UP_AFTER
    )
    taken = CollectiveExport.objects.filter(free, pk=export_id).update(
        state=ExportState.RUNNING, started_at=clock.now(), lines_done=0
    )
    if taken != 1:
        return False
    export = CollectiveExport.objects.select_related("user").get(pk=export_id)
    try:
        _write(export)
    except Exception:
        CollectiveExport.objects.filter(pk=export_id).update(state=ExportState.FAILED)
        raise
    return True


def _write(export: CollectiveExport) -> None:
    now = clock.now()
    titles: tuple[str, ...]
    if export.of == ExportOf.BOOKINGS:
        bookings = wanted_bookings(export.user, export.query)
        total, titles = bookings.count(), exports.BOOKING_TITLES
        lines = exports.booking_lines(bookings, now)
    else:
        offers = wanted_offers(export.user, export.query, now)
        total, titles = offers.count(), exports.OFFER_TITLES
        lines = exports.offer_lines(offers, now)
    export.lines_total = total
    export.save(update_fields=["lines_total"])
    write = exports.write_csv if export.format == ExportFormat.CSV else exports.write_xlsx
    with tempfile.TemporaryFile() as file:
        write(titles, _counted(export, lines), file)
        file.seek(0)
        export.file.save(f"{export.pk}.{export.format.lower()}", File(file), save=False)
    export.state, export.finished_at = ExportState.DONE, clock.now()
    export.save(update_fields=["file", "state", "finished_at", "lines_done"])


def wanted_bookings(user: User, query: str) -> CollectiveBookingQuerySet:
    """What the list shows for this address, all pages."""
    form = BookingFilter(QueryDict(query), user=user)
    found: CollectiveBookingQuerySet = form.apply(CollectiveBooking.objects.visible_to(user))
    return found.order_by("-pk")


def wanted_offers(user: User, query: str, now: datetime) -> CollectiveOfferQuerySet:
    """What the list shows for this address, all groups."""
    form = ListFilter(QueryDict(query), user=user)
    own = CollectiveOffer.objects.visible_to(user).with_display_status(now)
    found: CollectiveOfferQuerySet = form.apply(own)
    return found.order_by("-pk")


def _counted(export: CollectiveExport, lines: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The same lines; the progress shown to the person is written now and then."""
    for number, line in enumerate(lines, start=1):
        yield line
        export.lines_done = number
        if number % PROGRESS_LINES == 0:
            CollectiveExport.objects.filter(pk=export.pk).update(lines_done=number)


def tend_exports(*, now: datetime) -> dict[str, int]:
    """The job: delete files past their delay, give again what no worker took."""
    deleted = 0
    for export in CollectiveExport.objects.filter(created_at__lt=now - settings.EXPORTS_KEPT):
        export.file.delete(save=False)
        export.delete()
        deleted += 1
    lost = CollectiveExport.objects.filter(
        Q(state=ExportState.WAITING, created_at__lt=now - _NOT_TAKEN_AFTER)
        | Q(state=ExportState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER)
    )
    ids = list(lost.values_list("pk", flat=True))
    for pk in ids:
        _give(pk)
    return {"deleted": deleted, "given_again": len(ids)}
