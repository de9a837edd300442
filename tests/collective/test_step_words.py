"""Who cancelled, what to do next, what the bank account lets happen (collective.md §3.7)."""

from datetime import timedelta

import pytest

from collective.models import CollectiveOffer
from collective.presentation import timeline
from collective.services import book, cancel, jobs
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from tests.collective.factories import (
    NOW,
    CollectiveBookingFactory,
    CollectiveStockFactory,
    SchoolYearFactory,
)
from tests.finance.factories import BankAccountFactory, paid_venue

pytestmark = pytest.mark.django_db
BY, HEAD = Actor("USER", "Marie"), Actor.school("La cheffe")


def last_step(booking_or_stock):
    pk = getattr(booking_or_stock, "offer_id", None) or booking_or_stock.stock.offer_id
    offer = CollectiveOffer.objects.get(pk=pk)
    steps = timeline(offer, offer.display_status_at(clock.now()), clock.now())
    return [one for one in steps if one.state != "todo"][-1]


def test_each_end_says_who_and_leads_on():
    with clock.at(NOW):
        SchoolYearFactory()
        refused, called_off, dropped = (CollectiveBookingFactory() for _ in range(3))
        booked = CollectiveBookingFactory(confirmed=True)
        late = CollectiveBookingFactory()
        alone = CollectiveStockFactory()
        book.refuse(booking_id=refused.pk, by=HEAD)
        cancel.cancel_booking(offer_id=called_off.stock.offer_id, by=BY)
        assert last_step(refused).why == "L’établissement a refusé la préréservation."
        assert last_step(called_off).why == "Annulée par le partenaire culturel."
        assert last_step(called_off).link.startswith("Dupliquer l’offre")
        type(dropped).objects.filter(pk=dropped.pk).update(
            status="CANCELLED", cancelled_at=NOW, cancellation_reason="BACKOFFICE_OFFER_MODIFIED"
        )
        assert last_step(dropped).why == "Annulée par l’équipe PassPro : offre modifiée."
        step = last_step(booked)
        assert "ne peut plus annuler après le" in step.why
        assert step.href.endswith("/baisse")
    with clock.at(booked.cancellation_limit_at):
        assert "ne peut plus annuler. Vous pouvez annuler" in last_step(booked).why
    with clock.at(late.confirmation_limit_at):
        jobs.expire(now=clock.now())
        assert "Le chef d’établissement n’a pas confirmé" in last_step(late).why
        assert last_step(late).href.endswith("/date-limite")
    with clock.at(alone.starts_at):
        assert last_step(alone).why.startswith("Annulée automatiquement")
        assert [last_step(late).label, last_step(late).at] == ["Annulée", late.stock.starts_at]


def test_waiting_for_money_says_what_the_bank_account_lets_happen():
    with clock.at(NOW):
        SchoolYearFactory()
        booked = CollectiveBookingFactory(confirmed=True)
    with clock.at(booked.stock.ends_at + timedelta(hours=47)):
        assert "baisser le prix" in last_step(booked).why
    with clock.at(booked.stock.ends_at + timedelta(hours=49)):
        jobs.use(now=clock.now())
        assert last_step(booked).link == "Ajouter un compte bancaire"
        BankAccountFactory(offerer=booked.venue.offerer, status="ON_GOING")
        assert last_step(booked).link == "Suivre la vérification"
        paid_venue(booked.venue)
        assert "sous deux à trois semaines" in last_step(booked).why
