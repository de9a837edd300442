"""Careful calls to an outside service: deadline, bounded retries, circuit breaker.

A page waits for the answer, so the whole call, retries included, has one deadline. A service that
keeps failing is left alone for a while (kernel/breaker.py): its users type their data at once
instead of waiting.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from passpro.kernel.breaker import Breaker
from passpro.registers.exceptions import RegisterBusy, RegisterDown

logger = logging.getLogger(__name__)

MAX_ANSWER_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """Status below 500 and its JSON body (an empty dictionary when there is none)."""

    status: int
    body: dict[str, Any]


@dataclass(slots=True)
class RegisterClient:
    """One outside service; `timeout` is the longest wait for the next bytes, in seconds."""

    name: str
    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3.0
    deadline: float = 5.0
    attempts: int = 2
    max_bytes: int = MAX_ANSWER_BYTES
    # True: the body is a text, given as {"text": …}.
    is_text: bool = False

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """GET one JSON document, or one text; raises RegisterDown or RegisterBusy, nothing else."""
        if self._breaker.is_open:
            raise RegisterDown(register=self.name)
        until = time.monotonic() + self.deadline
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self._once(path, params or {}, until)
            except (requests.RequestException, ValueError) as error:
                reason = f"{type(error).__name__}: {error}"
            else:
                if answer.status == 429:
                    self._breaker.failed("rate limited")
                    raise RegisterBusy(register=self.name)
                if answer.status < 500:
                    self._breaker.worked()
                    return answer
                reason = f"status {answer.status}"
            logger.warning(
                "A register failed.",
                extra={"register": self.name, "attempt": attempt, "reason": reason[:300]},
            )
            if self._breaker.failed(reason) or time.monotonic() >= until:
                break
        raise RegisterDown(register=self.name)

    def _once(self, path: str, params: Mapping[str, str], until: float) -> Answer:
        left = until - time.monotonic()
        if left <= 0:
            raise requests.Timeout("no time left")
        with requests.get(
            f"{self.base_url.rstrip('/')}/{path.lstrip('/')}",
            params=params,
            headers={"Accept": "application/json", **self.headers},
            timeout=(min(2.0, left), min(self.timeout, left)),
            allow_redirects=False,
            stream=True,
        ) as response:
            raw = self._read(response, until)
            if response.status_code >= 500 or response.status_code == 429:
                return Answer(response.status_code, {})
            if 300 <= response.status_code < 400:
                raise ValueError("a redirection was not expected")
            if self.is_text:
                return Answer(response.status_code, {"text": raw.decode("utf-8", "replace")})
            body = json.loads(raw) if raw.strip() else {}
            if not isinstance(body, dict):
                raise ValueError("a JSON object was expected")
            return Answer(response.status_code, body)

    def _read(self, response: requests.Response, until: float) -> bytes:
        """The body, unless it comes drop by drop or never ends."""
        chunks, size = [], 0
        for chunk in response.iter_content(16_384):
            size += len(chunk)
            if size > self.max_bytes:
                raise ValueError("the answer is too long")
            if time.monotonic() > until:
                raise requests.Timeout("the answer comes too slowly")
            chunks.append(chunk)
        return b"".join(chunks)

    @property
    def _breaker(self) -> Breaker:
        return Breaker(f"register:{self.name}")
