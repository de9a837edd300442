"""The feed of the sandbox: a small bookshop, with lines that cannot be sold; offline."""

from typing import Any

from passpro.registers.exceptions import FeedDown, UnknownAccount

# Accounts that end so are unknown, or never answer.
UNKNOWN, DOWN = "00404", "00503"
_STOCKS: list[dict[str, Any]] = [
    {"ref": "3700000000017", "available": 4, "price": 17.0},
    {"ref": "9782000000012", "available": 12, "price": 21.9},
    {"ref": "9782000000029", "available": 0, "price": 8.4},
    {"ref": "9782000000036", "available": 3, "price": 14.5},
    {"ref": "9782000000111", "available": 2, "price": 9.9},
    {"ref": "9782000000999", "available": 5, "price": 12.0},
    {"ref": "97820000", "available": 1, "price": 5.0},
]


def stocks(account: str, *, after: str) -> list[dict[str, Any]]:
    """What the software of this account would answer."""
    if account.endswith(UNKNOWN):
        raise UnknownAccount
    if account.endswith(DOWN):
        raise FeedDown
    return [line for line in _STOCKS if line["ref"] > after]
