"""Files of offers and bookings for schools: what they hold (§12.7, §12.9)."""

from datetime import datetime
from functools import partial

from django.http import QueryDict

from collective import exports
from collective.enums import ExportOf
from collective.list_forms import BookingFilter, ListFilter
from collective.models import CollectiveBooking, CollectiveExport, CollectiveOffer
from collective.querysets import CollectiveBookingQuerySet, CollectiveOfferQuerySet
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.exports import Exports, Table


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


def _read(export: CollectiveExport) -> Table:
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
    return Table(
        total=total,
        lines=lines,
        write_csv=partial(exports.write_csv, titles),
        write_xlsx=partial(exports.write_xlsx, titles),
    )


def _give(export_id: int) -> None:
    from collective.tasks import make_collective_export_task

    make_collective_export_task.delay(export_id)


_FILES = Exports(CollectiveExport, read=_read, give=_give)
ask_export, make_export, tend_exports = _FILES.ask, _FILES.make, _FILES.tend
