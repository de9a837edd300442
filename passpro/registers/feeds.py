"""Stocks of a shop as its software publishes them: `GET <feed>/<account>`, page by page (PRV-10).

Answer of a page: `{"stocks": [{"ref": "9782…", "available": 3, "price": 21.9}, …]}`, sorted by
`ref`; `limit` asks for so many lines, `after` for those after a reference; a page that is not full
is the last one. `settings.STOCK_FEEDS` chooses who answers: `sandbox` (bundled, offline), `http`
(the feed of the software) or `off`. Raises UnknownAccount, FeedDown or RegisterBusy.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from passpro.registers.client import RegisterClient
from passpro.registers.exceptions import FeedDown, RegisterBusy, RegisterDown, UnknownAccount

PAGE = 1_000
MAX_PAGES = 200
TIMEOUT_SECONDS = 10.0
DEADLINE_SECONDS = 20.0

Lines = list[Any]


def is_on() -> bool:
    return bool(settings.STOCK_FEEDS != "off")


def pages_of(*, name: str, url: str, token: str, account: str) -> Iterator[Lines]:
    """All the lines of an account, at most `MAX_PAGES` pages of `PAGE`.

    Slow: never inside a transaction.
    """
    after = ""
    for _ in range(MAX_PAGES):
        lines = page_of(name=name, url=url, token=token, account=account, after=after)
        yield lines
        last = lines[-1].get("ref") if lines and isinstance(lines[-1], dict) else None
        if len(lines) < PAGE:
            return
        if not isinstance(last, str) or last <= after:
            raise FeedDown  # it would be read for ever
        after = last
    raise FeedDown


def page_of(
    *, name: str, url: str, token: str, account: str, after: str = "", limit: int = PAGE
) -> Lines:
    """One page; also the question whether the software knows the account."""
    if not is_on():
        raise FeedDown
    if settings.STOCK_FEEDS == "sandbox":
        from passpro.registers.feeds_sandbox import stocks

        return stocks(account, after=after)[:limit]
    client = RegisterClient(
        name=f"feed:{name}",
        base_url=url,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=TIMEOUT_SECONDS,
        deadline=DEADLINE_SECONDS,
    )
    try:
        asked = {"limit": str(limit)} | ({"after": after} if after else {})
        answer = client.get(account, asked)
    except RegisterBusy:
        raise
    except RegisterDown:
        raise FeedDown from None
    if answer.status in {403, 404, 410}:
        raise UnknownAccount
    lines = answer.body.get("stocks")
    if answer.status != 200 or not isinstance(lines, list):
        raise FeedDown
    return lines
