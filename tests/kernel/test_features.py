"""Parts of the product are closed and opened by the team, and really act."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from passpro import jobs
from passpro.kernel import clock, features
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import ActionLog, FeatureSwitch, JobRun
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/admin/kernel/featureswitch/"


def close(switch, message=""):
    features.set_switch(name=switch.name, is_on=False, message=message, by=SYSTEM)


def agent(client, group="Produit"):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    return user


def test_every_declared_switch_has_its_row_after_the_migrations_and_is_open():
    FeatureSwitch.objects.create(name="gone")

    features.sync_switches()

    assert set(FeatureSwitch.objects.values_list("name", flat=True)) == set(features.SWITCHES)
    assert all(features.is_on(switch) for switch in features.SWITCHES.values())


def test_an_undeclared_switch_is_a_mistake():
    with pytest.raises(LookupError):
        features.is_on(features.Switch("nowhere", "", "", ""))
    with pytest.raises(LookupError):
        features.set_switch(name="nowhere", is_on=False, by=SYSTEM)


def test_every_switch_names_addresses_and_jobs_that_exist():
    names = {job.name for job in jobs.JOBS}
    for switch in features.SWITCHES.values():
        assert switch.url_names or switch.under or switch.jobs
        assert set(switch.jobs) <= names
        for name in switch.url_names:
            try:
                reverse(name)
            except Exception:
                reverse(name, kwargs={"pk": 1})


def test_sign_up_is_closed_with_the_sentence_of_the_team(client):
    assert client.get("/inscription").status_code == 200
    close(features.SIGN_UP, "Nous rouvrons lundi à 9 h.")

    closed = client.get("/inscription")

    assert closed.status_code == 503
    assert "Nous rouvrons lundi à 9 h." in closed.text
    assert closed["Retry-After"]
    assert client.get("/connexion").status_code == 200


def test_booking_is_closed_and_the_rest_of_the_beneficiary_pages_stays(cast):
    close(features.BOOKING)
    chloe = cast.client("beneficiary")

    assert "Ton crédit n’a pas bougé" in chloe.get(f"/app/offre/{cast.offer.pk}/reserver").text
    assert chloe.post(f"/app/offre/{cast.offer.pk}/reserver", {}).status_code == 503
    assert chloe.get("/app/mes-reservations").status_code == 200


def test_the_api_answers_software_in_its_own_words_while_closed(cast):
    close(features.PARTNER_API)

    answer = cast.client("api_key").get(f"/v2/bookings/token/{cast.booking.countermark}")

    assert answer.status_code == 503
    assert answer.json() == {"global": [features.PARTNER_API.closed]}
    assert cast.client("member").get("/guichet").status_code == 200


def test_a_stopped_job_is_not_played_and_catches_up_later():
    close(features.AFTER_EVENT)
    jobs.run_job("auto_validate", clock.now())
    assert not JobRun.objects.filter(name="auto_validate").exists()

    features.set_switch(name="after_event", is_on=True, by=SYSTEM)
    jobs.run_job("auto_validate", clock.now())

    assert JobRun.objects.filter(name="auto_validate").exists()


def test_the_table_is_read_once_a_request_and_not_for_other_pages(
    client, django_assert_num_queries
):
    with django_assert_num_queries(1):
        client.get("/inscription")
    with django_assert_num_queries(0):
        client.get("/connexion")


def test_an_agent_closes_and_opens_with_a_reason_in_the_history(client):
    farid = agent(client)

    page = client.get(f"{URL}sign_up/change/").text
    assert "Les inscriptions sont fermées pour le moment" in page
    client.post(f"{URL}sign_up/change/", {"message": "Panne du registre", "why": "Incident 12"})

    row = ActionLog.objects.get()
    assert (row.kind, row.why, row.actor) == ("SWITCHED_OFF", "Incident 12", farid)
    assert client.get("/connexion", follow=True).status_code == 200
    assert "Panne du registre" in client.get("/inscription").text
    client.post(f"{URL}sign_up/change/", {"is_on": "on", "message": ""})
    assert ActionLog.objects.filter(kind="SWITCHED_ON").count() == 1
    assert "Fermeture" in client.get(f"{URL}sign_up/change/").text


def test_saying_again_what_holds_writes_nothing():
    features.set_switch(name="booking", is_on=True, by=SYSTEM)

    assert not ActionLog.objects.exists()


def test_who_has_not_the_right_sees_no_switch(client):
    agent(client, "Administration")

    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}sign_up/change/", {"message": "x"}).status_code == 403
    assert features.is_on(features.SIGN_UP)
