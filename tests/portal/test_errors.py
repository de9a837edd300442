"""Error pages: right status, right frame, never another error."""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, override_settings
from django.urls import path

from passpro.kernel.access import public
from passpro.kernel.errors import DomainError
from passpro.urls import *  # noqa: F403
from passpro.urls import urlpatterns as product
from tests.accounts.factories import UserFactory


class TooLate(DomainError):
    message = "La date limite est passée."


@public
def broken(request):
    raise RuntimeError("boom")


@public
def refused(request):
    raise TooLate


@public
def forbidden(request):
    raise PermissionDenied


@public
def suspicious(request):
    raise SuspiciousOperation


urlpatterns = [
    path("essai/500", broken),
    path("essai/409", refused),
    path("essai/403", forbidden),
    path("essai/400", suspicious),
    *product,
]

CASES = [
    (400, "Cette demande n’a pas été comprise"),
    (403, "Cette page ne vous est pas ouverte"),
    (404, "Cette page n’existe pas, ou plus"),
    (409, "La date limite est passée."),
    (500, "Quelque chose s’est cassé de notre côté"),
]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("status", "words"), CASES)
@pytest.mark.parametrize("who", ["nobody", "staff of a venue", "young person"])
def test_every_refusal_has_its_page(status, words, who):
    if who == "young person" and status == 403:
        words = "Cette page n’est pas pour toi"
    client = Client(raise_request_exception=False)
    if who != "nobody":
        client.force_login(UserFactory(beneficiary=who == "young person"))

    response = client.get(f"/essai/{status}")

    assert response.status_code == status
    assert words in response.content.decode()
    assert 'lang="fr"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_lost_young_person_never_sees_the_portal_menu(client):
    client.force_login(UserFactory(beneficiary=True))

    page = client.get("/essai/404").content.decode()

    assert "side-menu" not in page
    assert "tab-bar" in page


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_the_error_page_asks_nothing_of_the_database(client, django_assert_num_queries):
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        assert client.get("/essai/500").status_code == 500


@pytest.mark.urls(__name__)
def test_a_broken_error_page_still_answers():
    client = Client(raise_request_exception=False)
    templates = [{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]
    with override_settings(TEMPLATES=templates):
        response = client.get("/essai/500")

    assert response.status_code == 500
    assert "L’erreur a été notée" in response.content.decode()


@pytest.mark.django_db
def test_a_stale_form_is_explained():
    response = Client(enforce_csrf_checks=True).post("/", {})

    assert response.status_code == 403
    assert "Ce formulaire a expiré" in response.content.decode()
