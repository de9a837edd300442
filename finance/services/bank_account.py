"""File a bank account, decide on it, link venues to it (§14)."""

import logging
import secrets
from datetime import datetime

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from finance import emails, transitions
from finance.bank_codes import clean_bic, clean_iban, rib_extension
from finance.enums import CLOSED_ACCOUNT_STATUSES, BankAccountStatus
from finance.exceptions import (
    BankAccountAlreadyFiled,
    BankAccountNotFound,
    DecisionNeedsReason,
    VenueAlreadyLinked,
)
from finance.models import BankAccount, OffererDefaultAccount, VenueBankAccountLink
from finance.permissions import check_administrator
from finance.querysets import PeriodQuerySet
from finance.services.pricing_points import (
    current_pricing_points,
    ensure_own_pricing_points,
    settle_digital_venues,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Offerer, Venue

logger = logging.getLogger(__name__)

_NO_LOOKALIKES = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_NEEDS_REASON = CLOSED_ACCOUNT_STATUSES | {BankAccountStatus.WITH_PENDING_CORRECTIONS}


@transaction.atomic
def file_bank_account(
    *,
    offerer_id: int,
    iban: str,
    bic: str,
    rib: UploadedFile,
    by: Actor,
    label: str = "",
    venue_id: int | None = None,
) -> BankAccount:
    """Store a dossier to be checked by the team (§14.2), with its RIB in the private storage.

    Filed again after « à corriger », it replaces the former dossier, which is closed. Raises
    InvalidIban, InvalidBic, InvalidRib, BankAccountAlreadyFiled, NotAllowed.
    """
    now = clock.now()
    offerer = Offerer.objects.lock_for_change(offerer_id)
    check_administrator(by, offerer)
    iban = clean_iban(iban)
    bic = clean_bic(bic, iban=iban)
    extension = rib_extension(rib)
    _replace_dossier_to_correct(offerer, iban, now=now, by=by)
    venue = Venue.objects.filter(offerer=offerer, pk=venue_id).first() if venue_id else None
    account = BankAccount(
        offerer=offerer,
        venue=venue,
        iban=iban,
        bic=bic,
        filed_by_id=by.user_id,
        filed_at=now,
        dossier_number="".join(secrets.choice(_NO_LOOKALIKES) for _ in range(10)),
    )
    account.label = label.strip() or (venue.shown_name[:100] if venue else account.masked_iban)
    account.rib.name = default_storage.save(
        f"rib/{offerer.pk}/{account.dossier_number}.{extension}", rib
    )
    account.save(force_insert=True)
    transitions.open_account_period(account, now=now, by=by)
    return account


def _replace_dossier_to_correct(offerer: Offerer, iban: str, *, now: datetime, by: Actor) -> None:
    """Nothing of a dossier is edited (§14.2-5): the corrected one is new and closes the former."""
    former = BankAccount.objects.shown().of_iban(iban).filter(offerer=offerer).first()
    if former is None:
        return
    former = BankAccount.objects.lock_for_change(former.pk)
    if former.status != BankAccountStatus.WITH_PENDING_CORRECTIONS:
        raise BankAccountAlreadyFiled(field="iban")
    transitions.move_account(
        former,
        BankAccountStatus.WITHOUT_CONTINUATION,
        now=now,
        by=by,
        why="Remplacé par un nouveau dossier",
        decided_at=now,
    )


@transaction.atomic
def decide_bank_account(
    *, bank_account_id: int, to: BankAccountStatus, by: Actor, why: str = ""
) -> BankAccount:
    """The team's decision (§14.3). Accepted: links the venue it was filed for, or the only one.

    A refusal or a correction needs `why` (told to the structure) and closes the open links.
    Raises DecisionNeedsReason, ForbiddenTransition.
    """
    now = clock.now()
    account = BankAccount.objects.lock_for_change(bank_account_id)
    why = why.strip()
    if to in _NEEDS_REASON and not why:
        raise DecisionNeedsReason(field="why")
    if account.status == to:
        return account
    facts = {"decided_at": now} if to in CLOSED_ACCOUNT_STATUSES or to == "ACCEPTED" else {}
    transitions.move_account(account, to, now=now, by=by, why=why, reason=why, **facts)
    if to == BankAccountStatus.ACCEPTED:
        _link_on_acceptance(account, now=now, by=by)
        emails.queue_account_accepted(account)
    elif to in CLOSED_ACCOUNT_STATUSES:
        _close_all(account, now=now, by=by)
    if to in _NEEDS_REASON:
        emails.queue_account_not_accepted(account)
    return account


def _link_on_acceptance(account: BankAccount, *, now: datetime, by: Actor) -> None:
    """§14.3: the venue it was filed for, or the only physical one of the structure."""
    physical = list(account.offerer.venues.filter(is_virtual=False).order_by("pk")[:2])
    venue = account.venue or (physical[0] if len(physical) == 1 else None)
    if venue is None:
        return
    ensure_own_pricing_points(offerer_id=account.offerer_id)
    settle_digital_venues(now=now, venue_ids=[venue.pk])
    current = VenueBankAccountLink.objects.open().filter(venue=venue).first()
    if current and current.bank_account_id == account.pk:
        return
    if current:
        _close(VenueBankAccountLink.objects.filter(pk=current.pk), now=now, by=by)
    VenueBankAccountLink.objects.create(
        venue=venue, bank_account=account, started_at=now, opened_by=by.label
    )


def _close_all(account: BankAccount, *, now: datetime, by: Actor) -> None:
    _close(VenueBankAccountLink.objects.open().filter(bank_account=account), now=now, by=by)
    _close(OffererDefaultAccount.objects.open().filter(bank_account=account), now=now, by=by)


def _close(links: PeriodQuerySet, *, now: datetime, by: Actor) -> None:
    links.update(ended_at=now, closed_by=by.label)


@transaction.atomic
def link_venues(
    *,
    offerer_id: int,
    bank_account_id: int,
    venue_ids: set[int],
    by: Actor,
    as_default: bool | None = None,
) -> dict[str, list[int]]:
    """Make the venues of the account exactly these (§14.4); `as_default`: §14.5-2, None = as is.

    Answers {"linked": ids, "unlinked": ids, "ignored": ids}; ignored ones have no pricing point,
    venues of another structure are left out. Raises BankAccountNotFound, VenueAlreadyLinked
    (everything is refused), NotAllowed.
    """
    now = clock.now()
    offerer = Offerer.objects.lock_for_change(offerer_id)
    check_administrator(by, offerer)
    account = BankAccount.objects.accepted().filter(offerer=offerer, pk=bank_account_id).first()
    if account is None:
        raise BankAccountNotFound
    ensure_own_pricing_points(offerer_id=offerer.pk)
    wanted = {v.pk: v for v in Venue.objects.filter(offerer=offerer, pk__in=venue_ids)}
    links = VenueBankAccountLink.objects.open().filter(venue__offerer=offerer)
    current = {link.venue_id: link for link in links.select_related("venue")}
    elsewhere = [
        wanted[pk].shown_name
        for pk, link in sorted(current.items())
        if pk in wanted and link.bank_account_id != account.pk
    ]
    if elsewhere:
        raise VenueAlreadyLinked(elsewhere)
    to_link = [pk for pk in sorted(wanted) if pk not in current]
    settle_digital_venues(now=now, venue_ids=to_link)
    priced = current_pricing_points(to_link, now=now)
    ignored = [pk for pk in to_link if pk not in priced]
    to_link = [pk for pk in to_link if pk in priced]
    if ignored:
        logger.warning("Venues without pricing point were not linked.", extra={"ids": ignored})
    to_close = [
        link
        for pk, link in sorted(current.items())
        if link.bank_account_id == account.pk and pk not in wanted
    ]
    _close(VenueBankAccountLink.objects.filter(pk__in=[i.pk for i in to_close]), now=now, by=by)
    VenueBankAccountLink.objects.bulk_create(
        VenueBankAccountLink(venue_id=pk, bank_account=account, started_at=now, opened_by=by.label)
        for pk in to_link
    )
    if as_default is not None:
        _choose_default(account, as_default, now=now, by=by)
    for link in to_close:
        emails.queue_venue_unlinked(link, account)
    return {
        "linked": to_link,
        "unlinked": [link.venue_id for link in to_close],
        "ignored": ignored,
    }


def _choose_default(account: BankAccount, chosen: bool, *, now: datetime, by: Actor) -> None:
    """Open or close the structure's default account; the former one closes at the same instant."""
    current = OffererDefaultAccount.objects.open().filter(offerer=account.offerer).first()
    is_current = current is not None and current.bank_account_id == account.pk
    if chosen == is_current:
        return
    if current is not None and (chosen or is_current):
        _close(OffererDefaultAccount.objects.filter(pk=current.pk), now=now, by=by)
    if chosen:
        OffererDefaultAccount.objects.create(
            offerer=account.offerer, bank_account=account, started_at=now, opened_by=by.label
        )
