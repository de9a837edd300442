"""Young people report an offer, the team decides (OFF-160, MSG-23)."""

from django.db import IntegrityError, transaction

from offers import emails
from offers.enums import ReportReason, ReportState
from offers.exceptions import AlreadyReported, NotForYoungPeople, ReportAlreadyDecided, ReportText
from offers.models import Offer, OfferReport
from passpro.accounts.models import User
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog


@transaction.atomic
def report_offer(*, user: User, offer: Offer, reason: str, text: str = "") -> OfferReport:
    """One report a person and an offer; the fraud mailbox, or support for « Autre », is told.

    Raises NotForYoungPeople, ReportText (precisions go with OTHER and only with it) and
    AlreadyReported.
    """
    if not user.is_beneficiary:
        raise NotForYoungPeople
    text = text.strip()
    if (reason == ReportReason.OTHER) != bool(text):
        raise ReportText(field="text")
    try:
        with transaction.atomic():
            report = OfferReport.objects.create(user=user, offer=offer, reason=reason, text=text)
    except IntegrityError:
        raise AlreadyReported from None
    emails.queue_offer_reported(report)
    return report


@transaction.atomic
def dismiss_report(*, report: OfferReport, by: Actor, why: str) -> OfferReport:
    """The team sees nothing wrong; the offer stays. Raises ReportAlreadyDecided."""
    locked = _lock(report)
    locked.state, locked.decided_at = ReportState.DISMISSED, clock.now()
    locked.save(update_fields=["state", "decided_at"])
    changes = {"signalement": [ReportState.NEW.label, ReportState.DISMISSED.label]}
    action_log.record(locked.offer, ActionLog.Kind.MODIFIED, by=by, why=why, changes=changes)
    return locked


@transaction.atomic
def uphold_reports(*, offer: Offer) -> int:
    """The offer is refused: its waiting reports were right; answers how many."""
    waiting = OfferReport.objects.filter(offer=offer, state=ReportState.NEW)
    return waiting.update(state=ReportState.UPHELD, decided_at=clock.now())


def _lock(report: OfferReport) -> OfferReport:
    rows = OfferReport.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("offer").get(pk=report.pk)
    if locked.state != ReportState.NEW:
        raise ReportAlreadyDecided
    return locked
