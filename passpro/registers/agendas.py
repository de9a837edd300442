"""Public agendas by their number (OpenAgenda, seed 002): the calendar file they export (PRV-12).

`settings.OPENAGENDA` chooses who answers: `sandbox` (bundled agendas, offline), `http` (the real
service) or `off` (files only). Raises UnknownAgenda, AgendaDown or RegisterBusy.
"""

from django.conf import settings
from django.core.cache import cache

from passpro.registers.client import RegisterClient
from passpro.registers.exceptions import AgendaDown, RegisterBusy, RegisterDown, UnknownAgenda

CACHE_SECONDS = 300
TIMEOUT_SECONDS = 8.0
DEADLINE_SECONDS = 12.0
MAX_CALENDAR_BYTES = 5_000_000


def is_on() -> bool:
    """Whether agendas can be asked by their number."""
    return bool(settings.OPENAGENDA != "off")


def calendar_of(number: str) -> str:
    """The .ics text of an agenda, kept five minutes; a failure is never kept.

    Slow: never inside a transaction.
    """
    if not is_on():
        raise AgendaDown
    if settings.OPENAGENDA == "sandbox":
        # Made from the clock each time.
        from passpro.registers.agendas_sandbox import calendar

        return calendar(number)
    key = f"register:agendas:{number}"
    kept: str | None = cache.get(key)
    if kept is None:
        kept = _ask(number)
        cache.set(key, kept, CACHE_SECONDS)
    return kept


def _ask(number: str) -> str:
    client = RegisterClient(
        name="agendas",
        base_url=settings.OPENAGENDA_URL,
        headers={"Accept": "text/calendar"},
        timeout=TIMEOUT_SECONDS,
        deadline=DEADLINE_SECONDS,
        max_bytes=MAX_CALENDAR_BYTES,
        is_text=True,
    )
    try:
        answer = client.get(f"agendas/{number}/events.ics")
    except RegisterBusy:
        raise
    except RegisterDown:
        raise AgendaDown from None
    if answer.status in {403, 404, 410}:
        raise UnknownAgenda(field="identifier")
    if answer.status != 200:
        raise AgendaDown
    return str(answer.body["text"])
