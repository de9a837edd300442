"""E-mails about credit: a birthday's, a local authority's. Those of bookings are in emails.py."""

from datetime import timedelta

from django.conf import settings

from bookings.models import Deposit, DepositGrant, LocalCredit
from passpro.accounts.notifications import CREDIT
from passpro.kernel import clock, money
from passpro.kernel.outbox import Email, queue_emails
from passpro.kernel.templatetags.ui import french_day


def queue_credit_added(deposit: Deposit, grant: DepositGrant) -> None:
    """JOB-09: what a birthday brings, unless the person does not want to be told."""
    if not deposit.user.accepts(CREDIT):
        return
    last_day = clock.paris_day(deposit.expires_at - timedelta(seconds=1))
    queue_emails(
        [
            Email(
                event="bookings/credit_added",
                unique_key=f"credit-added:{grant.pk}",
                to=deposit.user.email,
                context={
                    "first_name": deposit.user.get_short_name(),
                    "age": grant.age,
                    "added": money.euros(grant.amount_cents),
                    "left": money.euros(deposit.remaining_cents(grant.granted_at)),
                    "until": french_day(last_day),
                    "url": f"{settings.SITE_URL}/app/credit",
                },
            )
        ]
    )


def queue_local_credit_granted(credit: LocalCredit) -> None:
    """STR-006: a new local credit, unless the person does not want to be told."""
    programme, user = credit.programme, credit.user
    if not user.accepts(CREDIT):
        return
    queue_emails(
        [
            Email(
                event="bookings/local_credit_granted",
                unique_key=f"local-credit:{credit.pk}",
                to=user.email,
                context={
                    "first_name": user.get_short_name(),
                    "label": programme.label,
                    "authority": programme.authority,
                    "amount": money.euros(credit.amount_cents),
                    "since": french_day(programme.starts_on),
                    "until": french_day(programme.ends_on),
                    "where": programme.where_words,
                    "url": f"{settings.SITE_URL}/app/credit",
                },
            )
        ]
    )
