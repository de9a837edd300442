import re

import pytest
from django.contrib.auth.models import Group

from tests.accounts.factories import UserFactory
from tests.venues.factories import ProviderFactory, VenueProviderFactory
from venues.models import Provider
from venues.services.api_keys import authenticate

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client_for):
    farid = UserFactory(staff=True)
    farid.groups.set(Group.objects.all())
    return client_for(farid)


def test_the_team_adds_a_partner_and_gives_it_a_key_shown_once(agent):
    added = agent.post(
        "/admin/venues/provider/add/",
        {
            "name": "Harmonie", "kind": "TICKETING", "is_listed": "on",
            "api_keys-TOTAL_FORMS": 0, "api_keys-INITIAL_FORMS": 0,
            "venue_links-TOTAL_FORMS": 0, "venue_links-INITIAL_FORMS": 0,
        },
    )  # fmt: skip
    provider = Provider.objects.get()
    url = f"/admin/venues/provider/{provider.pk}"

    asked = agent.get(f"{url}/cle/").text
    shown = agent.post(f"{url}/cle/", {"label": "Serveurs"})

    assert added.status_code == 302
    assert "une seule fois" in asked
    key = authenticate(re.search(r"test_[0-9a-f]{12}_[0-9a-f]{64}", shown.text)[0])
    assert key.provider == provider
    assert "no-store" in shown["Cache-Control"]
    page = agent.get(f"{url}/change/").text
    assert key.prefix in page
    assert key.secret_hash not in page
    assert provider.signing_key not in page


def test_the_team_switches_a_partner_off_with_a_reason(agent):
    link = VenueProviderFactory()
    url = f"/admin/venues/provider/{link.provider_id}"

    agent.post(f"{url}/activite/", {"reason": "Appels anormaux"})

    assert not Provider.objects.get().is_active
    assert "Appels anormaux" in agent.get(f"{url}/change/").text
    assert link.venue.name in agent.get("/admin/venues/venueprovider/").text


def test_an_agent_without_the_right_sees_no_partner(client_for):
    client = client_for(UserFactory(staff=True))
    provider = ProviderFactory()

    assert client.get("/admin/venues/provider/").status_code == 403
    assert client.post(f"/admin/venues/provider/{provider.pk}/cle/", {}).status_code == 403
