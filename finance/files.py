"""Private files handed to those who may see them, with a trace of who looked."""

from django.http import FileResponse

from finance.bank_codes import content_type_of
from finance.enums import BankAccountPart
from finance.models import BankAccount, CashflowBatch
from passpro.kernel import action_log
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog


def open_rib(account: BankAccount, *, by: Actor) -> FileResponse:
    """The RIB, shown in the browser; a file that is gone leaves no trace of a look."""
    opened, name = account.rib.open("rb"), str(account.rib.name)
    note_look(account, BankAccountPart.RIB, by=by)
    extension = name.rsplit(".", 1)[-1]
    return FileResponse(
        opened,
        content_type=content_type_of(name),
        filename=f"RIB-{account.dossier_number}.{extension}",
    )


def note_look(account: BankAccount, what: BankAccountPart, *, by: Actor) -> None:
    """One line in the account's history: who opened what, and when."""
    action_log.record(account, ActionLog.Kind.LOOKED_AT, by=by, why=what.label)


def note_bank_data(batch: CashflowBatch, what: str, *, by: Actor) -> None:
    """A file with the IBANs of a whole batch was handed out."""
    action_log.record(batch, ActionLog.Kind.LOOKED_AT, by=by, why=what)
