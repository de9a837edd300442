"""Celery wrappers of the kernel."""

from celery import shared_task

from passpro.kernel import outbox


@shared_task(name="kernel.deliver_message", ignore_result=True)
def deliver_message_task(message_id: int) -> None:
    outbox.deliver(message_id)


@shared_task(name="kernel.sweep_outbox", ignore_result=True)
def sweep_outbox_task() -> None:
    outbox.sweep()
