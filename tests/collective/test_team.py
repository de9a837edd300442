"""The team cancels school bookings and brings them back (collective.md §4.9)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective.exceptions import BookingCancelled, CannotComeBack, InPayment, InsufficientFund
from collective.models import CollectiveBooking
from collective.services import jobs, team
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.collective.factories import (
    NOW,
    CollectiveBookingFactory,
    SchoolYearFactory,
)

pytestmark = pytest.mark.django_db
BY = Actor("USER", "Équipe")


def test_cancelled_by_the_team_then_brought_back():
    with clock.at(NOW):
        SchoolYearFactory()
        waiting, booked = CollectiveBookingFactory(), CollectiveBookingFactory(confirmed=True)
        for one in (waiting, booked):
            team.cancel_by_team(booking_id=one.pk, reason="BACKOFFICE_EVENT_CANCELLED", by=BY)
            with pytest.raises(BookingCancelled):
                team.cancel_by_team(booking_id=one.pk, reason="BACKOFFICE", by=BY)
        told = OutboxMessage.objects.values_list("event", flat=True)
        assert sorted(set(told)) == ["adage/prereservation-annule", "collective/cancelled"]
        assert team.bring_back(booking_id=waiting.pk, by=BY).status == "PENDING"
        assert team.bring_back(booking_id=booked.pk, by=BY).status == "CONFIRMED"
        with pytest.raises(CannotComeBack):
            team.bring_back(booking_id=booked.pk, by=BY)
    with clock.at(booked.stock.ends_at + timedelta(hours=49)):
        jobs.use(now=clock.now())
        team.cancel_by_team(booking_id=booked.pk, reason="FRAUD", by=BY)
        budget = CollectiveBooking.objects.get(pk=booked.pk).budget
        budget.amount_cents = 199_99
        budget.save()
        with pytest.raises(InsufficientFund):
            team.bring_back(booking_id=booked.pk, by=BY)
        budget.amount_cents = 200_00
        budget.save()
        back = team.bring_back(booking_id=booked.pk, by=BY)
        assert (back.status, back.used_at, back.cancelled_at) == ("USED", clock.now(), None)
        CollectiveBooking.objects.filter(pk=back.pk).update(
            status="REIMBURSED", reimbursed_at=clock.now()
        )
        with pytest.raises(InPayment):
            team.cancel_by_team(booking_id=back.pk, reason="FRAUD", by=BY)


def test_the_place_that_another_class_took_is_not_given_back(client):
    boss = UserFactory(staff=True, is_superuser=True)
    client.force_login(boss)
    with clock.at(NOW):
        SchoolYearFactory()
        booked = CollectiveBookingFactory(budget=None)
        path = reverse("admin:collective_collectivebooking_change", args=[booked.pk])
        path = path.replace("change/", "annuler/")
        assert client.get(path).status_code == 200
        client.post(path, {"reason": "BENEFICIARY"})
        booked.refresh_from_db()
        assert (booked.status, booked.cancellation_reason) == ("CANCELLED", "BENEFICIARY")
        CollectiveBookingFactory(stock=booked.stock)
        with pytest.raises(CannotComeBack):
            team.bring_back(booking_id=booked.pk, by=BY)
