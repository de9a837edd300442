"""The team's pages of finance: who sees what, decisions, control of batches."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from finance.models import BankAccount, CashflowBatch, Invoice
from finance.services.batch import make_batch
from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.finance.factories import BankAccountFactory
from tests.finance.world import JOB, NOW, fortnight, pay

pytestmark = pytest.mark.django_db
ACCOUNTS, BATCHES = "/admin/finance/bankaccount/", "/admin/finance/cashflowbatch/"


def agent(client: Any, group: str) -> Any:
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    return client


@pytest.fixture
def account() -> BankAccount:
    return BankAccountFactory(draft=True, label="Théâtre – exploitation")


def test_the_queue_shows_what_waits_with_masked_ibans(client: Any, account: BankAccount) -> None:
    BankAccountFactory(label="Déjà validé")

    page = agent(client, "Homologation").get(f"{ACCOUNTS}?file=a-traiter").text

    assert account.label in page
    assert "Déjà validé" not in page
    assert account.iban not in page
    assert "Comptes bancaires à contrôler" in client.get("/admin/").text


def test_who_decides_sees_the_rib_and_the_whole_iban(client: Any, account: BankAccount) -> None:
    page = agent(client, "Homologation").get(f"{ACCOUNTS}{account.pk}/change/").text
    rib = client.get(f"{ACCOUNTS}{account.pk}/rib/")

    assert account.iban[-3:] in page
    assert account.iban[:4] + " " + account.iban[4:8] in page
    assert rib["Content-Type"] == "application/pdf"
    assert b"".join(rib.streaming_content).startswith(b"%PDF")


def test_who_only_reads_sees_neither_and_decides_nothing(client: Any, account: BankAccount) -> None:
    page = agent(client, "Lecture seule").get(f"{ACCOUNTS}{account.pk}/change/").text

    assert account.masked_iban in page
    assert account.iban[4:8] + " " + account.iban[8:12] not in page
    for verb in ("rib", "accepter", "refuser"):
        assert client.get(f"{ACCOUNTS}{account.pk}/{verb}/").status_code == 403


def test_accept_and_refuse_an_account(client: Any, account: BankAccount) -> None:
    agent(client, "Homologation")
    other = BankAccountFactory(draft=True)

    assert "Accepter le compte" in client.get(f"{ACCOUNTS}{account.pk}/accepter/").text
    client.post(f"{ACCOUNTS}{account.pk}/accepter/")
    without = client.post(f"{ACCOUNTS}{other.pk}/refuser/", {"why": ""})
    assert without.status_code == 200
    other.refresh_from_db()
    assert other.status == "DRAFT"
    client.post(f"{ACCOUNTS}{other.pk}/refuser/", {"why": "RIB illisible"})

    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.status, other.status, other.reason) == ("ACCEPTED", "REFUSED", "RIB illisible")
    assert account.status_history.filter(status="ACCEPTED").exists()


def test_a_batch_is_prepared_controlled_and_paid(client: Any) -> None:
    fortnight()
    agent(client, "Finance")
    with clock.at(NOW):
        client.post(f"{BATCHES}preparer/")
        again = client.post(f"{BATCHES}preparer/", follow=True)
        assert "existe déjà" in again.text
        batch = CashflowBatch.objects.get()
        page = client.get(BATCHES).text
        for text in ("VIR1", "20\u202f085,98", "0 sur 2", "À contrôler"):
            assert text in page
        early = client.post(f"{BATCHES}{batch.pk}/justificatifs/", follow=True)
        assert "doit être contrôlé" in early.text
        client.post(f"{BATCHES}{batch.pk}/accepter/")
        client.post(f"{BATCHES}{batch.pk}/justificatifs/")
        page = client.get(f"{BATCHES}{batch.pk}/change/").text

    batch.refresh_from_db()
    assert (batch.status, Invoice.objects.count()) == ("INVOICED", 2)
    assert "2 sur 2" in page


def test_files_of_a_batch(client: Any) -> None:
    fortnight()
    batch = make_batch(now=NOW, by=JOB)
    agent(client, "Finance")

    sepa = client.get(f"{BATCHES}{batch.pk}/sepa/")
    detail = client.get(f"{BATCHES}{batch.pk}/csv/")

    assert b"20085.98" in b"".join(sepa.streaming_content)
    assert b"20067.43" in b"".join(detail.streaming_content)
    client.post(f"{BATCHES}{batch.pk}/refaire/")
    assert client.get(f"{BATCHES}{batch.pk}/sepa/").status_code == 200


def test_a_batch_without_file_says_why(client: Any, settings: Any) -> None:
    settings.PAYER_IBAN = ""
    fortnight()
    batch = make_batch(now=NOW, by=JOB)

    page = agent(client, "Finance").get(f"{BATCHES}{batch.pk}/sepa/", follow=True)

    assert "manque dans les réglages" in page.text


def test_above_the_limit_a_second_agent_is_needed(client: Any, settings: Any) -> None:
    settings.BATCH_SECOND_PERSON_ABOVE_CENTS = 100_00
    fortnight()
    batch = make_batch(now=NOW, by=JOB)
    url = f"{BATCHES}{batch.pk}/accepter/"

    assert "deux personnes" in agent(client, "Finance").get(url).text
    client.post(url)
    assert "une autre personne" in client.post(url, follow=True).text
    batch.refresh_from_db()
    assert batch.status == "UNDER_REVIEW"
    agent(client, "Finance").post(url)
    batch.refresh_from_db()
    assert batch.status == "ACCEPTED"


@pytest.mark.parametrize("group", ["Homologation", "Support pro", "Lecture seule"])
def test_only_finance_controls_batches(client: Any, group: str) -> None:
    fortnight()
    batch = make_batch(now=NOW, by=JOB)
    agent(client, group)

    for verb in ("accepter", "justificatifs", "sepa", "csv", "refaire"):
        assert client.post(f"{BATCHES}{batch.pk}/{verb}/").status_code == 403
    assert client.post(f"{BATCHES}preparer/").status_code == 403


def test_justificatifs_and_cashflows_are_read(client: Any) -> None:
    fortnight()
    pay()
    invoice = Invoice.objects.order_by("pk").first()
    agent(client, "Finance")

    assert "F260000001" in client.get("/admin/finance/invoice/").text
    assert client.get(f"/admin/finance/invoice/{invoice.pk}/change/").status_code == 200
    pdf = client.get(f"/admin/finance/invoice/{invoice.pk}/pdf/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    client.post(f"/admin/finance/invoice/{invoice.pk}/refaire/")
    page = client.get("/admin/finance/cashflow/").text
    assert "VIR1" in page
    assert BankAccount.objects.first().iban not in page
