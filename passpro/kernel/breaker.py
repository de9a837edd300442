"""Leave alone a service that keeps failing, so that people do not wait for it one after another.

`FAILURES` failures within a minute open the breaker for `PAUSE_SECONDS`; the first call after the
pause tries the service again. It lives in the shared cache: every process knows.
"""

import logging
from dataclasses import dataclass

from django.core.cache import cache

logger = logging.getLogger(__name__)

FAILURES = 5
FAILURE_WINDOW_SECONDS = 60
PAUSE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Breaker:
    """One service, by a name that no other has."""

    name: str

    @property
    def is_open(self) -> bool:
        return bool(cache.get(self._open_key))

    def worked(self) -> None:
        cache.delete(self._failures_key)

    def failed(self, reason: str) -> bool:
        """Count one failure; True when the breaker opens."""
        cache.add(self._failures_key, 0, FAILURE_WINDOW_SECONDS)
        try:
            failures = cache.incr(self._failures_key)
        except ValueError:  # the window ended in between
            return False
        if failures < FAILURES:
            return False
        cache.set(self._open_key, True, PAUSE_SECONDS)
        logger.error(
            "A service is left alone for a while.",
            extra={"service": self.name, "seconds": PAUSE_SECONDS, "reason": reason[:300]},
        )
        return True

    @property
    def _open_key(self) -> str:
        return f"{self.name}:open"

    @property
    def _failures_key(self) -> str:
        return f"{self.name}:failures"
