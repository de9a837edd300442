"""Celery wrappers of accounts."""

from celery import shared_task

from passpro.accounts.services import exports


@shared_task(name="accounts.make_export", ignore_result=True)
def make_export_task(export_id: int) -> None:
    exports.make_export(export_id=export_id)
