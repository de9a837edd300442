"""The team's pages of finance: who sees what, decisions, control of batches."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from finance.models import BankAccount, CashflowBatch, Invoice
from finance.services.batch import make_batch
from finance.tasks import make_batch_task
from passpro.kernel import clock
from passpro.kernel.models import ActionLog
from tests.accounts.factories import UserFactory
from tests.finance.factories import BankAccountFactory, price_point
from tests.finance.world import JOB, NOW, fortnight, old_venue, pay

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
    assert account.label in client.get(f"{ACCOUNTS}?q={account.iban}").text
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
    without = client.post(f"{ACCOUNTS}{other.pk}/refuser/", {"why": "", "code": "OTHER"})
    assert without.status_code == 200
    other.refresh_from_db()
    assert other.status == "DRAFT"
    client.post(
        f"{ACCOUNTS}{other.pk}/refuser/", {"why": "le logo cache l’IBAN", "code": "UNREADABLE_RIB"}
    )

    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.status, other.status) == ("ACCEPTED", "REFUSED")
    assert other.reason == "RIB illisible ou incomplet : le logo cache l’IBAN"
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
        for text in ("VIR1", "20\u202f085,98", "0 justificatifs sur 2", "À contrôler"):
            assert text in page
        early = client.post(f"{BATCHES}{batch.pk}/justificatifs/", follow=True)
        assert "doit être contrôlé" in early.text
        client.post(f"{BATCHES}{batch.pk}/accepter/")
        client.post(f"{BATCHES}{batch.pk}/justificatifs/")
        page = client.get(f"{BATCHES}{batch.pk}/change/").text

    batch.refresh_from_db()
    assert (batch.status, Invoice.objects.count()) == ("INVOICED", 2)
    assert "2 justificatifs sur 2" in page


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

    for verb in ("accepter", "justificatifs", "sepa", "csv", "comptes", "zip", "refaire"):
        assert client.post(f"{BATCHES}{batch.pk}/{verb}/").status_code == 403
    for verb in ("preparer", "arreter"):
        assert client.post(f"{BATCHES}{verb}/").status_code == 403


def test_a_batch_at_another_date_is_made_once_with_its_reason(client: Any) -> None:
    fortnight()
    agent(client, "Finance")
    url, typed = f"{BATCHES}arreter/", {"last_day": "12/05/2026", "why": "Fin de convention"}

    with clock.at(NOW):
        assert "Dernier jour inclus" in client.get(url).text
        without = client.post(url, {"last_day": "12/05/2026", "why": ""})
        future = client.post(url, {"last_day": "16/05/2026", "why": "Trop tôt"})
        assert (without.status_code, future.status_code) == (200, 400)
        assert "dans le futur" in future.text
        assert "Trop tôt" in future.text
        assert not CashflowBatch.objects.exists()
        client.post(url, typed)
        again = client.post(url, typed)
        make_batch_task("JOB", "Livré deux fois", None, "2026-05-13T00:00+02:00", "Encore")

    batch = CashflowBatch.objects.get()
    assert batch.last_day.isoformat() == "2026-05-12"
    assert batch.logs.first().why == "Fin de convention"
    assert again.status_code == 409
    assert "postérieure" in again.text


def test_files_for_accountants_wait_for_their_moment(client: Any) -> None:
    fortnight()
    batch = make_batch(now=NOW, by=JOB)
    agent(client, "Finance")

    accounts = client.get(f"{BATCHES}{batch.pk}/comptes/")
    early = client.get(f"{BATCHES}{batch.pk}/zip/", follow=True)
    pay()
    late = client.get(f"{BATCHES}{batch.pk}/zip/")

    assert "IBAN" in b"".join(accounts.streaming_content).decode()
    assert "quand le lot en sera là" in early.text
    assert b"".join(late.streaming_content).startswith(b"PK")
    assert "invoices_VIR1_" in late["Content-Disposition"]


def test_who_looks_at_an_account_leaves_a_trace(client: Any, account: BankAccount) -> None:
    agent(client, "Lecture seule").get(f"{ACCOUNTS}{account.pk}/change/")
    assert not ActionLog.objects.exists()

    agent(client, "Homologation").get(f"{ACCOUNTS}{account.pk}/change/")
    client.get(f"{ACCOUNTS}{account.pk}/rib/")

    looks = ActionLog.objects.filter(kind="LOOKED_AT", subject_id=str(account.pk))
    assert list(looks.values_list("why", flat=True)) == ["RIB", "IBAN en entier"]
    assert "Consultation" in client.get(f"{ACCOUNTS}{account.pk}/change/").text


def test_the_team_corrects_the_siret_of_a_venue(client: Any) -> None:
    hall = old_venue()
    studio = old_venue(offerer=hall.offerer)
    barn = old_venue(offerer=hall.offerer, siret=None, comment="Prêtée")
    link = price_point(barn, hall)
    url = f"/admin/finance/venuepricingpointlink/{link.pk}/changer/"
    typed = {"pricing_point": studio.pk, "why": "Erreur de saisie"}

    assert agent(client, "Lecture seule").post(url, typed).status_code == 403
    agent(client, "Support pro N2")
    assert client.post(url, {"pricing_point": studio.pk}).status_code == 200
    client.post(url, typed)

    assert barn.pricing_point_links.open().get().pricing_point == studio
    assert str(barn) in client.get("/admin/finance/venuepricingpointlink/").text


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
