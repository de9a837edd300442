"""Calls to the ticketing of a partner: sell places, give them back (§5.11, API-270 to API-275).

`settings.TICKETING` chooses who answers: `http` (the address of the partner) or `sandbox` (invented
tickets, nothing leaves). An answer is what the partner decided; anything else, silence, breakdown,
unreadable body, is `NoAnswer`, and a partner that keeps failing is left alone for a while.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings

from passpro.kernel import fetch, signing
from passpro.kernel.breaker import Breaker

BARCODE = SEAT = 100


class NoAnswer(Exception):
    """Nobody answered, late, or what cannot be read."""


class Refused(Exception):
    """The partner answered that it does not, for a reason of its own."""


@dataclass(frozen=True, slots=True)
class Ticket:
    barcode: str
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Sold:
    """Places taken at the partner; `remaining` None: unlimited."""

    tickets: tuple[Ticket, ...]
    remaining: int | None


@dataclass(frozen=True, slots=True)
class NotEnough:
    """None, or not enough of them; `remaining` are left."""

    remaining: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """`remaining`: a number, None for unlimited, "unknown" when the partner did not say."""

    remaining: int | Literal["unknown"] | None


@dataclass(frozen=True, slots=True)
class Partner:
    """Where one venue's places are sold, and under which key we sign."""

    provider_id: int
    booking_url: str
    cancel_url: str
    key: str

    def sell(self, facts: dict[str, Any]) -> Sold | NotEnough:
        """Ask for the places of a booking to come. Raises NoAnswer, Refused."""
        if settings.TICKETING == "sandbox":
            return _sandbox_sale(facts)
        status, body = self._call(self.booking_url, facts)
        if 200 <= status < 300:
            return _sold(body)
        if status == 409 and body.get("error") == "sold_out":
            return NotEnough(0)
        if status == 409 and body.get("error") == "not_enough_seats":
            return NotEnough(_whole(body.get("remainingQuantity")))
        raise Refused(f"{status} {body.get('error', '')}")

    def give_back(self, barcodes: list[str]) -> GivenBack:
        """Cancel these tickets; those already cancelled are as good. Raises NoAnswer, Refused."""
        if settings.TICKETING == "sandbox":
            return GivenBack("unknown")
        status, body = self._call(self.cancel_url, {"barcodes": barcodes})
        if 200 <= status < 300 or (status == 409 and body.get("error") == "already_cancelled"):
            return GivenBack(_remaining(body))
        raise Refused(f"{status} {body.get('error', '')}")

    def _call(self, url: str, facts: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        breaker = Breaker(f"ticketing:{self.provider_id}")
        if not url or breaker.is_open:
            raise NoAnswer("no address" if not url else "left alone for a while")
        text = json.dumps(facts, ensure_ascii=False)
        headers = signing.headers_of(text, signing.hmac_of(text, self.key))
        try:
            reply = fetch.exchange(
                url, signing.body_of(text), headers, seconds=settings.TICKETING_TIMEOUT_SECONDS
            )
        except fetch.FetchRefused as error:
            breaker.failed(error.message)
            raise NoAnswer(error.message) from None
        if reply.status >= 500:
            breaker.failed(f"status {reply.status}")
        else:
            breaker.worked()
        return reply.status, _body(reply.content)


def _body(content: bytes) -> dict[str, Any]:
    """The object of an answer; empty when there is none that can be read."""
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _sold(body: dict[str, Any]) -> Sold:
    tickets = body.get("tickets")
    if not isinstance(tickets, list) or "remainingQuantity" not in body:
        raise NoAnswer("tickets and remainingQuantity are expected")
    remaining = body["remainingQuantity"]
    return Sold(
        tickets=tuple(_ticket(one) for one in tickets),
        remaining=None if remaining is None else _whole(remaining),
    )


def _ticket(one: Any) -> Ticket:
    barcode = one.get("barcode") if isinstance(one, dict) else None
    seat = (one.get("seat") or "") if isinstance(one, dict) else ""
    if not isinstance(barcode, str) or not 0 < len(barcode) <= BARCODE or "\x00" in barcode:
        raise NoAnswer("a barcode of 1 to 100 characters is expected")
    if not isinstance(seat, str) or len(seat) > SEAT or "\x00" in seat:
        raise NoAnswer("a seat of 100 characters at most is expected")
    return Ticket(barcode=barcode, seat=seat)


def _whole(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**31:
        raise NoAnswer("a remaining quantity is expected")
    return number


def _remaining(body: dict[str, Any]) -> int | Literal["unknown"] | None:
    if "remainingQuantity" not in body:
        return "unknown"
    if body["remainingQuantity"] is None:
        return None
    try:
        return _whole(body["remainingQuantity"])
    except NoAnswer:
        return "unknown"


def _sandbox_sale(facts: dict[str, Any]) -> Sold | NotEnough:
    """What our own counter says is left, and numbered seats of a small house."""
    asked, left = facts["booking_quantity"], facts["places_left"]
    if left is not None and left < asked:
        return NotEnough(left)
    row = secrets.choice("ABCDEFGHJKL")
    first = secrets.randbelow(40) + 1
    tickets = [
        Ticket(barcode=f"{secrets.randbelow(10**13):013}", seat=f"{row}{first + n}")
        for n in range(asked)
    ]
    return Sold(tickets=tuple(tickets), remaining=None if left is None else left - asked)
