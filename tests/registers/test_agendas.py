"""Agendas by their number, over HTTP: what the service answers, and what it does badly (PRV-12)."""

from datetime import UTC, datetime

import pytest

from offers.calendars import read_calendar
from passpro.kernel.breaker import FAILURES
from passpro.registers import agendas
from passpro.registers.exceptions import AgendaDown, RegisterBusy, UnknownAgenda

NOW = datetime(2030, 6, 1, tzinfo=UTC)
PATH = "/agendas/11362982/events.ics"
CALENDAR = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//OpenAgenda//FR",
        "BEGIN:VEVENT",
        "UID:openagenda-1",
        "DTSTART:20300614T183000Z",
        "DTEND:20300614T200000Z",
        "SUMMARY:Veillée d’été à l’abbaye",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)


@pytest.fixture(autouse=True)
def _real_service(settings, register, monkeypatch):
    settings.OPENAGENDA, settings.OPENAGENDA_URL = "http", register.url
    monkeypatch.setattr(agendas, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(agendas, "DEADLINE_SECONDS", 1.0)
    register.answers[PATH] = (200, CALENDAR)


def test_an_agenda_is_its_calendar_asked_once_in_five_minutes(register):
    first, second = agendas.calendar_of("11362982"), agendas.calendar_of("11362982")

    assert first == second == CALENDAR
    (path, asked, headers), *others = register.calls
    assert (path, asked, headers["Accept"], others) == (PATH, {}, "text/calendar", [])
    (event,), rejected = read_calendar(first, zone="Europe/Paris", now=NOW)
    assert (event.title, rejected) == ("Veillée d’été à l’abbaye", [])


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_agenda_that_is_private_or_gone_is_unknown(register, status):
    register.answers[PATH] = (status, "<html>Cet agenda n’existe pas</html>")

    with pytest.raises(UnknownAgenda) as refusal:
        agendas.calendar_of("11362982")
    assert refusal.value.field == "identifier"
    assert len(register.calls) == 1


@pytest.mark.parametrize("mood", ["slow", "503", "cut", "drip"])
def test_a_slow_or_broken_answer_is_asked_again_then_given_up(register, mood):
    register.moods = [mood]
    if mood != "drip":  # leaves no time for a second call
        assert agendas.calendar_of("11362982") == CALENDAR

    register.moods = [mood, mood]
    with pytest.raises(AgendaDown):
        agendas.calendar_of("1")


def test_a_service_that_limits_our_calls_says_when_to_come_back(register):
    register.moods = ["429"]

    with pytest.raises(RegisterBusy):
        agendas.calendar_of("11362982")

    assert len(register.calls) == 1
    # A failure is never kept: the next call finds the agenda.
    assert agendas.calendar_of("11362982") == CALENDAR


def test_a_calendar_without_end_is_not_read(register, monkeypatch):
    monkeypatch.setattr(agendas, "MAX_CALENDAR_BYTES", 100)

    with pytest.raises(AgendaDown):
        agendas.calendar_of("11362982")


def test_a_service_that_is_down_is_left_alone(register):
    register.moods = ["503"] * FAILURES
    for _ in range(FAILURES):
        with pytest.raises(AgendaDown):
            agendas.calendar_of("11362982")

    calls = len(register.calls)
    with pytest.raises(AgendaDown):
        agendas.calendar_of("11362982")
    assert len(register.calls) == calls
