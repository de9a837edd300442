"""Answers of the bank: read safely, twice harmless, paid again on a corrected account (§10.4)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from finance import inconsistencies
from finance.bank_answers import read_answer
from finance.exceptions import BankAnswerUnreadable
from finance.models import BankAccount, BankAnswer, ReturnedTransfer
from finance.services.bank_answers import import_answer, release_transfer
from finance.services.batch import make_batch
from finance.services.review import paid_cents
from finance.transfer_file import amounts_of
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.finance.factories import BankAccountFactory
from tests.finance.world import JOB, NOW, fortnight, pay

pytestmark = pytest.mark.django_db
LATER = datetime.fromisoformat("2026-06-01T05:00+02:00")


def pain_002(
    *lines: str, label: str = "VIR1", status: str = "PART", message: str = "passCulture-SCT"
) -> bytes:
    block = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{label}</OrgnlPmtInfId><PmtInfSts>{status}</PmtInfSts>"
        f"{''.join(lines)}</OrgnlPmtInfAndSts>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-05-18T08:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>
<OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>{status}</GrpSts></OrgnlGrpInfAndSts>
{block if label else ""}</CstmrPmtStsRpt></Document>""".encode()


def line(reference: str, code: str = "AC04", status: str = "RJCT") -> str:
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
    )


def camt_054(reference: str, euros: str) -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02">
<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N-7</MsgId><CreDtTm>2026-05-18T08:00:00</CreDtTm></GrpHdr>
<Ntfctn><Id>N-7</Id><CreDtTm>2026-05-18T08:00:00</CreDtTm>
<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">{euros}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>
<AmtDtls><TxAmt><Amt Ccy="EUR">{euros}</Amt></TxAmt></AmtDtls>
<RtrInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>Faux</AddtlInf></RtrInf>
</TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>""".encode()


def sent(batch: Any) -> dict[str, int]:
    with batch.transfer_file.open("rb") as file:
        return amounts_of(file.read())


def test_a_refused_transfer_is_paid_again_once_the_account_is_corrected() -> None:
    world = fortnight()
    pay()
    former = world.accounts[0]
    reference = f"VIR1-{former.pk}"
    content = pain_002(line(reference), line("VIR1-999999"), line("VIR1-5", status="ACSC"))

    tried = import_answer(content=content, by=JOB, is_try=True)
    assert not BankAnswer.objects.exists()
    with clock.at(NOW + timedelta(days=2)):
        report = import_answer(content=content, by=JOB)
        again = import_answer(content=content, by=JOB)
    assert tried.returned == report.returned == [(reference, "Compte clos (AC04)", 20_067_43)]
    assert report.ignored[0][0] == "VIR1-999999"
    assert "inconnue" in report.ignored[0][1]
    assert (again.returned, "Déjà connu" in again.ignored[0][1]) == ([], True)
    assert OutboxMessage.objects.filter(event="finance/transfer_returned").exists()

    waiting = make_batch(now=LATER, by=JOB)
    assert (paid_cents(waiting), waiting.transfer_sha256) == (0, "")

    corrected = BankAccountFactory(offerer=former.offerer, decided_at=LATER)
    after = make_batch(now=LATER + timedelta(days=15), by=JOB)
    returned = ReturnedTransfer.objects.get()
    assert (returned.bank_account, returned.iban) == (corrected, corrected.iban)
    assert sent(after) == {f"VIR3-R{returned.pk}": 20_067_43}
    assert paid_cents(after) == 20_067_43
    last = make_batch(now=LATER + timedelta(days=31), by=JOB)
    assert paid_cents(last) == 0
    counts = inconsistencies.control(now=LATER + timedelta(days=31))
    assert not [name for name, n in counts.items() if n and not name.endswith("_again")]

    with clock.at(LATER + timedelta(days=40)):
        import_answer(content=camt_054(f"VIR3-R{returned.pk}", "20067.43"), by=JOB)
        second = ReturnedTransfer.objects.get(paid_again_in=None)
        release_transfer(returned_id=second.pk, by=JOB)
    assert (second.cashflow, second.reason) == (returned.cashflow, "IBAN incorrect (AC01)")


def test_a_batch_refused_as_a_whole_and_another_amount() -> None:
    world = fortnight()
    pay()

    wrong = import_answer(content=camt_054(f"VIR1-{world.accounts[0].pk}", "1.00"), by=JOB)
    whole = import_answer(content=pain_002(status="RJCT"), by=JOB)

    assert "Montant différent" in wrong.ignored[0][1]
    assert len(whole.returned) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<Document><Autre/></Document>",
        pain_002().replace(b"<MsgId>BANK-1</MsgId>", b""),
        pain_002().replace(b"pain.002.001.03", b"pain.002.001.99"),
        b'<!DOCTYPE d [<!ENTITY a "b">]><Document>&a;</Document>',
    ],
)
def test_what_is_not_an_answer_is_refused(content: bytes) -> None:
    with pytest.raises(BankAnswerUnreadable):
        read_answer(content)


def test_the_team_tries_then_imports(client: Any) -> None:
    from tests.finance.test_admin import agent

    world = fortnight()
    pay()
    place = "/admin/finance/returnedtransfer/"
    content = pain_002(line(f"VIR1-{world.accounts[1].pk}"))

    def send(data: bytes, **facts: str) -> Any:
        file = SimpleUploadedFile("retour.xml", data)
        return client.post(f"{place}importer/", {"file": file, **facts})

    agent(client, "Finance")
    assert send(b"non").status_code == 400
    assert "rien n’est enregistré" in send(content, **{"try": "1"}).text
    assert "Import terminé" in send(content).text
    returned = ReturnedTransfer.objects.get()
    assert "Compte à corriger" in client.get(f"{place}?file=a-traiter").text
    client.post(f"{place}{returned.pk}/meme-compte/")
    assert "Part au prochain lot" in client.get(f"{place}{returned.pk}/change/").text
    assert BankAccount.objects.first().iban not in client.get(place).text
    assert agent(client, "Lecture seule").get(f"{place}importer/").status_code == 403
