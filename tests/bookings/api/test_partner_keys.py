"""A partner's key acts for the venues that authorised it, and sees nothing else (API-20)."""

import pytest
from django.test import Client

from tests.venues.factories import ProviderKeyFactory, VenueProviderFactory, full_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(cast):
    link = VenueProviderFactory(venue=cast.venue)
    key = ProviderKeyFactory(provider=link.provider)
    return link, Client(headers={"Authorization": f"Bearer {full_key(key)}"})


def test_a_partner_reads_and_validates_for_a_venue_that_authorised_it(cast, partner):
    link, client = partner
    code = cast.booking.countermark

    read = client.get(f"/v2/bookings/token/{code}")
    used = client.patch(f"/v2/bookings/use/token/{code}")

    assert read.status_code == 200
    assert used.status_code == 204
    link.refresh_from_db()
    assert link.last_used_at is not None
    cast.booking.refresh_from_db()
    assert cast.booking.status == "USED"
    assert client.patch(f"/v2/bookings/keep/token/{code}").status_code == 204


@pytest.mark.parametrize("status", ["PAUSED", "REVOKED"])
def test_a_link_switched_off_hides_the_booking_at_once(cast, partner, status):
    link, client = partner
    type(link).objects.filter(pk=link.pk).update(status=status)
    code = cast.booking.countermark

    answers = [
        client.get(f"/v2/bookings/token/{code}"),
        client.patch(f"/v2/bookings/use/token/{code}"),
        client.patch(f"/v2/bookings/cancel/token/{code}"),
    ]

    unknown = client.get("/v2/bookings/token/ZZZZZZ")
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == unknown.content


def test_a_partner_switched_off_is_refused(cast, partner):
    link, client = partner
    link.provider.is_active = False
    link.provider.save()

    answer = client.get(f"/v2/bookings/token/{cast.booking.countermark}")

    assert answer.status_code == 403
    assert answer.json() == {"auth": ["Inactive provider"]}
