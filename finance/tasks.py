"""Celery wrappers of finance."""

from celery import shared_task

from finance.documents import store_invoice_pdf


@shared_task(
    name="finance.make_invoice_pdf",
    ignore_result=True,
    autoretry_for=(OSError,),
    retry_backoff=30,
    max_retries=5,
)
def make_invoice_pdf_task(invoice_id: int) -> None:
    store_invoice_pdf(invoice_id)
