"""So many calls a minute and a key, counted over a sliding window in Redis (API-30)."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings

from passpro.kernel import clock

logger = logging.getLogger(__name__)

# One round trip: forget what is older than the window, count, add this call if it may pass.
_SCRIPT = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local window = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, ms - window)
local count = redis.call('ZCARD', KEYS[1])
local passes = 0
if count < tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], ms, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  count = count + 1
  passes = 1
end
redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], tonumber(ARGV[4]))
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local wait = 0
if oldest[2] then wait = tonumber(oldest[2]) + window - ms end
return {passes, count, wait}
"""
_WINDOW_MS = 60_000
_DAYS_KEPT = 31


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key may still call: `reset_seconds` until its oldest call leaves the window."""

    passes: bool
    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """Those of the draft « RateLimit header fields », and Retry-After for a refused call."""
        found = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return found if self.passes else {**found, "Retry-After": str(self.reset_seconds)}


@cache
def _client() -> redis.Redis:
    client: redis.Redis = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
    )
    return client


@cache
def _window() -> Any:
    return _client().register_script(_SCRIPT)


def _day_key(prefix: str, day: date) -> str:
    return f"partner-api:day:{prefix}:{day:%Y-%m-%d}"


def calls_by_day(prefixes: Sequence[str], *, days: int = 30) -> dict[str, list[int]]:
    """Calls of each key over the last days, oldest first; nothing when Redis does not answer."""
    today = clock.today()
    since = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    if not prefixes:
        return {}
    try:
        found: Any = _client().mget([_day_key(one, day) for one in prefixes for day in since])
    except redis.RedisError:
        return {}
    counts = [int(one or 0) for one in found]
    return {one: counts[at * days : (at + 1) * days] for at, one in enumerate(prefixes)}


def count(prefix: str) -> Allowance:
    """Count one more call of this key. When Redis does not answer, every call passes."""
    limit = settings.PARTNER_API_CALLS_PER_MINUTE
    try:
        passes, counted, wait_ms = _window()(
            keys=[f"partner-api:calls:{prefix}", _day_key(prefix, clock.today())],
            args=[_WINDOW_MS, limit, secrets.token_hex(8), _DAYS_KEPT * 86_400],
        )
    except redis.RedisError as error:
        logger.warning("Calls of the partner API are not counted: %s", error)
        return Allowance(True, limit, limit, 0)
    return Allowance(bool(passes), limit, max(0, limit - counted), max(1, -(-wait_ms // 1000)))
