"""What teachers find among templates, ask and keep; what a reader without school may see (§7)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collective.enums import SchoolRole
from collective.models import CollectiveRequest, TemplateFavourite
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.collective.factories import (
    NOW,
    CollectiveStockFactory,
    CollectiveTemplateFactory,
    InstitutionFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)
from tests.collective.test_pages import door, entered

pytestmark = pytest.mark.django_db
SEARCH = "collective:adage_search"
# Brest.
HERE = {"latitude": 48.39, "longitude": -4.486}


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        SchoolYearFactory()
        yield


def plain(answer):
    return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def found(client, **query):
    answer = client.get(reverse(SEARCH), query)
    assert answer.status_code == 200
    return [card["template"].title for card in answer.context["cards"]]


def visiting(institution, role=SchoolRole.TEACHER, **facts):
    client = Client()
    assert client.get(door(institution, role, **facts)).status_code == 302
    return client


def test_each_filter_narrows_and_says_so():
    brest = ReferencedVenueFactory(
        name="Théâtre du Port", latitude="48.39000", longitude="-4.48600", department_code="29"
    )
    lyon = ReferencedVenueFactory(
        name="Salle du Rhône", latitude="45.76000", longitude="4.83500", department_code="69"
    )
    CollectiveTemplateFactory(
        title="Masques et commedia", description="Un atelier de jeu.", venue=brest,
        domain_ids=[15], formats=["ATELIER_DE_PRATIQUE"], level_ids=["COLLEGE4"],
        location="SCHOOL", intervention_area=["29", "01"],
    )  # fmt: skip
    CollectiveTemplateFactory(
        title="Danser la ville", description="Une déambulation.", venue=lyon, domain_ids=[8],
        formats=["REPRESENTATION"], level_ids=["GENERAL2", "GENERAL1"],
        location="ADDRESS", intervention_area=[], location_street="1 quai", location_city="Lyon",
        location_postal_code="69001",
    )  # fmt: skip
    client = visiting(InstitutionFactory(), **HERE)
    masks, dance = ["Masques et commedia"], ["Danser la ville"]

    assert set(found(client)) == {*masks, *dance}
    assert found(client, q="ateliers") == masks  # French words, not letters
    assert found(client, q="deambul") == dance
    assert found(client, q="masques port") == masks  # a word of the venue's name
    assert found(client, q="masques rhone") == []
    assert found(client, domaine=["15", "6"]) == masks
    assert found(client, domaine=["15", "8"], format="REPRESENTATION") == dance
    assert found(client, niveau=["GENERAL1", "CAP1"]) == dance
    assert found(client, lieu="ecole") == masks
    assert found(client, lieu="sortie") == dance
    assert found(client, zone="departements", departement=["69"]) == dance
    assert found(client, zone="departements", departement=["01"]) == masks  # goes there
    assert found(client, zone="academies", academie=["Rennes"]) == masks
    assert len(found(client, zone="academies", departement=["69"])) == 2  # one way at a time
    assert found(client, zone="rayon", km="20") == masks
    assert found(client, partenaire=brest.siret) == masks
    assert len(found(client, partenaire="00000000000000")) == 2
    assert len(found(client, format="N_EXISTE_PAS", page="99")) == 2
    page = client.get(reverse(SEARCH), {"domaine": "15", "zone": "rayon", "km": "101"})
    assert "Donnez une distance de 1 à 100 km." in plain(page)
    assert [chip.href for chip in page.context["chips"]] == ["?zone=rayon&km=101"]
    assert "Ce partenaire n’est pas connu" in plain(client.get(reverse(SEARCH), {"partenaire": 0}))


def test_what_is_not_shown_is_never_found():
    CollectiveTemplateFactory(title="Finie", starts_at=NOW - timedelta(days=9),
                              ends_at=NOW - timedelta(seconds=1))  # fmt: skip
    CollectiveTemplateFactory(title="En pause", is_active=False)
    hidden = CollectiveTemplateFactory(
        title="En instruction", validation="PENDING", is_active=False, validated_at=None
    )
    # Bookable offers are for their school alone.
    stock = CollectiveStockFactory()
    client = entered(InstitutionFactory())

    assert found(client) == []
    assert "Vous ne trouvez pas" in plain(client.get(reverse(SEARCH)))
    for name in ("adage_template", "adage_request"):
        assert client.get(reverse(f"collective:{name}", args=[hidden.pk])).status_code == 404
    offer = reverse("collective:adage_offer", args=[stock.offer_id])
    assert client.get(offer).status_code == 404


def test_a_page_holds_eight_and_costs_the_same_whatever_it_shows():
    client = visiting(InstitutionFactory(), **HERE)
    CollectiveTemplateFactory()
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse(SEARCH))
    CollectiveTemplateFactory.create_batch(9, venue__latitude="48.4", venue__longitude="-4.4")
    with CaptureQueriesContext(connection) as many:
        answer = client.get(reverse(SEARCH))

    assert len(answer.context["cards"]) == 8
    assert len(many) <= len(one)
    assert len(found(client, page="2")) == 2
    assert len(found(client, vue="carte")) == 10
    assert "data-results-map" in client.get(reverse(SEARCH), {"vue": "carte"}).content.decode()


def test_a_teacher_writes_to_the_partner(settings):
    template = CollectiveTemplateFactory(
        contact_by_form=True, booking_emails=["un@example.org", "deux@example.org"]
    )
    client, here = entered(InstitutionFactory()), reverse(
        "collective:adage_request", args=[template.pk]
    )  # fmt: skip
    bad = client.post(here, {"phone": "02 98 00 00 01", "requested_day": "01/03/2026",
                             "comment": "Deux séances le jeudi."})  # fmt: skip
    assert bad.status_code == 400
    assert "La date souhaitée est passée." in plain(bad)
    assert "Deux séances le jeudi." in plain(bad)
    assert client.post(here, {"students": "-1"}).status_code == 400
    assert not CollectiveRequest.objects.exists()

    answer = client.post(
        here, {"requested_day": "19/11/2026", "students": "28", "teachers": "3",
               "comment": "Deux séances le jeudi."}, follow=True,
    )  # fmt: skip

    assert "Votre demande est envoyée" in plain(answer)
    request = CollectiveRequest.objects.get()
    emails = OutboxMessage.objects.filter(kind="EMAIL").order_by("pk")
    assert [one.recipient for one in emails] == ["un@example.org", "deux@example.org"]
    notice = OutboxMessage.objects.get(kind="ADAGE")
    assert notice.event == "adage/offre-vitrine"
    assert notice.payload["body"] == {
        "redactorEmail": "claire.vidal@ac.example",
        "requestPhoneNumber": None,
        "requestedDate": "2026-11-19",
        "totalStudents": 28,
        "totalTeachers": 3,
        "offerContactEmail": template.contact_email or None,
        "offerContactPhoneNumber": template.contact_phone or None,
        "offererName": template.venue.offerer.name,
        "venueName": template.venue.shown_name,
        "offerName": template.title,
        "comment": request.comment,
    }


def test_a_teacher_keeps_templates():
    template = CollectiveTemplateFactory(title="Masques")
    client = entered(InstitutionFactory())
    here = reverse("collective:adage_favourite", args=[template.pk])
    list_url = reverse("collective:adage_favourites")
    assert "Pas encore de favori" in plain(client.get(list_url))

    for _ in range(2):  # twice is harmless
        answer = client.post(here, {"garder": "oui", "retour": list_url}, follow=True)
    assert "Masques" in plain(answer)
    assert TemplateFavourite.objects.count() == 1
    other = visiting(InstitutionFactory(), email="autre@ac.example")
    assert "Masques" not in plain(other.get(list_url))
    elsewhere = client.post(here, {"garder": "non", "retour": "https://elsewhere.example/"})
    assert elsewhere["Location"] == reverse("collective:adage_template", args=[template.pk])
    assert TemplateFavourite.objects.count() == 0


def test_without_a_known_school_one_reads_only():
    template = CollectiveTemplateFactory(contact_by_form=True, contact_email="c@example.org")
    institution = InstitutionFactory()
    readers = [
        visiting(institution, uai=""),
        visiting(institution, uai="0910620E"),
        visiting(institution, SchoolRole.READER),
    ]
    args = [template.pk]

    for client in readers:
        assert client.get(reverse(SEARCH)).status_code == 200
        page = plain(client.get(reverse("collective:adage_template", args=args)))
        assert "mailto:c@example.org" in page
        assert "Écrire au partenaire" not in page
        assert "Mes favoris" not in page
        refused = [
            client.get(reverse("collective:adage_offers")),
            client.get(reverse("collective:adage_bookings")),
            client.get(reverse("collective:adage_favourites")),
            client.get(reverse("collective:adage_request", args=args)),
            client.post(reverse("collective:adage_favourite", args=args)),
        ]
        assert {one.status_code for one in refused} == {403}


def test_the_frame_of_adage_and_cookies_of_its_own(settings):
    enter = door(InstitutionFactory())
    alone = Client()
    answer = alone.get(enter)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert set(answer.cookies) == {"adage_sessionid"}
    cookie = answer.cookies["adage_sessionid"]
    assert (cookie["samesite"], cookie["path"], cookie["httponly"]) == ("Lax", "/adage/", True)

    settings.ADAGE_FRAME_ORIGINS = ["https://adage.example"]
    framed = Client(enforce_csrf_checks=True)
    answer = framed.get(door(InstitutionFactory()))
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://adage.example" in policy
    assert "X-Frame-Options" not in answer
    cookie = answer.cookies["adage_sessionid"]
    assert (cookie["samesite"], cookie["secure"]) == ("None", True)
    page = framed.get(reverse(SEARCH))
    assert page.cookies["adage_csrftoken"]["samesite"] == "None"
    token = page.context["csrf_token"]
    leave = reverse("collective:adage_leave")
    assert framed.post(leave).status_code == 403
    assert framed.post(leave, {"csrfmiddlewaretoken": token}).status_code == 200
    assert framed.get(reverse(SEARCH)).status_code == 403
    # The portal is never framed, and its own cookies never open these pages.
    portal = framed.get(reverse("accounts:sign_in"))
    assert "frame-ancestors 'none'" in portal["Content-Security-Policy"]
    assert portal["X-Frame-Options"] == "DENY"
