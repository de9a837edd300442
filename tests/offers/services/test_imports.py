"""Agendas and files of goods: read line by line, drafts, played again (seed 002, PRV-12)."""

from datetime import UTC, datetime, timedelta

import pytest

from offers.calendars import read_calendar
from offers.enums import ImportKind
from offers.exceptions import BadImport
from offers.models import (
    ImportedOffer,
    ModerationCondition,
    ModerationRule,
    Offer,
    OfferImport,
)
from offers.services.imports import (
    AgendaChoice,
    import_agenda,
    import_goods,
    read_agenda,
    read_goods,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.registers import agendas
from tests.accounts.factories import UserFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning():
    with clock.at(NOW):
        yield


@pytest.fixture
def by():
    return Actor.user(UserFactory())


@pytest.fixture
def venue():
    return VenueFactory(booking_email="billetterie@example.org")


def hold_back(**condition):
    rule = ModerationRule.objects.create(name="Contrôle", is_on=True)
    ModerationCondition.objects.create(rule=rule, **condition)


def block(*lines, uid="a", start="20261003T203000", title="Bal"):
    facts = [f"UID:{uid}", f"DTSTART;TZID=Europe/Paris:{start}", f"SUMMARY:{title}", *lines]
    return ["BEGIN:VEVENT", *(fact for fact in facts if not fact.endswith(":")), "END:VEVENT"]


def agenda(*blocks):
    return "\r\n".join(
        ["BEGIN:VCALENDAR", *(line for one in blocks for line in one), "END:VCALENDAR"]
    )


def read(*blocks):
    found, rejected = read_calendar(agenda(*blocks), zone="Europe/Paris", now=NOW)
    return found, [(one["line"], one["why"]) for one in rejected]


def test_a_calendar_is_read_with_its_repetitions_and_both_clocks():
    found, rejected = read(
        block("DTEND;TZID=Europe/Paris:20261003T220000", "DESCRIPTION:Valses\\, gavottes."),
        block(start="20261010T203000"),
        block(
            "RRULE:FREQ=WEEKLY;BYDAY=SA;UNTIL=20261107T235959Z",
            "EXDATE;TZID=Europe/Paris:20261031T203000",
            uid="b",
            start="20261017T203000",
            title="Jazz",
        ),
    )

    assert rejected == []
    assert [(one.title, one.minutes, one.description) for one in found] == [
        ("Bal", 90, "Valses, gavottes."),
        ("Jazz", None, ""),
    ]
    assert [f"{at:%d/%m %H:%M}" for at in found[0].dates] == ["03/10 18:30", "10/10 18:30"]
    # 25 October: the clock goes back, the concert stays at half past eight.
    assert [f"{at:%d/%m %H:%M}" for at in found[1].dates] == [
        "17/10 18:30",
        "24/10 18:30",
        "07/11 19:30",
    ]


def test_each_broken_block_is_told_with_its_line():
    found, rejected = read(
        block(uid=""),
        block(title=""),
        block(start="20200101T100000"),
        block("STATUS:CANCELLED"),
        block("RRULE:FREQ=SECONDLY"),
        ["BEGIN:VEVENT", "UID:x", "SUMMARY:Jour", "DTSTART;VALUE=DATE:20261003", "END:VEVENT"],
        ["BEGIN:VEVENT", "UID:x", "SUMMARY:Jour", "DTSTART:demain", "END:VEVENT"],
        ["BEGIN:VEVENT", "UID:x"],
        block(uid="good"),
    )

    assert [one.key for one in found] == ["good"]
    words = ["UID", "titre", "passées", "annulé", "répétition", "journée entière", "", "terminé"]
    assert len(rejected) == len(words)
    assert all(word in why for word, (_, why) in zip(words, rejected, strict=True))
    assert [line for line, _ in rejected][:3] == [2, 6, 10]


def test_an_agenda_becomes_drafts_then_follows_its_source(venue, by, settings):
    choice = AgendaChoice(
        keys=frozenset({"a", "b"}), subcategory_id="VISITE", price_cents=5_00, places=30
    )

    def play(*blocks):
        run = read_agenda(
            venue=venue, kind=ImportKind.ICS, source="agenda.ics", text=agenda(*blocks), by=by
        )
        return import_agenda(run=run, choice=choice, by=by)

    first = play(block(), block(start="20261010T203000"), block(uid="b", title="Jazz"))
    again = play(block(), block(start="20261010T203000"), block(uid="b", title="Jazz"))
    assert (first.created, first.updated, again.created, again.updated) == (2, 0, 0, 0)
    bal = ImportedOffer.objects.get(key="a").offer
    stocks = bal.stocks.order_by("beginning_at")
    assert (bal.validation, bal.booking_contact) == ("DRAFT", "billetterie@example.org")
    # STK-24: until 23:59 three days before.
    assert [f"{one.booking_limit_at:%d/%m %H:%M}" for one in stocks] == [
        "30/09 21:59",
        "07/10 21:59",
    ]
    assert [(one.quantity, one.price_cents) for one in stocks] == [(30, 5_00)] * 2

    # One date is booked, one is added by hand, the title of the other offer is mended by hand.
    stocks.filter(beginning_at__day=3).update(booked_quantity=2)
    price = bal.price_categories.get()
    StockFactory(offer=bal, price_category=price, beginning_at=NOW + timedelta(days=90))
    Offer.objects.filter(title="Jazz").update(title="Jazz au phare")
    third = play(block(start="20261017T203000", title="Grand bal"), block(uid="b", title="Jazz"))

    assert (third.created, third.updated) == (0, 1)
    assert set(Offer.objects.values_list("title", flat=True)) == {"Grand bal", "Jazz au phare"}
    dates = [f"{at:%d/%m}" for at in bal.stocks.values_list("beginning_at", flat=True)]
    assert dates == ["03/10", "17/10", "30/11"]
    assert "réservées" in third.rejected[0]["why"]

    # MOD-05: words that come from the source are checked like those that people type.
    Offer.objects.filter(pk=bal.pk).update(
        validation="APPROVED", is_active=True, validated_at=NOW, publication_at=NOW
    )
    hold_back(field="TITLE", operator="WORD", value="petit")
    assert play(block(title="Petit bal")).updated == 1
    bal.refresh_from_db()
    assert (bal.validation, bal.is_active) == ("PENDING", False)
    assert play(block(title="Bal")).updated == 0


def test_what_is_no_agenda_or_no_choice_is_refused(venue, by):
    with pytest.raises(BadImport, match="BEGIN:VCALENDAR"):
        read_agenda(venue=venue, kind=ImportKind.ICS, source="x", text="<html>", by=by)
    text = agenda(block())
    run = read_agenda(venue=venue, kind=ImportKind.ICS, source="x", text=text, by=by)
    for keys, subcategory, cents in (
        ("z", "VISITE", 0),
        ("a", "LIVRE_PAPIER", 0),
        ("a", "VISITE", 31_000),
    ):
        choice = AgendaChoice(keys=frozenset(keys), subcategory_id=subcategory, price_cents=cents)
        with pytest.raises(BadImport):
            import_agenda(run=run, choice=choice, by=by)
    venue.is_virtual = True
    with pytest.raises(BadImport, match="physique"):
        read_goods(venue=venue, source="x", content=b"", by=by)
    assert not Offer.objects.exists()


def test_goods_are_taken_line_by_line(venue, by):
    known = OfferFactory(venue=venue, book=True, extra_data={"ean": "9782070000012"})
    booked = OfferFactory(venue=venue, book=True, extra_data={"ean": "9782070000029"})
    stock = StockFactory(offer=known, undated=True, quantity=5)
    StockFactory(offer=booked, undated=True, quantity=5, booked_quantity=3)
    lines = [
        "EAN;Prix;Quantité;Titre;Auteur",
        "9782070000012;12,50;8;;",
        "978-2070000036;7;;Phares;Prigent",
        "9782070000029;9;2;;",
        "9782070000043;9;2;;",
        "9,78207E+12;9;2;Livre;",
        "9782070000036;8;1;Encore;",
        "9782070000050;cher;1;Livre;",
        "9782070000067;301;1;Livre;",
        "9782070000074;3;-1;Livre;",
        "",
    ]

    hold_back(field="PRICE", operator="OVER", value="12")
    run = read_goods(
        venue=venue, source="stock.csv", content="\r\n".join(lines).encode("cp1252"), by=by
    )
    done = import_goods(run=run, subcategory_id="LIVRE_PAPIER", by=by)

    stock.refresh_from_db()
    new = Offer.objects.get(title="Phares")
    assert (done.created, done.updated) == (1, 1)
    assert (stock.price_cents, stock.quantity) == (12_50, 8)
    known.refresh_from_db()
    assert known.validation == "PENDING"
    assert (new.validation, new.extra_data) == (
        "DRAFT",
        {"ean": "9782070000036", "author": "Prigent"},
    )
    assert (new.stocks.get().price_cents, new.stocks.get().quantity) == (7_00, None)
    why = {one["line"]: one["why"] for one in done.rejected}
    assert sorted(why) == [4, 5, 6, 7, 8, 9, 10]
    assert "3 déjà réservés" in why[4]
    assert "titre" in why[5]
    assert "tableur" in why[6]
    assert "ligne 3" in why[7]
    with pytest.raises(BadImport, match="déjà importé"):
        import_goods(run=run, subcategory_id="LIVRE_PAPIER", by=by)
    assert OfferImport.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2", b"\x00\x01", b"ean,prix\n1,2"])
def test_what_is_no_file_of_goods_is_refused(venue, by, content):
    with pytest.raises(BadImport):
        read_goods(venue=venue, source="x", content=content, by=by)


def test_the_sandbox_agenda_can_be_imported(venue, by):
    text = agendas.calendar_of("47826291")
    run = read_agenda(venue=venue, kind=ImportKind.OPENAGENDA, source="47826291", text=text, by=by)

    assert [len(event["dates"]) for event in run.found] == [2, 1, 2]
    assert run.rejected == []
