import pytest

from tests.venues.factories import (
    AdageRequestFactory,
    MembershipFactory,
    ProviderFactory,
    VenueProviderFactory,
)
from venues.models import AdageRequest, VenueProvider

pytestmark = pytest.mark.django_db


def test_the_administrator_chooses_harmonie(cast, browse):
    """Seed 000: « Paramètres » → « Synchronisations » → choose the software."""
    harmonie, other = ProviderFactory(name="Harmonie"), ProviderFactory(name="Rideau")
    ProviderFactory(name="Cachée", is_listed=False)
    client, url = browse("member"), f"/lieux/{cast.venue.pk}/synchronisations"

    listed = client.get(url).text
    found = client.get(url, {"q": "harm\x00"}).text
    asked = client.get(f"{url}/{harmonie.pk}").text
    done = client.post(
        f"{url}/{harmonie.pk}",
        {
            "phone": "03 85 45 80 90",
            "contact_email": "contact@theatre.example",
            "notification_email": "notification@theatre.example",
        },
        follow=True,
    ).text

    assert "Harmonie" in listed
    assert "Rideau" in listed
    assert "Cachée" not in listed
    assert "Rideau" not in found
    assert "Ce que le logiciel pourra faire" in asked
    link = VenueProvider.objects.get()
    assert (link.provider, link.phone) == (harmonie, "+33385458090")
    assert link.notification_email == "notification@theatre.example"
    assert "pas encore utilisé" in done
    assert cast.venue.siret in done
    assert "03\xa085\xa045\xa080\xa090" in done
    assert f"{url}/{other.pk}" not in done
    refused = client.post(f"{url}/{other.pk}", {})
    assert refused.status_code == 409
    assert "déjà relié à Harmonie" in refused.text


def test_pausing_resuming_and_removing_ask_first(cast, browse):
    link = VenueProviderFactory(venue=cast.venue)
    client = browse("member")
    url = f"/lieux/{cast.venue.pk}/synchronisations/{link.provider_id}"

    def state() -> str:
        return VenueProvider.objects.get(pk=link.pk).status

    assert "coupé aussitôt" in client.get(f"{url}/pause").text
    assert state() == "ACTIVE"
    client.post(f"{url}/pause")
    assert state() == "PAUSED"
    assert "agira de nouveau" in client.get(f"{url}/reprise").text
    client.post(f"{url}/reprise")
    assert state() == "ACTIVE"
    twice = client.post(f"{url}/reprise", follow=True)
    assert "n’est pas possible" in twice.text
    client.post(f"{url}/retrait")
    assert state() == "REVOKED"
    assert client.get(f"{url}/retrait").status_code == 404
    assert client.get(f"{url}/autre").status_code == 404


def test_contacts_are_corrected_and_mistakes_told(cast, browse):
    link = VenueProviderFactory(venue=cast.venue)
    client = browse("member")
    url = f"/lieux/{cast.venue.pk}/synchronisations/{link.provider_id}"

    wrong = client.post(url, {"phone": "12", "contact_email": "a@b.example"})
    right = client.post(url, {"contact_email": "a@b.example"}, follow=True)

    assert wrong.status_code == 400
    assert "numéro de téléphone valable" in wrong.text
    assert 'value="a@b.example"' in wrong.text
    assert "sont enregistrés" in right.text
    assert VenueProvider.objects.get().status == "ACTIVE"


def test_a_member_sees_but_does_not_authorise(cast, client):
    carol = MembershipFactory(offerer=cast.offerer, member=True).user
    client.force_login(carol)
    provider = ProviderFactory()
    url = f"/lieux/{cast.venue.pk}/synchronisations"

    page = client.get(url).text

    assert "Seul l’administrateur" in page
    assert f"{url}/{provider.pk}" not in page
    assert client.post(f"{url}/{provider.pk}", {}).status_code == 403


ASK = {
    "legal_status": "ASSOCIATION",
    "project": "Rencontrer les artistes.",
    "domain_ids": ["15"],
    "level_ids": ["COLLEGE4"],
    "contact_name": "Alice Le Goff",
    "contact_email": "alice@theatre.example",
    "contact_phone": "02 98 00 00 00",
}


def test_a_structure_asks_to_be_referenced_and_follows_its_file(cast, browse):
    """Seeds 001 and 004: the form, then the regional commission."""
    client, url = browse("member"), f"/structures/{cast.offerer.pk}/adage"

    before = client.get(url).text
    form = client.get(f"{url}/demande?lieu={cast.venue.pk}").text
    after = client.post(f"{url}/demande", ASK | {"venue": cast.venue.pk}, follow=True).text

    assert "Comment cela se passe" in before
    assert f'value="{cast.venue.pk}" selected' in form
    assert 'value="Alice Le Goff"' in form
    request = AdageRequest.objects.get()
    assert request.domain_ids == [15]
    assert "En attente d’examen" in after
    assert "académie de Rennes" in after
    assert "Demander le référencement" not in after
    asked = client.get(f"{url}/{request.pk}/retrait").text
    gone = client.post(f"{url}/{request.pk}/retrait", follow=True).text
    assert "ne l’étudiera plus" in asked
    assert "Retirée par la structure" in gone


def test_mistakes_in_a_request_are_told(cast, browse):
    client, url = browse("member"), f"/structures/{cast.offerer.pk}/adage/demande"
    other = cast.other_venue

    empty = client.post(url, ASK | {"venue": cast.venue.pk, "project": "", "level_ids": []})
    stranger = client.post(url, ASK | {"venue": other.pk})
    AdageRequestFactory(venue=cast.venue)
    again = client.post(url, ASK | {"venue": cast.venue.pk})

    assert empty.status_code == stranger.status_code == 400
    assert 'value="Alice Le Goff"' in empty.text
    assert again.status_code == 409
    assert "déjà en cours" in again.text
    assert AdageRequest.objects.count() == 1
