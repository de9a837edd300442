"""Celery wrappers of bookings."""

from celery import shared_task


@shared_task(name="bookings.make_export", ignore_result=True)
def make_export_task(export_id: int) -> None:
    from bookings.services.export import make_export

    make_export(export_id=export_id)


@shared_task(name="bookings.cancel_bookings_of_closed", ignore_result=True)
def cancel_bookings_of_closed_task(offerer_id: int) -> None:
    from bookings.services.structures import cancel_now

    cancel_now(offerer_id)
