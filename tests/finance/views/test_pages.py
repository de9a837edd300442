"""« Gestion financière » (§18): each page for the right person, empty, filled, with an error."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from finance.models import BankAccount, Invoice, VenueBankAccountLink
from finance.services.price_events import collect_and_price
from passpro.kernel import clock
from passpro.kernel.models import ActionLog
from tests.accounts.factories import UserFactory
from tests.finance.factories import (
    LONG_AGO,
    PDF,
    BankAccountFactory,
    link_account,
    make_invoice,
    paid_venue,
    used_booking,
)
from tests.venues.factories import MembershipFactory, VenueFactory
from venues.models import Venue

INVOICES, DETAILS = "/remboursements/justificatifs", "/remboursements/details"
ACCOUNTS = "/remboursements/informations-bancaires"
NOW = datetime.fromisoformat("2026-05-20T09:00+02:00")


@pytest.fixture(autouse=True)
def _in_may() -> Any:
    with clock.at(NOW):
        yield


@pytest.fixture
def alice(cast: Any) -> Any:
    return cast.client("member")


@pytest.fixture
def colleague(cast: Any, client: Any) -> Any:
    """A member of the theatre who is not its administrator."""
    user = UserFactory()
    MembershipFactory(user=user, offerer=cast.offerer, member=True)
    client.force_login(user)
    return client


def typed(**facts: Any) -> dict[str, Any]:
    return {
        "label": "Théâtre – exploitation",
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "bic": "AGRIFRPP",
        "rib": ContentFile(PDF, name="rib.pdf"),
        **facts,
    }


def test_before_any_payment_the_page_says_what_will_come(alice: Any) -> None:
    page = alice.get(INVOICES)

    assert "Pas encore de justificatif" in page.text
    assert "Ajoutez un compte bancaire" in page.text
    assert "lundi 1er" in page.text


def test_the_list_shows_the_justificatif_with_its_files(cast: Any, alice: Any) -> None:
    invoice = make_invoice(cast.venue, now=NOW, cents=20_50)

    page = alice.get(INVOICES).text

    for text in (invoice.reference, "VIR1", "20,50", "du 01/05 au 15/05"):
        assert text in page
    pdf = alice.get(reverse("finance:invoice_pdf", args=[invoice.pk]))
    assert pdf["Content-Type"] == "application/pdf"
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    detail = alice.get(reverse("finance:invoice_csv", args=[invoice.pk]))
    assert detail["Content-Disposition"] == f'attachment; filename="{invoice.reference}.csv"'
    assert "20,50" in b"".join(detail.streaming_content).decode()


@pytest.mark.parametrize("sort", ["date", "-type", "numero", "-compte", "virement", "bad", "-"])
def test_the_list_is_sorted_by_what_is_asked(cast: Any, alice: Any, sort: str) -> None:
    make_invoice(cast.venue, now=NOW)

    assert alice.get(INVOICES, {"sort": sort}).status_code == 200


def test_filters_keep_the_account_and_the_period(cast: Any, alice: Any) -> None:
    invoice = make_invoice(cast.venue, now=NOW)
    other = BankAccountFactory(offerer=cast.offerer)
    day = {"du": "2026-05-20", "au": "2026-05-20"}

    assert invoice.reference in alice.get(INVOICES, day).text
    assert invoice.reference not in alice.get(INVOICES, day | {"compte": other.pk}).text
    before = {"du": "2026-05-01", "au": "2026-05-19"}
    assert "Aucun justificatif sur cette période" in alice.get(INVOICES, before).text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"du": "2026-05-20", "au": "2026-05-01"}, "La fin de la période précède son début."),
        ({"du": "2026-05-01", "au": "2026-05-21"}, "ne peut pas finir après aujourd’hui"),
        ({"du": "mardi", "au": "2026-05-20"}, "date valide"),
        ({"du": "", "au": "2026-05-20"}, "obligatoire"),
    ],
)
@pytest.mark.parametrize("url", [INVOICES, DETAILS, f"{DETAILS}/csv"])
def test_a_wrong_period_is_said_beside_its_field(
    cast: Any, alice: Any, url: str, query: dict[str, str], message: str
) -> None:
    make_invoice(cast.venue, now=NOW)

    page = alice.get(url, query)

    assert page.status_code == 400
    assert message in page.text


def test_nobody_reads_the_files_of_another_structure(cast: Any) -> None:
    invoice = make_invoice(cast.venue, now=NOW)
    bob = cast.client("outsider")

    assert bob.get(reverse("finance:invoice_pdf", args=[invoice.pk])).status_code == 404
    assert bob.get(reverse("finance:invoice_csv", args=[invoice.pk])).status_code == 404
    assert invoice.reference not in bob.get(INVOICES).text
    account = BankAccount.objects.get()
    assert account.iban not in bob.get(f"{DETAILS}/csv").getvalue().decode()
    assert bob.get(f"{ACCOUNTS}/{account.pk}/lieux").status_code == 404


def test_details_on_screen_and_as_a_file(cast: Any, alice: Any) -> None:
    make_invoice(cast.venue, now=NOW, cents=12_30)

    assert "12,30" in alice.get(DETAILS, {"lieu": cast.venue.pk}).text
    answer = alice.get(f"{DETAILS}/csv", {"du": "2026-05-01", "au": "2026-05-20"})
    assert answer["Content-Disposition"].endswith('"remboursements_pass_culture.csv"')
    assert "12,30" in answer.getvalue().decode()
    wrong = alice.get(DETAILS, {"lieu": cast.other_venue.pk})
    assert wrong.status_code == 400


def test_an_administrator_files_an_account(cast: Any, alice: Any) -> None:
    page = alice.post(f"{ACCOUNTS}/ajout/{cast.offerer.pk}", typed(), follow=True)

    account = BankAccount.objects.get()
    assert (account.iban, account.status) == ("FR7630006000011234567890189", "DRAFT")
    for text in ("va être vérifié", "En attente", "FR76 •••• •••• 0189"):
        assert text in page.text
    assert account.iban not in page.text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"iban": "FR76 3000 6000 0112 3456 7890 188"}, "clé de contrôle"),
        ({"iban": "FR76 3000"}, "il en faut 27"),
        ({"iban": ""}, "obligatoire"),
        ({"bic": "AGRI"}, "8 ou 11 caractères"),
        ({"bic": "DEUTDEFF"}, "autre pays"),
        ({"rib": ContentFile(b"MZ...", name="rib.pdf")}, "PDF, JPEG ou PNG"),
        ({"rib": ""}, "obligatoire"),
        ({"label": ""}, "obligatoire"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    cast: Any, alice: Any, wrong: dict[str, Any], message: str
) -> None:
    page = alice.post(f"{ACCOUNTS}/ajout/{cast.offerer.pk}", typed(**wrong))

    assert page.status_code == 400
    assert message in page.text
    kept = {**typed(), **wrong}
    for name in ("label", "iban", "bic"):
        if kept[name]:
            assert f'value="{kept[name]}"' in page.text
    assert not BankAccount.objects.exists()


def test_the_same_iban_twice_is_refused_on_its_field(cast: Any, alice: Any) -> None:
    url = f"{ACCOUNTS}/ajout/{cast.offerer.pk}"
    alice.post(url, typed())

    page = alice.post(url, typed(label="Encore"))

    assert page.status_code == 409
    assert "déjà enregistré" in page.text


def test_a_member_reads_and_does_not_file_nor_link(cast: Any, colleague: Any) -> None:
    account = BankAccountFactory(offerer=cast.offerer, label="Principal")

    page = colleague.get(ACCOUNTS).text

    assert "Principal" in page
    assert "Ajouter un compte" not in page
    assert "Rattacher" not in page
    assert colleague.get(f"{ACCOUNTS}/ajout/{cast.offerer.pk}").status_code == 403
    assert colleague.post(f"{ACCOUNTS}/{account.pk}/lieux", {}).status_code == 403
    assert not VenueBankAccountLink.objects.exists()


def test_an_administrator_links_venues(cast: Any, alice: Any) -> None:
    account = BankAccountFactory(offerer=cast.offerer)
    url = f"{ACCOUNTS}/{account.pk}/lieux"

    assert "Grande salle" in alice.get(url).text
    page = alice.post(url, {"venues": [cast.venue.pk], "as_default": "on"}, follow=True)

    assert "1 lieu rattaché" in page.text
    assert "Compte par défaut" in page.text
    assert VenueBankAccountLink.objects.get().venue == cast.venue
    page = alice.post(url, {}, follow=True)
    assert "1 lieu détaché" in page.text
    assert not VenueBankAccountLink.objects.open().exists()


def test_a_venue_of_another_account_or_structure_cannot_be_ticked(cast: Any, alice: Any) -> None:
    other = BankAccountFactory(offerer=cast.offerer)
    link_account(cast.venue, other)
    account = BankAccountFactory(offerer=cast.offerer)
    url = f"{ACCOUNTS}/{account.pk}/lieux"

    assert "Déjà sur un autre compte" in alice.get(url).text
    for venue in (cast.venue, cast.other_venue):
        assert alice.post(url, {"venues": [venue.pk]}).status_code == 400
    assert VenueBankAccountLink.objects.count() == 1


def test_a_venue_without_siret_is_named_and_cannot_be_ticked(cast: Any, alice: Any) -> None:
    VenueFactory(offerer=cast.offerer, name="Chapiteau", siret=None, comment="itinérant")
    account = BankAccountFactory(offerer=cast.offerer)

    page = alice.get(f"{ACCOUNTS}/{account.pk}/lieux").text

    assert "Chapiteau – <a" in page


def test_waiting_accounts_have_no_link_page(cast: Any, alice: Any) -> None:
    account = BankAccountFactory(offerer=cast.offerer, draft=True)

    assert alice.get(f"{ACCOUNTS}/{account.pk}/lieux").status_code == 404
    assert "en cours de vérification" in alice.get(ACCOUNTS).text


def test_refused_accounts_are_not_shown(cast: Any, alice: Any) -> None:
    BankAccountFactory(offerer=cast.offerer, label="Refusé hier", status="REFUSED")

    page = alice.get(ACCOUNTS).text

    assert "Refusé hier" not in page
    assert "Aucun compte bancaire" in page


def test_the_tab_says_when_a_venue_that_sells_has_no_account(cast: Any, alice: Any) -> None:
    mark = "Un lieu attend un compte"
    pages = [ACCOUNTS, reverse("finance:invoices"), reverse("finance:details")]
    assert all(mark in alice.get(page).text for page in pages)

    paid_venue(cast.venue)

    assert not any(mark in alice.get(page).text for page in pages)


def test_a_dossier_to_correct_says_how(cast: Any, alice: Any) -> None:
    BankAccountFactory(
        offerer=cast.offerer, status="WITH_PENDING_CORRECTIONS", reason="Le RIB est coupé"
    )

    page = alice.get(ACCOUNTS).text

    assert "À corriger&nbsp;: Le RIB est coupé" in page
    assert "sera remplacé" in page


def test_one_structure_at_a_time(cast: Any, alice: Any) -> None:
    MembershipFactory(user=cast.alice, offerer=cast.other_offerer, member=True)
    BankAccountFactory(offerer=cast.other_offerer, label="Compte du Canal")

    assert "Compte du Canal" in alice.get(ACCOUNTS, {"structure": cast.other_offerer.pk}).text
    assert "Compte du Canal" not in alice.get(ACCOUNTS, {"structure": cast.offerer.pk}).text


def test_the_home_page_tells_the_money_to_come(cast: Any, alice: Any) -> None:
    from finance.services.price_events import collect_and_price

    paid_venue(cast.venue)
    used_booking(venue=cast.venue, used_at=NOW - timedelta(hours=3), cents=15_00)
    used_booking(venue=cast.other_venue, used_at=NOW - timedelta(hours=3), cents=99_00)
    collect_and_price(now=NOW)

    page = alice.get("/accueil").text

    assert "À recevoir" in page
    assert "15,00" in page
    assert "1 réservation validée" in page
    assert "lundi 1er" in page
    assert "99,00" not in page
    assert not Invoice.objects.exists()


@pytest.fixture
def barn(cast: Any) -> Any:
    """A place of the theatre without SIRET, whose money waits."""
    cast.venue.pricing_point_links.all().delete()
    place = VenueFactory(
        offerer=cast.offerer, name="Grange", siret=None, comment="Prêtée", created_at=LONG_AGO
    )
    used_booking(venue=place, used_at=NOW - timedelta(days=1), cents=45_00)
    collect_and_price(now=NOW)
    return place


def test_the_page_says_which_money_waits_for_a_siret(alice: Any, barn: Any) -> None:
    page = alice.get(ACCOUNTS).text

    assert "Ce qui attend" in page
    for text in ("Grange", "45,00", "Sélectionner un SIRET", f"/lieux/{barn.pk}/siret"):
        assert text in page


def test_the_administrator_chooses_the_siret_once(cast: Any, alice: Any, barn: Any) -> None:
    url = reverse("finance:pricing_point_choose", args=[barn.pk])

    page = alice.get(url).text
    assert "Ce choix est définitif" in page
    assert cast.venue.grouped_siret in page
    assert alice.post(url, {}).status_code == 400
    done = alice.post(url, {"pricing_point": cast.venue.pk}, follow=True)
    again = alice.post(url, {"pricing_point": cast.venue.pk})

    assert "suit maintenant le SIRET de «\u00a0Grande salle\u00a0»" in done.text
    assert again.status_code == 400
    assert "définitif" in again.text
    collect_and_price(now=NOW + timedelta(minutes=10))
    waiting = alice.get(ACCOUNTS).text
    assert "Aucun compte validé ne paie ce lieu" in waiting
    assert "45,00" in waiting


def test_without_any_siret_the_page_says_what_to_do(cast: Any, alice: Any, barn: Any) -> None:
    Venue.objects.filter(pk=cast.venue.pk).update(siret=None, comment="Perdu")

    assert "Aucun lieu avec un SIRET" in alice.get(f"{ACCOUNTS}/lieux/{barn.pk}/siret").text


def test_a_colleague_reads_but_neither_chooses_nor_opens_the_rib(
    cast: Any, colleague: Any, barn: Any
) -> None:
    account = BankAccountFactory(offerer=cast.offerer)

    assert "Par un administrateur" in colleague.get(ACCOUNTS).text
    assert colleague.get(f"{ACCOUNTS}/lieux/{barn.pk}/siret").status_code == 403
    assert colleague.get(f"{ACCOUNTS}/{account.pk}/rib").status_code == 403
    assert not ActionLog.objects.exists()


def test_the_administrator_reads_the_rib_and_it_is_known(cast: Any, alice: Any) -> None:
    account = BankAccountFactory(offerer=cast.offerer)

    assert f"/{account.pk}/rib" in alice.get(ACCOUNTS).text
    rib = alice.get(f"{ACCOUNTS}/{account.pk}/rib")

    assert b"".join(rib.streaming_content) == PDF
    assert rib["Content-Type"] == "application/pdf"
    look = ActionLog.objects.get(kind="LOOKED_AT")
    assert (look.why, look.actor, look.at) == ("RIB", cast.alice, NOW)
    assert look.subject_id == str(account.pk)
