"""Import an answer of the bank: what did not arrive waits, then is paid again (§10.4, §11.4)."""

import hashlib
from dataclasses import dataclass, field

from django.db import transaction

from finance import emails
from finance.bank_answers import Rejection, read_answer
from finance.enums import BatchStatus
from finance.models import BankAnswer, Cashflow, CashflowBatch, ReturnedTransfer
from finance.transfer_file import batch_of_message, blocks_of
from passpro.kernel import clock, money
from passpro.kernel.actor import Actor


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do; `ignored` says for each line why nothing was done."""

    kind: str
    is_try: bool
    returned: list[tuple[str, str, int]] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)


def import_answer(*, content: bytes, by: Actor, is_try: bool = False) -> ImportReport:
    """Keep what the bank sent back; the same file or line twice changes nothing.

    `is_try`: the same report, nothing is written. Raises BankAnswerUnreadable.
    """
    answer = read_answer(content)
    report = ImportReport(kind=answer.kind, is_try=is_try)
    with transaction.atomic():
        stored, _ = BankAnswer.objects.get_or_create(
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={
                "kind": answer.kind,
                "message_id": answer.message_id[:70],
                "imported_at": clock.now(),
                "imported_by_id": by.user_id,
            },
        )
        for rejection in answer.rejections:
            for one in _one_by_one(rejection, report):
                _take(one, stored, report)
        if is_try:
            transaction.set_rollback(True)
    return report


def _one_by_one(rejection: Rejection, report: ImportReport) -> list[Rejection]:
    """A block or a message refused as a whole is each of its transfers refused."""
    if rejection.message_id:
        batch, block_id = batch_of_message(rejection.message_id)
    elif rejection.block_id:
        block_id = rejection.block_id
        batch = CashflowBatch.objects.filter(label=block_id.partition("-")[0]).first()
    else:
        return [rejection]
    references = _references_of(batch, block_id)
    if not references:
        report.ignored.append((rejection.message_id or rejection.block_id, "Lot inconnu"))
    return [
        Rejection(end_to_end_id=reference, code=rejection.code, text=rejection.text)
        for reference in sorted(references)
    ]


def _references_of(batch: CashflowBatch | None, block_id: str) -> list[str]:
    """As written in the file that went to the bank: a batch may have left in several."""
    if batch is None or not batch.transfer_file:
        return []
    with batch.transfer_file.open("rb") as file:
        return list(blocks_of(file.read()).get(block_id, {}))


def _take(rejection: Rejection, answer: BankAnswer, report: ImportReport) -> None:
    reference = rejection.end_to_end_id or "(sans référence)"
    cashflow = _cashflow_of(rejection.end_to_end_id)
    if cashflow is None:
        report.ignored.append((reference, "Référence inconnue : ce virement n’est pas d’ici"))
        return
    if cashflow.batch.status == BatchStatus.GENERATING or cashflow.amount_cents >= 0:
        report.ignored.append((reference, "Ce virement n’a pas été remis à la banque"))
        return
    if ReturnedTransfer.objects.filter(failed_reference=reference).exists():
        report.ignored.append((reference, "Déjà connu : rien de plus à faire"))
        return
    if rejection.amount_cents not in {None, cashflow.paid_cents}:
        report.ignored.append(
            (reference, f"Montant différent : {money.euros(cashflow.paid_cents)} étaient virés")
        )
        return
    returned = ReturnedTransfer.objects.create(
        cashflow=cashflow,
        answer=answer,
        failed_reference=reference,
        reason=rejection.words[:240],
        returned_at=clock.now(),
    )
    report.returned.append((reference, returned.reason, cashflow.paid_cents))
    emails.queue_transfer_returned(returned)


def _cashflow_of(reference: str) -> Cashflow | None:
    """Of a first payment, or of one paid again; locked, so that two imports wait."""
    again = ReturnedTransfer.objects.filter(end_to_end_id=reference).exclude(end_to_end_id="")
    pk = again.values_list("cashflow", flat=True).first()
    wanted = (
        Cashflow.objects.filter(pk=pk) if pk else Cashflow.objects.filter(end_to_end_id=reference)
    )
    found: Cashflow | None = (
        wanted.select_for_update(of=("self",), no_key=True)
        .select_related("batch", "bank_account")
        .first()
    )
    return found


@transaction.atomic
def release_transfer(*, returned_id: int, by: Actor) -> ReturnedTransfer:
    """The team: the account was right, try it again with the next batch."""
    returned: ReturnedTransfer = ReturnedTransfer.objects.lock_for_change(returned_id)
    if returned.paid_again_in_id is None and not returned.is_released:
        returned.is_released = True
        returned.save(update_fields=["is_released"])
    return returned


def pay_again(batch: CashflowBatch) -> int:
    """Put in the batch what came back and may leave now; the caller's transaction, once a batch.

    On the same account once released; else on an account of the structure accepted since then,
    the one of the cashflow's venues first. Answers how many leave.
    """
    done = 0
    waiting = ReturnedTransfer.objects.waiting().lock_all()
    for returned in waiting.select_related("cashflow__bank_account").order_by("pk"):
        account = returned.account_to_use()
        if account is None:
            continue
        returned.paid_again_in = batch
        returned.bank_account = account
        returned.iban, returned.bic = account.iban, account.bic
        returned.end_to_end_id = f"{batch.label}-R{returned.pk}"
        returned.save()
        done += 1
    return done
