"""Young people report, the team decides (OFF-160, MSG-23)."""

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from offers.enums import OfferValidation, ReportState
from offers.exceptions import AlreadyReported, ReportAlreadyDecided, ReportText
from offers.models import OfferReport
from offers.services.reports import dismiss_report, report_offer
from passpro.kernel import outbox
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.offers.factories import OfferFactory

pytestmark = pytest.mark.django_db


def test_the_reason_chooses_the_mailbox(cast):
    fraud = report_offer(user=cast.chloe, offer=OfferFactory(), reason="PRICE_TOO_HIGH")
    other = report_offer(user=cast.chloe, offer=OfferFactory(), reason="OTHER", text=" Bizarre ")

    told = dict(OutboxMessage.objects.values_list("unique_key", "recipient"))
    assert told[f"offer_reported:{fraud.pk}"] == settings.FRAUD_EMAIL
    assert told[f"offer_reported:{other.pk}"] == settings.SUPPORT_EMAIL
    assert other.text == "Bizarre"


@pytest.mark.parametrize(("reason", "text"), [("OTHER", "  "), ("IMPROPER", "Parce que")])
def test_precisions_go_with_other_and_only_with_it(cast, reason, text):
    offer = OfferFactory()
    with pytest.raises(ReportText):
        report_offer(user=cast.chloe, offer=offer, reason=reason, text=text)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfferReport.objects.create(user=cast.chloe, offer=offer, reason=reason, text=text.strip())


def test_one_report_a_person_and_an_offer(cast):
    offer = OfferFactory()
    report_offer(user=cast.chloe, offer=offer, reason="IMPROPER")

    with pytest.raises(AlreadyReported):
        report_offer(user=cast.chloe, offer=offer, reason="INAPPROPRIATE")


def test_the_page_reports_says_what_is_wrong_and_keeps_what_was_typed(cast):
    chloe, offer = cast.client("beneficiary"), cast.offer
    address = f"/app/offre/{offer.pk}/signalement"

    wrong = chloe.post(address, {"reason": "IMPROPER", "text": "Mes mots"})
    done = chloe.post(address, {"reason": "IMPROPER"}, follow=True)

    assert wrong.status_code == 400
    assert "Mes mots" in wrong.text
    assert "Tu as signalé cette offre" in done.text


def test_the_team_dismisses_or_refuses_the_offer(cast):
    kept, refused = OfferFactory(), OfferFactory()
    first = report_offer(user=cast.chloe, offer=kept, reason="IMPROPER")
    second = report_offer(user=cast.chloe, offer=refused, reason="IMPROPER")
    cast.farid.is_superuser = True
    cast.farid.save()
    farid = cast.client("staff")
    pages = "/admin/offers/offerreport"

    queue = farid.get(f"{pages}/?file=a-traiter")
    farid.post(f"{pages}/{first.pk}/classer/", {"reason": "Rien d’anormal"})
    farid.post(f"{pages}/{second.pk}/refuser/", {"reason": "Prix abusif", "code": "OTHER"})

    assert queue.status_code == 200
    for row in (first, second, refused):
        row.refresh_from_db()
    assert first.state == ReportState.DISMISSED
    assert ActionLog.objects.filter(why="Rien d’anormal", subject_id=str(kept.pk)).exists()
    assert second.state == ReportState.UPHELD
    assert refused.validation == OfferValidation.REJECTED
    assert OutboxMessage.objects.filter(event="offers/offer_rejected").count() == 1
    with pytest.raises(ReportAlreadyDecided):
        dismiss_report(report=first, by=SYSTEM, why="Encore")


def test_the_words_for_the_team(cast, snapshot):
    offer = OfferFactory(title="Le Lac des cygnes & autres « pas »", venue__name="Grande salle")
    report = report_offer(user=cast.chloe, offer=offer, reason="OTHER", text="Bizarre & faux")

    content = outbox.content_of(OutboxMessage.objects.get())

    assert "Bizarre &amp; faux" in content["html"]
    text = content["text"].replace(f"offerreport/{report.pk}/", "offerreport/1/")
    assert "\n".join([content["subject"], text]) == snapshot
