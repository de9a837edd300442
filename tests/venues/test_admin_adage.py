import pytest
from django.contrib.auth.models import Group

from passpro.kernel.models import ActionLog
from tests.accounts.factories import UserFactory
from tests.venues.factories import AdageRequestFactory
from venues.models import AdageRequest, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client_for):
    farid = UserFactory(staff=True)
    farid.groups.set(Group.objects.all())
    return client_for(farid)


def test_the_team_writes_what_the_commission_says(agent):
    filed = AdageRequestFactory()
    url = f"/admin/venues/adagerequest/{filed.pk}"

    assert str(filed.venue) in agent.get("/admin/venues/adagerequest/?file=a-traiter").text
    agent.post(f"{url}/instruction/", {"file_number": "2026-12"})
    agent.post(f"{url}/acceptation/")
    agent.post(f"{url}/reference/", {"adage_id": "128"})

    filed.refresh_from_db()
    assert (filed.status, filed.file_number) == ("ACCEPTED", "2026-12")
    assert Venue.objects.get(pk=filed.venue_id).adage_id == "128"
    assert ActionLog.objects.filter(subject_id=str(filed.venue_id)).exists()
    assert "En instruction → Acceptée" in agent.get(f"{url}/change/").text


@pytest.mark.parametrize(("verb", "status"), [("refus", "REFUSED"), ("sans-suite", "DROPPED")])
def test_an_end_needs_its_reason(agent, verb, status):
    filed = AdageRequestFactory()
    url = f"/admin/venues/adagerequest/{filed.pk}/{verb}/"

    agent.post(url, {"reason": ""})
    assert AdageRequest.objects.get().status == "SUBMITTED"
    agent.post(url, {"reason": "Dossier incomplet"})
    assert AdageRequest.objects.get().status == status
    twice = agent.post(url, {"reason": "Encore"})
    assert "n’est pas possible" in twice.text


def test_an_agent_without_the_right_decides_nothing(client_for):
    filed = AdageRequestFactory()
    client = client_for(UserFactory(staff=True))

    assert client.post(f"/admin/venues/adagerequest/{filed.pk}/acceptation/").status_code == 403
    assert AdageRequest.objects.get().status == "SUBMITTED"
