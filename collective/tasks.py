"""Celery wrappers of offers for schools."""

from celery import shared_task


@shared_task(name="collective.cancel_bookings_of_closed", ignore_result=True)
def cancel_bookings_of_closed_task(offerer_id: int) -> None:
    from collective.services.structures import cancel_now

    cancel_now(offerer_id)


def cancel_after_closing(offerer_id: int) -> None:
    """Given to a worker; the hourly job does what was not taken."""
    cancel_bookings_of_closed_task.delay(offerer_id)


@shared_task(name="collective.make_export", ignore_result=True)
def make_collective_export_task(export_id: int) -> None:
    from collective.services.export import make_export

    make_export(export_id=export_id)
