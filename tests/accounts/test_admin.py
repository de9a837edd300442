from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission

from passpro.accounts.models import User
from passpro.accounts.staff_groups import GROUPS, sync_staff_groups
from passpro.kernel import clock
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


def agent(*groups):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def test_groups_are_written_after_each_migration_with_known_rights():
    assert set(GROUPS) <= set(Group.objects.values_list("name", flat=True))
    before = Group.objects.get(name="Homologation").permissions.count()
    Group.objects.get(name="Homologation").permissions.add(
        Permission.objects.get(codename="add_session")
    )

    sync_staff_groups()

    homologation = Group.objects.get(name="Homologation")
    assert homologation.permissions.count() == before
    codes = set(homologation.permissions.values_list("codename", flat=True))
    assert {"decide_offerer", "decide_membership", "view_offerer"} <= codes
    assert "manage_admin_accounts" not in codes
    reading = Group.objects.get(name="Lecture seule").permissions
    assert not reading.exclude(codename__regex="^(view|read)_").exists()


def test_the_admin_is_for_agents_and_uses_the_common_sign_in_page(client):
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/connexion?next=%2Fadmin%2F"
    client.force_login(UserFactory())
    assert client.get("/admin/", follow=True).status_code == 403


def test_an_agent_without_right_gets_403_by_direct_address(client):
    client.force_login(agent("Finance"))

    assert client.get("/admin/").status_code == 200
    assert client.get(USERS).status_code == 403
    assert client.get("/admin/kernel/outboxmessage/").status_code == 403


def test_young_peoples_accounts_are_made_here_and_told_by_email(client):
    client.force_login(agent("Support jeunes"))
    birth = clock.today() - timedelta(days=18 * 366)
    typed = {
        "email": "Chloe@example.org",
        "first_name": "Chloé",
        "last_name": "Petit",
        "date_of_birth": birth.strftime("%d/%m/%Y"),
        "postal_code": "93100",
    }

    refused = client.post(f"{USERS}add/", typed | {"postal_code": "00000"})
    client.post(f"{USERS}add/", typed)

    assert "code postal français" in refused.text
    chloe = User.objects.get(email="chloe@example.org")
    assert chloe.beneficiary_role == "AGE_18"
    assert chloe.department_code == "93"
    assert OutboxMessage.objects.get().event == "accounts/beneficiary_welcome"


def test_people_are_found_and_their_password_hash_is_nowhere(client):
    alice = UserFactory(email="alice@theatre.example")
    UserFactory(email="bob@librairie.example")
    client.force_login(agent("Administration"))

    found = client.get(f"{USERS}?q=theatre").text
    page = client.get(f"{USERS}{alice.pk}/change/").text

    assert "alice@theatre.example" in found
    assert "bob@librairie.example" not in found
    assert alice.password not in page
    assert 'name="password"' not in page


def test_support_cannot_touch_an_agent_nor_give_rights(client):
    boss, alice = agent("Administration"), UserFactory()
    client.force_login(agent("Support pro"))

    page = client.get(f"{USERS}{alice.pk}/change/").text
    client.post(
        f"{USERS}{alice.pk}/change/",
        {"first_name": "A", "last_name": "B", "is_staff": "on", "is_superuser": "on"},
    )

    assert 'name="is_staff"' not in page
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)
    # The account of an agent is not among those that support sees; an unknown one is not found.
    assert client.get(f"{USERS}99999999/change/").status_code == 404
    assert client.post(f"{USERS}{boss.pk}/change/", {"first_name": "X"}).status_code == 403
    boss.refresh_from_db()
    assert boss.first_name != "X"


def test_who_manages_agents_gives_rights_to_others_but_not_to_themselves(client):
    boss, alice = agent("Administration"), UserFactory()
    group = Group.objects.get(name="Homologation")
    client.force_login(boss)

    client.post(
        f"{USERS}{alice.pk}/change/",
        {"first_name": "A", "last_name": "B", "is_active": "on", "is_staff": "on",
         "groups": [group.pk]},
    )  # fmt: skip

    alice.refresh_from_db()
    assert alice.is_staff
    assert list(alice.groups.all()) == [group]
    given = ActionLog.objects.get(kind="ROLES_CHANGED")
    assert (given.actor, given.changes) == (boss, {"rôles": ["–", "Homologation"]})
    assert 'name="groups"' not in client.get(f"{USERS}{boss.pk}/change/").text
