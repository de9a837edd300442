"""The words of every e-mail about offers for schools (§10), as they are sent."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from collective.services import book, cancel, incidents, jobs, publish, requests, templates
from passpro.kernel import clock, outbox
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.collective.factories import (
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveStockFactory,
    CollectiveTemplateFactory,
    InstitutionFactory,
    SchoolYearFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 11, 13, 52, 50, tzinfo=UTC)
BY = Actor("USER", "Camille Le Goff")


def stock(title, *, days=40, limit=20, **offer):
    facts = {
        "venue__name": "Legilog - Harmonie",
        "title": title,
        "institution": InstitutionFactory(),
        **offer,
    }
    return CollectiveStockFactory(
        offer=CollectiveOfferFactory(**facts),
        starts_at=NOW + timedelta(days=days),
        booking_limit_at=NOW + timedelta(days=limit),
    )


def sent():
    """Every message as text, with its HTML; the numbers of offers are taken out."""
    shown = []
    for message in OutboxMessage.objects.filter(kind="EMAIL").order_by("pk"):
        content = outbox.content_of(message)
        words = "\n".join([content["subject"], content["text"], content["html"]])
        words = re.sub(r"(n°(?:.|&nbsp;)|/(?:offre|vitrine|demande)/)\d+", r"\g<1>1", words)
        shown.append(f"{message.event} → {message.recipient}\n{words}")
    return "\n\n".join(shown)


def test_the_words_of_every_email(snapshot):
    with clock.at(NOW):
        SchoolYearFactory()
        held = stock("Devis n°D-00003", booking_emails=["un@example.org", "deux@example.org"])
        book.prebook(
            offer_id=held.offer_id,
            visitor=book.Visitor(
                "claire.vidal@ac.example", held.offer.institution.uai, "Claire", "Vidal", "Mme",
                may_prebook=True,
            ),
        )  # fmt: skip
        teacher = held.bookings.get().redactor
        one = CollectiveBookingFactory(stock=stock("Confirmée"), redactor=teacher)
        BudgetFactory(institution=one.institution, year=one.year)
        book.confirm(booking_id=one.pk, by=Actor.school("La cheffe"))
        two = CollectiveBookingFactory(stock=stock("Refusée"), redactor=teacher)
        book.refuse(booking_id=two.pk, by=Actor.school("La cheffe"))
        three = CollectiveBookingFactory(stock=stock("Annulée"), redactor=teacher)
        cancel.cancel_booking(offer_id=three.stock.offer_id, by=BY)
        CollectiveBookingFactory(stock=stock("Expirée", limit=0), redactor=teacher)
        jobs.expire(now=NOW)
        CollectiveBookingFactory(
            stock=stock("Demain", days=1, limit=-2), redactor=teacher, confirmed=True
        )
        CollectiveBookingFactory(
            stock=stock("Hier", days=-1, limit=-2), redactor=teacher, confirmed=True
        )
        CollectiveBookingFactory(stock=stock("Bientôt", limit=3), redactor=teacher)
        jobs.remind(now=NOW)
        paid = CollectiveBookingFactory(
            stock=stock("Reprise", days=-9, limit=-20), redactor=teacher, confirmed=True,
            status="REIMBURSED", used_at=NOW, reimbursed_at=NOW,
        )  # fmt: skip
        incidents.tell_incident(
            booking_id=paid.pk, reason="MISSING_PEOPLE", cents=50_00, details="7 absents", by=BY
        )
        waiting = {"validation": "PENDING", "is_active": False, "validated_at": None}
        publish.approve_offer(offer_id=stock("Acceptée", **waiting).offer_id, by=BY)
        publish.reject_offer(
            offer_id=stock("Refusée par l’équipe", **waiting).offer_id,
            reason="Le prix est manquant & la date aussi.",
            by=BY,
        )
        shown = CollectiveTemplateFactory(title="Vitrine acceptée", venue__name="Salle", **waiting)
        templates.decide_template(template_id=shown.pk, is_approved=True, by=BY)
        requests.send_request(
            template_id=shown.pk,
            visitor=book.Visitor(
                teacher.email, held.offer.institution.uai, "Claire", "Vidal", "Mme"
            ),
            wish=requests.Wish("Deux séances ?", "0298000001", date(2026, 6, 2), 28, 3),
        )

        assert sent() == snapshot
