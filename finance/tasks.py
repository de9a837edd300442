"""Celery wrappers of finance."""

from datetime import datetime

from celery import shared_task

from finance.documents import store_invoice_pdf
from passpro.kernel import clock
from passpro.kernel.actor import Actor


@shared_task(
    name="finance.make_invoice_pdf",
    ignore_result=True,
    autoretry_for=(OSError,),
    retry_backoff=30,
    max_retries=5,
)
def make_invoice_pdf_task(invoice_id: int) -> None:
    store_invoice_pdf(invoice_id)


@shared_task(name="finance.ask_invoice_pdfs", ignore_result=True)
def ask_invoice_pdfs_task(invoice_ids: list[int]) -> None:
    """One task a document: workers share them, and one that fails is tried again alone."""
    for invoice_id in invoice_ids:
        make_invoice_pdf_task.delay(invoice_id)


@shared_task(name="finance.make_batch", ignore_result=True)
def make_batch_task(
    kind: str, label: str, user_id: int | None, cutoff_at: str | None = None, why: str = ""
) -> None:
    """Delivered twice, the second delivery finds the batch made and stops quietly."""
    from finance.exceptions import CutoffNotAfterLatest
    from finance.services.batch import make_batch

    try:
        make_batch(
            now=clock.now(),
            by=Actor(kind, label, user_id),
            cutoff_at=datetime.fromisoformat(cutoff_at) if cutoff_at else None,
            why=why,
        )
    except CutoffNotAfterLatest:
        return


@shared_task(
    name="finance.make_batch_files",
    ignore_result=True,
    autoretry_for=(OSError,),
    retry_backoff=30,
    max_retries=5,
)
def make_batch_files_task(batch_id: int) -> None:
    from finance.services.batch_files import make_missing_files

    make_missing_files(batch_id=batch_id, now=clock.now())


@shared_task(name="finance.generate_invoices", ignore_result=True)
def generate_invoices_task(batch_id: int, kind: str, label: str, user_id: int | None) -> None:
    """Delivered twice, the second delivery finds nothing left and stops quietly."""
    from finance.exceptions import NothingToInvoice
    from finance.services.invoice import generate_invoices

    try:
        generate_invoices(batch_id=batch_id, now=clock.now(), by=Actor(kind, label, user_id))
    except NothingToInvoice:
        return
