"""Exports of bookings: what their files hold; their life is `passpro/kernel/exports.py`."""

from django.db.models import Sum
from django.http import QueryDict

from bookings import exports
from bookings.forms import BookingListForm
from bookings.models import Booking, BookingExport
from bookings.querysets import BookingQuerySet
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.exports import Exports, Table


def wanted_bookings(user: User, query: str) -> BookingQuerySet:
    """What the list shows for this address, all pages, latest booking first (LST-20)."""
    form = BookingListForm(QueryDict(query), user=user)
    form.is_valid()
    wanted = form.filter()
    found = wanted.apply(Booking.objects.of_structures(user)).with_shown_status(clock.now())
    if wanted.status:
        found = found.shown_as(wanted.status, clock.now())
    return found.order_by("-booked_at", "-pk")


def _read(export: BookingExport) -> Table:
    bookings = wanted_bookings(export.user, export.query)
    return Table(
        total=bookings.order_by().aggregate(places=Sum("quantity", default=0))["places"],
        lines=exports.lines_of(bookings),
        write_csv=exports.write_csv,
        write_xlsx=exports.write_xlsx,
    )


def _give(export_id: int) -> None:
    from bookings.tasks import make_export_task

    make_export_task.delay(export_id)


_FILES = Exports(BookingExport, read=_read, give=_give)
ask_export, make_export, tend_exports = _FILES.ask, _FILES.make, _FILES.tend
