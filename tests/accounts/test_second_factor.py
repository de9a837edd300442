"""The second factor of agents: enrolment, sign-in, recovery codes, lost telephone."""

import time

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from passpro.accounts.services import second_factor as services
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
SETUP, CODE = "/profil/second-facteur", "/connexion/code"


def code_of(device, *, ahead=0):
    """What the telephone shows now, or `ahead` steps later."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06d}"


@pytest.fixture
def farid():
    user = UserFactory(staff=True, email="farid@passpro.example")
    user.groups.set(Group.objects.filter(name="Homologation"))
    return user


@pytest.fixture
def enrolled(farid):
    device = services.device_to_confirm(farid)
    _, codes = services.confirm_device(user=farid, code=code_of(device), by=Actor.user(farid))
    farid.codes = codes
    return farid


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def device_of(user):
    return TOTPDevice.objects.get(user=user, confirmed=True)


def test_an_agent_enrols_with_a_qr_code_and_receives_recovery_codes_once(farid):
    client = signed_in(farid)
    page = client.get(SETUP).text
    device = TOTPDevice.objects.get()

    assert "data:image/svg+xml" in page
    assert client.get(SETUP).text.count("data:image/svg+xml") == 1
    assert TOTPDevice.objects.count() == 1
    wrong = client.post(SETUP, {"code": "000000"})
    assert wrong.status_code == 400
    device.refresh_from_db()
    device.throttle_reset()
    done = client.post(SETUP, {"code": code_of(device)})

    assert done.status_code == 200
    assert len(done.context["codes"]) == services.RECOVERY_CODES
    assert not StaticToken.objects.filter(token__in=done.context["codes"]).exists()
    assert ActionLog.objects.get().kind == "SECOND_FACTOR_ADDED"
    # This session has proved itself.
    assert client.get("/admin/").status_code == 200
    assert "est en place" in client.get(SETUP).text


def test_once_enrolled_every_page_asks_for_the_code(enrolled):
    client = signed_in(enrolled)

    for url in ("/admin/", "/admin/venues/offerer/", "/profil", "/"):
        assert client.get(url)["Location"].startswith("/connexion/code?next="), url
    assert client.get(SETUP)["Location"] == CODE
    page = client.get("/admin/venues/offerer/?file=a-traiter", follow=True)
    assert "Votre code" in page.text


def test_the_right_code_opens_the_page_asked_for_and_serves_once(enrolled):
    client = signed_in(enrolled)
    code = code_of(device_of(enrolled), ahead=1)

    done = client.post(CODE, {"code": code, "next": "/admin/venues/offerer/"})

    assert done["Location"] == "/admin/venues/offerer/"
    assert client.get("/admin/").status_code == 200
    again = signed_in(enrolled).post(CODE, {"code": code})
    assert again.status_code == 400
    assert "déjà servi" in again.text


def test_wrong_codes_slow_the_next_ones_down(enrolled):
    client = signed_in(enrolled)

    assert client.post(CODE, {"code": "000000"}).status_code == 400
    # Even the right one, at once after a failure.
    right = code_of(device_of(enrolled), ahead=1)
    assert client.post(CODE, {"code": right}).status_code == 400
    assert device_of(enrolled).throttling_failure_count == 1


def test_a_recovery_code_opens_once(enrolled):
    code = enrolled.codes[0]

    assert signed_in(enrolled).post(CODE, {"code": code.upper()}).status_code == 302
    assert signed_in(enrolled).post(CODE, {"code": code}).status_code == 400
    assert StaticToken.objects.count() == services.RECOVERY_CODES - 1


def test_new_recovery_codes_stop_the_older_ones(enrolled):
    client = signed_in(enrolled)
    client.post(CODE, {"code": enrolled.codes[0]})

    page = client.post("/profil/codes-de-secours")

    assert len(page.context["codes"]) == services.RECOVERY_CODES
    assert not set(page.context["codes"]) & set(enrolled.codes)
    assert signed_in(enrolled).post(CODE, {"code": enrolled.codes[1]}).status_code == 400


def test_without_a_second_factor_an_agent_enters_where_it_is_not_required(farid):
    assert signed_in(farid).get("/admin/").status_code == 200


def test_where_it_is_required_an_agent_enrols_first(farid, settings):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    client = signed_in(farid)

    assert client.get("/admin/")["Location"] == f"{SETUP}?next=%2Fadmin%2F"
    assert client.get(SETUP).status_code == 200
    assert client.post("/deconnexion").status_code == 302


def test_professionals_are_never_asked(settings, client_for):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    client = client_for(UserFactory())

    assert client.get("/structures").status_code == 200
    assert client.get(CODE).status_code == 403
    assert client.get(SETUP).status_code == 403


def test_the_sign_in_page_leads_through_the_code(enrolled, client):
    answer = client.post("/connexion", {"email": enrolled.email, "password": PASSWORD}, follow=True)

    assert "Votre code" in answer.text


def test_a_manager_resets_a_lost_telephone_with_a_reason(enrolled):
    boss = UserFactory(staff=True)
    boss.groups.set(Group.objects.filter(name="Administration"))
    open_session = signed_in(enrolled)
    open_session.post(CODE, {"code": enrolled.codes[0]})
    manager = signed_in(boss)
    url = f"/admin/accounts/user/{enrolled.pk}/second-facteur/"

    assert "de vive voix" in manager.get(url).text
    assert "obligatoire" in manager.post(url, {"reason": ""}).text
    manager.post(url, {"reason": "Téléphone volé, vu en visioconférence"})

    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    row = ActionLog.objects.get(kind="SECOND_FACTOR_RESET")
    assert (row.actor, row.why) == (boss, "Téléphone volé, vu en visioconférence")
    assert OutboxMessage.objects.get().event == "accounts/second_factor_reset"
    assert open_session.get("/admin/").status_code == 302


def test_nobody_resets_their_own_nor_without_the_right(enrolled):
    enrolled.groups.set(Group.objects.filter(name__in=["Administration"]))
    client = signed_in(enrolled)
    client.post(CODE, {"code": enrolled.codes[0]})
    own = client.post(
        f"/admin/accounts/user/{enrolled.pk}/second-facteur/", {"reason": "x"}, follow=True
    )
    assert "personne ne retire le sien" in own.text
    support = UserFactory(staff=True)
    support.groups.set(Group.objects.filter(name="Support pro"))
    url = f"/admin/accounts/user/{enrolled.pk}/second-facteur/"

    assert signed_in(support).post(url, {"reason": "x"}).status_code == 403
    assert TOTPDevice.objects.filter(confirmed=True).count() == 1


def test_the_secrets_have_no_page_in_the_admin(client):
    boss = UserFactory(staff=True, is_superuser=True)
    client.force_login(boss)

    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert client.get("/admin/otp_static/staticdevice/").status_code == 404
