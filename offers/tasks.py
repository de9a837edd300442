"""Celery wrappers of offers."""

from celery import shared_task


@shared_task(name="offers.run_series", ignore_result=True)
def run_series_task(task_id: int) -> None:
    from offers.services.series import run_series

    run_series(task_id=task_id)


@shared_task(name="offers.run_bulk", ignore_result=True)
def run_bulk_task(action_id: int) -> None:
    from offers.services.bulk import run_bulk

    run_bulk(action_id=action_id)


@shared_task(name="offers.run_upload", ignore_result=True)
def run_upload_task(upload_id: int) -> None:
    from offers.services.partner_uploads import run_upload

    run_upload(upload_id)


@shared_task(name="offers.run_feed", ignore_result=True)
def run_feed_task(link_id: int) -> None:
    from offers.services.feeds import run_feed

    run_feed(link_id=link_id)
