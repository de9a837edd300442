"""Grant a local credit to young people, take back what is left of it (STR-006)."""

from dataclasses import dataclass, field

from django.db import transaction

from bookings import credit_emails, exceptions
from bookings.enums import LocalMovementKind
from bookings.models import LocalCredit, LocalMovement, LocalProgramme
from passpro.accounts.models import User
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog


@transaction.atomic
def grant_local_credit(*, programme: LocalProgramme, beneficiary: User, by: Actor) -> LocalCredit:
    """Give a person the amount of the programme, once; told by e-mail unless they refuse it.

    Raises NotEligible (no young person's account), ProgrammeOver, LocalCreditAlreadyGranted.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=beneficiary.pk)
    if not user.is_beneficiary or user.is_staff:
        raise exceptions.NotEligible(field="beneficiary")
    if programme.ends_on < clock.today():
        raise exceptions.ProgrammeOver(field="beneficiary")
    credit, made = LocalCredit.objects.get_or_create(
        programme=programme,
        user=user,
        defaults={"amount_cents": programme.amount_cents, "created_at": clock.now()},
    )
    if not made:
        raise exceptions.LocalCreditAlreadyGranted(field="beneficiary")
    LocalMovement.objects.create(
        credit=credit,
        kind=LocalMovementKind.GRANT,
        cents=credit.amount_cents,
        at=credit.created_at,
        **by.as_columns(),
    )
    credit_emails.queue_local_credit_granted(credit)
    return credit


@dataclass(slots=True)
class GrantReport:
    """How many received it; each address that did not, with the reason."""

    granted: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def grant_to_many(*, programme: LocalProgramme, addresses: list[str], by: Actor) -> GrantReport:
    """Grant to each address on its own: one refusal does not stop the others."""
    report = GrantReport()
    for address in dict.fromkeys(one.strip().lower() for one in addresses if one.strip()):
        user = User.objects.filter(email=address).first()
        try:
            if user is None:
                raise exceptions.NobodyAtThisAddress
            grant_local_credit(programme=programme, beneficiary=user, by=by)
        except exceptions.GRANT_REFUSALS as error:
            report.refused.append((address, error.message))
        else:
            report.granted += 1
    return report


@transaction.atomic
def withdraw_local_credit(*, credit_id: int, by: Actor, why: str) -> LocalCredit:
    """What is left can no longer be spent; what was spent stays. Played again: nothing.

    A booking cancelled later gives its cents back to the withdrawn credit, where they stay.
    """
    credit: LocalCredit = LocalCredit.objects.lock_for_spending().get(pk=credit_id)
    if credit.withdrawn_at is None:
        credit.withdrawn_at = clock.now()
        credit.save(update_fields=["withdrawn_at"])
        action_log.record(credit, ActionLog.Kind.SUSPENDED, by=by, why=why)
    return credit
