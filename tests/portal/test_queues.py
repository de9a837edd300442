"""The team's home: what waits, since when, at a constant cost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.finance.factories import BankAccountFactory
from tests.offers.factories import OfferFactory
from tests.venues.factories import MembershipFactory, OffererFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def farid(client):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.all())
    client.force_login(user)
    return user


@pytest.mark.usefixtures("farid")
def test_the_home_counts_each_queue_and_says_how_long_the_oldest_waits(client):
    now = clock.now()
    OffererFactory(new=True, created_at=now - timedelta(days=5))
    OffererFactory(new=True, created_at=now - timedelta(hours=2))
    MembershipFactory(pending=True, created_at=now - timedelta(hours=3))
    BankAccountFactory(draft=True)
    OfferFactory(validation="PENDING", is_active=False)

    response = client.get("/admin/")

    found = {one.queue.title: (one.count, one.is_late) for one in response.context["queues"]}
    assert found["Structures à valider"] == (2, True)
    assert found["Rattachements à décider"] == (1, False)
    assert found["Comptes bancaires à contrôler"][0] == 1
    assert found["Offres en instruction"][0] == 1
    assert found["Messages abandonnés"] == (0, False)
    assert "En retard&nbsp;: le plus ancien attend depuis 5" in response.text


@pytest.mark.usefixtures("farid")
def test_each_counter_equals_the_number_of_lines_of_its_list(client):
    OffererFactory.create_batch(3, new=True)
    OffererFactory()
    MembershipFactory.create_batch(2, pending=True)
    OfferFactory(validation="PENDING", is_active=False)
    OfferFactory(validation="PENDING", is_active=False, venue__offerer__new=True)
    BankAccountFactory(draft=True)
    BankAccountFactory()

    for waiting in client.get("/admin/").context["queues"]:
        listed = client.get(waiting.queue.url).context["cl"].result_count
        assert listed == waiting.count, waiting.queue.title


@pytest.mark.usefixtures("farid")
def test_the_number_of_queries_does_not_follow_what_waits(client, django_assert_max_num_queries):
    client.get("/admin/")
    OffererFactory.create_batch(5, new=True)
    MembershipFactory.create_batch(5, pending=True)

    # Session, person, rights, one count of all the queues.
    with django_assert_max_num_queries(6):
        client.get("/admin/")


def test_an_agent_sees_the_queues_of_their_rights_only(client):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name="Finance (lecture)"))
    client.force_login(user)

    titles = [one.queue.title for one in client.get("/admin/").context["queues"]]

    assert titles == [
        "Comptes bancaires à contrôler",
        "Lots de virements à contrôler",
        "Incidents à valider",
        "Virements refusés par la banque",
        "Alertes du contrôle de nuit",
    ]


@pytest.mark.usefixtures("farid")
@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("/admin/venues/offerer/", "Structures"),
        ("/admin/venues/offerer/?file=a-traiter", "Structures à valider"),
        ("/admin/venues/offerer/?a-surveiller=fermeture", "Fermetures demandées"),
        ("/admin/venues/offerertag/", "Étiquettes"),
    ],
)
def test_one_line_of_the_menu_is_where_the_agent_stands(client, page, title):
    groups = client.get(page).context["sidebar_navigation"]

    lines = [line for group in groups for line in group["items"]]
    assert [str(line["title"]) for line in lines if line["active"]] == [title]
