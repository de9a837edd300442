"""What waits in the demo for those who pay: an account, a batch, a transfer; and an e-mail."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from finance.models import Cashflow, CashflowBatch
from finance.services.bank_account import file_bank_account
from finance.services.bank_answers import import_answer
from finance.services.batch import make_batch
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from venues.models import Offerer

# An invented account number of a real bank.
IBAN, BIC = "FR1420041010050500013M02606", "PSSTFRPP"
SENT_BACK = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>DEMO-1</MsgId><CreDtTm>{moment}</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{label}</OrgnlMsgId>
<OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{label}</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>MS03</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""


def file_account(shop: Offerer, owner: User, rib: bytes) -> None:
    """The bookshop filed a second account yesterday: nobody has checked it yet."""
    with clock.at(clock.now() - timedelta(hours=30)):
        file_bank_account(
            offerer_id=shop.pk,
            iban=IBAN,
            bic=BIC,
            label="Compte des ventes en ligne",
            rib=SimpleUploadedFile("rib.pdf", rib, content_type="application/pdf"),
            by=Actor.user(owner),
        )


def make_batch_by_hand(agent: User) -> None:
    """Half-way since the last cut-off: the batch waits for somebody who accepts it."""
    last = CashflowBatch.objects.order_by("-cutoff_at").first()
    if last is None:
        return
    now = clock.now()
    middle = last.cutoff_at + (now - last.cutoff_at) / 2
    midnight = clock.paris_midnight(clock.paris_day(middle))
    cutoff = midnight if midnight > last.cutoff_at else middle
    make_batch(now=now, by=Actor.user(agent), cutoff_at=cutoff, why="Lot demandé à la main")


def send_back(agent: User) -> None:
    """The bank sent an old transfer back without saying why; it is paid again or corrected."""
    paid = Cashflow.objects.filter(invoice__isnull=False).order_by("pk").first()
    if paid is None:
        return
    label = paid.batch.label
    content = SENT_BACK.format(
        moment=f"{clock.now():%Y-%m-%dT%H:%M:%S}", label=label, reference=paid.end_to_end_id
    )
    import_answer(content=content.encode(), by=Actor.user(agent))


def give_a_message_up() -> None:
    """An address that does not exist: after the last attempt the team reads it, and sends again."""
    emails = OutboxMessage.objects.filter(kind="EMAIL", event__startswith="bookings/")
    message = emails.order_by("-pk").first()
    if message is None:
        return
    message.state, message.sent_at, message.attempts = OutboxMessage.State.FAILED, None, 6
    message.next_try_at = None
    message.last_error = "SMTPRecipientsRefused: 550 5.1.1 Adresse inconnue"
    message.save(update_fields=["state", "sent_at", "attempts", "last_error", "next_try_at"])
