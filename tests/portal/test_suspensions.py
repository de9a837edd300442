import pytest
from django.contrib.auth.models import Group

from passpro.accounts.exceptions import EmailDomainBlocked
from passpro.accounts.models import BlockedDomain
from passpro.accounts.services.sign_up import sign_up
from tests.accounts.factories import PASSWORD, UserFactory
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db
URL = "/admin/suspensions/"


@pytest.fixture
def fatou(client):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name="Fraude jeunes"))
    client.force_login(user)
    return user


def test_a_domain_is_summed_up_then_suspended_and_blocked(client, fatou):
    young = UserFactory(beneficiary=True, email="a@jetable.example")
    pro = MembershipFactory(user__email="b@jetable.example").user
    UserFactory(beneficiary=True, email="c@autre-jetable.example")
    typed = {
        "domain": "@Jetable.example", "block": "on", "reason": "BLACKLISTED_DOMAIN",
        "comment": "Adresses à usage unique",
    }  # fmt: skip

    summary = client.post(URL, typed)
    young.refresh_from_db()
    assert young.is_active
    assert [person.email for person in summary.context["plan"].people] == [young.email]
    assert summary.context["plan"].left == [(pro, "acteur culturel")]

    report = client.post(URL, typed | {"confirmed": "1"})

    assert "1 sur 1" in report.text
    young.refresh_from_db()
    pro.refresh_from_db()
    assert (young.is_active, young.suspension_reason) == (False, "BLACKLISTED_DOMAIN")
    assert pro.is_active
    with pytest.raises(EmailDomainBlocked):
        sign_up(email="d@jetable.example", password=PASSWORD, first_name="D", last_name="D")

    blocked = BlockedDomain.objects.get()
    client.post(f"/admin/accounts/blockeddomain/{blocked.pk}/delete/", {"post": "yes"})
    assert sign_up(email="d@jetable.example", password=PASSWORD, first_name="D", last_name="D")


def test_numbers_are_checked_and_agents_are_left(client, fatou):
    young, agent = UserFactory(beneficiary=True), UserFactory(staff=True)
    typed = {"reason": "FRAUD_DUPLICATE", "comment": "Doublons"}

    both = client.post(URL, typed | {"numbers": "1", "domain": "x.example"})
    wrong = client.post(URL, typed | {"numbers": "12, abc"})
    plan = client.post(URL, typed | {"numbers": f"{young.pk}, {agent.pk} 99999999"}).context["plan"]

    assert (both.status_code, wrong.status_code) == (400, 400)
    assert plan.people == [young]
    assert plan.left == [(agent, "agent")]
    assert plan.unknown == [99999999]


def test_others_than_the_fraud_team_get_403(client):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name="Support jeunes"))
    client.force_login(user)

    assert client.get(URL).status_code == 403
