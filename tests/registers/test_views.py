import pytest
from django.urls import reverse

from passpro.registers import views

URL = reverse("registers:addresses")


@pytest.mark.django_db
def test_suggestions_have_what_a_form_needs(browse):
    answer = browse("member").get(URL, {"q": "12 rue de siam brest"}).json()

    assert (
        answer["addresses"][0].items()
        >= {
            "label": "12 rue de Siam 29200 Brest",
            "street": "12 rue de Siam",
            "postal_code": "29200",
            "city": "Brest",
        }.items()
    )
    assert browse("member").get(URL, {"q": "r\x00u"}).json() == {"addresses": []}


@pytest.mark.django_db
def test_a_base_that_is_down_says_so_without_breaking_the_form(browse, settings):
    settings.ADDRESS_BASE = "off"

    response = browse("member").get(URL, {"q": "rue de siam"})

    assert response.status_code == 503
    assert "saisissez les informations vous-même" in response.json()["message"]


@pytest.mark.django_db
def test_one_person_cannot_empty_the_base(browse, monkeypatch):
    monkeypatch.setattr(views, "PER_MINUTE", 2)
    client = browse("member")

    statuses = [client.get(URL, {"q": "rue"}).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
