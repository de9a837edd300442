"""Filing, decision and links of bank accounts (§14)."""

from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from PIL import Image

from finance import exceptions
from finance.bank_codes import clean_bic, clean_iban
from finance.enums import BankAccountStatus
from finance.models import (
    BankAccount,
    BankAccountStatusHistory,
    OffererDefaultAccount,
    VenueBankAccountLink,
)
from finance.services.bank_account import decide_bank_account, file_bank_account, link_venues
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.errors import ForbiddenTransition, NotAllowed
from passpro.kernel.models import OutboxMessage
from tests.cast import Cast
from tests.finance.factories import PDF, BankAccountFactory, iban_of, link_account
from tests.offers.factories import StockFactory
from tests.venues.factories import MembershipFactory, VenueFactory
from venues.enums import MembershipRole

pytestmark = pytest.mark.django_db

IBAN = "FR7630006000011234567890189"


def rib(content: bytes = PDF, name: str = "rib.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def image(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (2, 2)).save(out, kind)
    return out.getvalue()


def file_it(cast: Cast, **facts: Any) -> BankAccount:
    given = {"iban": IBAN, "bic": "", "rib": rib(), "label": "Exploitation"}
    return file_bank_account(
        offerer_id=cast.offerer.pk, by=Actor.user(cast.alice), **{**given, **facts}
    )


def accepted(cast: Cast, **facts: Any) -> BankAccount:
    account: BankAccount = BankAccountFactory(offerer=cast.offerer, **facts)
    return account


# Filing --------------------------------------------------------------------------------------


def test_an_administrator_files_an_account_with_its_rib(cast: Cast) -> None:
    account = file_it(cast, iban="fr76 3000 6000 0112 3456\u00a07890 189 ")

    assert (account.iban, account.bic, account.status) == (IBAN, "AGRIFRPPXXX", "DRAFT")
    assert account.masked_iban == "FR76 •••• •••• 0189"
    assert account.rib.name.startswith(f"rib/{cast.offerer.pk}/")
    assert default_storage.open(account.rib.name).read() == PDF
    period = BankAccountStatusHistory.objects.get()
    assert (period.status, period.ended_at, period.actor_id) == ("DRAFT", None, cast.alice.pk)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", "Saisissez l’IBAN"),
        ("FR76 3000 6000 0112 3456 7890 188", "clé de contrôle"),
        ("FR76 3000 6000 0112 3456 7890 18", "26 caractères ; il en faut 27"),
        ("FR76 3000 6000 0112 3456 7890 1899", "28 caractères ; il en faut 27"),
        ("3000600001123456789", "deux lettres"),
        ("FR7630006000011234567890€89", "lettres et des chiffres"),
        ("US64SVBKUS6S3300958879", "ne reçoit pas de virement SEPA"),
        ("BE68 5390 0754 7035", "clé de contrôle"),
        ("DE8937040044053201300A", "forme attendue"),
    ],
)
def test_a_wrong_iban_is_explained(typed: str, word: str) -> None:
    with pytest.raises(exceptions.InvalidIban, match=word) as refusal:
        clean_iban(typed)

    assert refusal.value.field == "iban"


@pytest.mark.parametrize("typed", ["BE68 5390 0754 7034", "DE89 3704 0044 0532 0130 00", IBAN])
def test_ibans_of_sepa_countries_are_accepted(typed: str) -> None:
    assert clean_iban(typed.lower()) == typed.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "word"), [("AGRI", "8 ou 11"), ("AGRIXXPP", "8 ou 11"), ("GEBABEBB", "autre pays")]
)
def test_a_wrong_bic_is_explained(typed: str, word: str) -> None:
    with pytest.raises(exceptions.InvalidBic, match=word):
        clean_bic(typed, iban=IBAN)


def test_the_bic_typed_is_kept() -> None:
    assert clean_bic("agri fr pp 835", iban=IBAN) == "AGRIFRPP835"


@pytest.mark.parametrize(
    ("content", "extension"), [(PDF, "pdf"), (image("PNG"), "png"), (image("JPEG"), "jpg")]
)
def test_the_kind_of_rib_comes_from_its_content(cast: Cast, content: bytes, extension: str) -> None:
    account = file_it(cast, rib=rib(content, "scan.exe"))

    assert account.rib.name.endswith(f".{extension}")


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00 not a rib", b"\x89PNG\r\n\x1a\n broken", b"%PDF-" + b"0" * 10_485_760],
)
def test_a_wrong_rib_is_refused_and_nothing_is_written(cast: Cast, content: bytes) -> None:
    with pytest.raises(exceptions.InvalidRib):
        file_it(cast, rib=rib(content))

    assert not BankAccount.objects.exists()


def test_the_same_iban_cannot_be_filed_twice_while_live(cast: Cast) -> None:
    account = file_it(cast)
    with pytest.raises(exceptions.BankAccountAlreadyFiled):
        file_it(cast)

    decide_bank_account(
        bank_account_id=account.pk, to=BankAccountStatus.REFUSED, by=SYSTEM, why="RIB illisible"
    )
    assert file_it(cast).pk != account.pk


def test_a_corrected_dossier_replaces_the_one_to_correct(cast: Cast) -> None:
    former = file_it(cast)
    decide_bank_account(
        bank_account_id=former.pk,
        to=BankAccountStatus.WITH_PENDING_CORRECTIONS,
        by=SYSTEM,
        why="Le RIB est coupé",
    )

    account = file_it(cast)

    former.refresh_from_db()
    assert (former.status, account.status) == ("WITHOUT_CONTINUATION", "DRAFT")
    assert former.status_history.get(ended_at=None).why == "Remplacé par un nouveau dossier"


def test_a_member_who_is_not_administrator_may_not_file(cast: Cast) -> None:
    member = MembershipFactory(offerer=cast.offerer, role=MembershipRole.MEMBER).user

    with pytest.raises(NotAllowed):
        file_bank_account(
            offerer_id=cast.offerer.pk, iban=IBAN, bic="", rib=rib(), by=Actor.user(member)
        )


def test_without_label_the_venue_or_the_masked_iban_names_it(cast: Cast) -> None:
    assert file_it(cast, label="", venue_id=cast.venue.pk).label == "Grande salle"
    assert file_it(cast, label="", iban=iban_of(7)).label.startswith("FR")


# Decision ------------------------------------------------------------------------------------


def test_acceptance_links_the_only_physical_venue(cast: Cast) -> None:
    account = file_it(cast)
    VenueFactory(offerer=cast.offerer, is_virtual=True, siret=None)

    decide_bank_account(
        bank_account_id=account.pk, to=BankAccountStatus.ACCEPTED, by=Actor.user(cast.farid)
    )

    link = VenueBankAccountLink.objects.get()
    assert (link.venue, link.bank_account) == (cast.venue, account)
    first, second = BankAccountStatusHistory.objects.order_by("pk")
    assert (first.status, second.status) == ("DRAFT", "ACCEPTED")
    assert first.ended_at == second.started_at


def test_acceptance_replaces_the_link_of_the_venue_it_was_filed_for(cast: Cast) -> None:
    VenueFactory(offerer=cast.offerer)
    old = link_account(cast.venue, accepted(cast))
    account = file_it(cast, venue_id=cast.venue.pk)

    decide_bank_account(bank_account_id=account.pk, to=BankAccountStatus.ACCEPTED, by=SYSTEM)

    old.refresh_from_db()
    current = VenueBankAccountLink.objects.open().get()
    assert (current.bank_account, current.started_at) == (account, old.ended_at)


def test_acceptance_tells_the_other_venues_with_paid_offers(cast: Cast) -> None:
    VenueFactory(offerer=cast.offerer, booking_email="sans-offre@example.org")
    paying = VenueFactory(offerer=cast.offerer, booking_email="payante@example.org")
    StockFactory(offer__venue=paying, price_cents=500)
    linked = VenueFactory(offerer=cast.offerer, booking_email="rattachee@example.org")
    StockFactory(offer__venue=linked, price_cents=500)
    link_account(linked, accepted(cast))
    account = file_it(cast, venue_id=cast.venue.pk)

    decide_bank_account(bank_account_id=account.pk, to=BankAccountStatus.ACCEPTED, by=SYSTEM)

    told = OutboxMessage.objects.filter(event="finance/account_accepted")
    assert [message.recipient for message in told] == ["payante@example.org"]


@pytest.mark.parametrize("to", ["REFUSED", "WITHOUT_CONTINUATION"])
def test_a_closed_account_pays_nobody_any_more(cast: Cast, to: str) -> None:
    account = accepted(cast, filed_by=cast.alice)
    link_account(cast.venue, account)
    OffererDefaultAccount.objects.create(
        offerer=cast.offerer, bank_account=account, opened_by="test"
    )

    decide_bank_account(
        bank_account_id=account.pk, to=BankAccountStatus(to), by=SYSTEM, why="Compte clos"
    )

    assert not VenueBankAccountLink.objects.open().exists()
    assert not OffererDefaultAccount.objects.open().exists()
    message = OutboxMessage.objects.get(event="finance/account_not_accepted")
    assert message.payload["context"]["why"] == "Compte clos"


def test_a_refusal_needs_a_reason(cast: Cast) -> None:
    account = file_it(cast)

    with pytest.raises(exceptions.DecisionNeedsReason):
        decide_bank_account(
            bank_account_id=account.pk, to=BankAccountStatus.REFUSED, by=SYSTEM, why=" "
        )


def test_the_same_decision_again_opens_no_period_and_a_final_one_stays(cast: Cast) -> None:
    account = file_it(cast)
    for _ in range(2):
        decide_bank_account(
            bank_account_id=account.pk, to=BankAccountStatus.REFUSED, by=SYSTEM, why="Illisible"
        )

    assert account.status_history.count() == 2
    with pytest.raises(ForbiddenTransition):
        decide_bank_account(bank_account_id=account.pk, to=BankAccountStatus.ACCEPTED, by=SYSTEM)


# Links ---------------------------------------------------------------------------------------


def link(cast: Cast, account: BankAccount, venues: list[Any], **facts: Any) -> dict:
    return link_venues(
        offerer_id=cast.offerer.pk,
        bank_account_id=account.pk,
        venue_ids={venue.pk for venue in venues},
        by=Actor.user(cast.alice),
        **facts,
    )


def test_the_complete_set_is_opened_and_closed(cast: Cast) -> None:
    account, second = accepted(cast), VenueFactory(offerer=cast.offerer)
    assert link(cast, account, [cast.venue])["linked"] == [cast.venue.pk]

    later = clock.now() + timedelta(days=1)
    with clock.at(later):
        result = link(cast, account, [second])

    assert result == {"linked": [second.pk], "unlinked": [cast.venue.pk], "ignored": []}
    closed = VenueBankAccountLink.objects.get(venue=cast.venue)
    assert (closed.ended_at, closed.closed_by) == (later, cast.alice.get_full_name())
    message = OutboxMessage.objects.get(event="finance/venue_unlinked")
    assert message.recipient == cast.venue.booking_email


def test_a_venue_of_another_account_refuses_everything(cast: Cast) -> None:
    second = VenueFactory(offerer=cast.offerer)
    link_account(cast.venue, accepted(cast))

    with pytest.raises(exceptions.VenueAlreadyLinked, match="Grande salle") as refusal:
        link(cast, accepted(cast), [cast.venue, second])

    assert refusal.value.code == "VENUE_ALREADY_LINKED_TO_ANOTHER_BANK_ACCOUNT"
    assert VenueBankAccountLink.objects.count() == 1


def test_venues_of_others_and_without_pricing_point_are_ignored(cast: Cast) -> None:
    bare = VenueFactory(offerer=cast.offerer, siret=None, comment="Hors les murs")

    result = link(cast, accepted(cast), [cast.other_venue, bare])

    assert result == {"linked": [], "unlinked": [], "ignored": [bare.pk]}


def test_only_an_accepted_account_of_the_structure_can_be_linked(cast: Cast) -> None:
    for account in (
        accepted(cast, draft=True),
        BankAccountFactory(offerer=cast.other_offerer),
    ):
        with pytest.raises(exceptions.BankAccountNotFound):
            link(cast, account, [cast.venue])


def test_the_default_account_is_chosen_moved_and_dropped(cast: Cast) -> None:
    first, second = accepted(cast), accepted(cast)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for day, (account, chosen) in enumerate(
        [(first, True), (second, True), (first, False), (second, False)]
    ):
        with clock.at(start + timedelta(days=day)):
            link(cast, account, [], as_default=chosen)

    assert list(
        OffererDefaultAccount.objects.order_by("pk").values_list(
            "bank_account", "started_at", "ended_at"
        )
    ) == [
        (first.pk, start, start + timedelta(days=1)),
        (second.pk, start + timedelta(days=1), start + timedelta(days=3)),
    ]


def test_a_member_may_not_link(cast: Cast) -> None:
    member = MembershipFactory(offerer=cast.offerer, role=MembershipRole.MEMBER).user

    with pytest.raises(NotAllowed):
        link_venues(
            offerer_id=cast.offerer.pk,
            bank_account_id=accepted(cast).pk,
            venue_ids={cast.venue.pk},
            by=Actor.user(member),
        )


def test_an_iban_is_stored_encrypted_and_found_by_its_fingerprint(settings: Any) -> None:
    account = BankAccountFactory()
    iban = account.iban

    def stored() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT iban FROM finance_bankaccount WHERE id = %s", [account.pk])
            return str(cursor.fetchone()[0])

    first = stored()
    assert iban not in first
    assert list(BankAccount.objects.of_iban(iban)) == [account]
    with pytest.raises(NotImplementedError):
        BankAccount.objects.filter(iban=iban).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        BankAccountFactory(offerer=account.offerer, iban=iban)

    settings.IBAN_KEYS = ["a new key", settings.SECRET_KEY]
    call_command("rotate_iban_keys", stdout=StringIO())
    settings.IBAN_KEYS = ["a new key"]

    assert stored() != first
    assert BankAccount.objects.get(pk=account.pk).iban == iban
