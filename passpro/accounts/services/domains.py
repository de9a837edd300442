"""E-mail domains that open no account any more (SUS-03, §14.2 « Domain blacklist »)."""

from django.db import IntegrityError, transaction

from passpro.accounts.exceptions import DomainAlreadyBlocked, EmailDomainBlocked
from passpro.accounts.models import BlockedDomain
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog


@transaction.atomic
def block_domain(*, domain: str, why: str, by: Actor) -> BlockedDomain:
    """From now on no account is opened with this domain; raises DomainAlreadyBlocked.

    Accounts that exist stay: see `passpro.portal.suspensions`.
    """
    try:
        with transaction.atomic():
            blocked = BlockedDomain.objects.create(
                domain=domain.strip().lower(), why=why.strip(), blocked_at=clock.now()
            )
    except IntegrityError:
        raise DomainAlreadyBlocked(field="domain") from None
    action_log.record(blocked, ActionLog.Kind.CREATED, by=by, why=why)
    return blocked


@transaction.atomic
def unblock_domain(*, blocked: BlockedDomain, by: Actor) -> None:
    """The domain opens accounts again; suspended people stay suspended."""
    action_log.record(blocked, ActionLog.Kind.DELETED, by=by)
    blocked.delete()


def check_domain(email: str) -> None:
    """Raise EmailDomainBlocked, about the field `email`."""
    domain = email.rpartition("@")[2].strip().lower()
    if BlockedDomain.objects.filter(domain=domain).exists():
        raise EmailDomainBlocked(field="email")
