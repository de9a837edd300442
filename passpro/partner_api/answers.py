"""What the partner API answers when it refuses, and how it writes instants (public_api.md §2, §3).

A refusal is a flat object: where → list of messages, or a bare message where clients expect one.
"""

from datetime import UTC, datetime
from typing import Any

Body = dict[str, Any]

KEY_REQUIRED: Body = {"auth": "API key required"}
INACTIVE_PROVIDER: Body = {"auth": ["Inactive provider"]}
TOO_MANY: Body = {
    "global": ["Nombre de tentatives de connexion dépassé, veuillez réessayer dans une minute"]
}
SANDBOX_ONLY: Body = {"msg": "unauthorized action"}
WRONG_METHOD: Body = {"global": ["La méthode que vous utilisez n'existe pas sur notre serveur"]}
NOT_JSON: Body = {
    "global": ["The browser (or proxy) sent a request that this server could not understand."]
}
FAULT: Body = {
    "global": ["Il semble que nous ayons des problèmes techniques :( On répare ça au plus vite."]
}


class Refused(Exception):
    """The call stops here with this status and body; what it wrote is rolled back."""

    def __init__(self, status: int, body: Body) -> None:
        self.status = status
        self.body = body
        super().__init__(status, body)


def refused(status: int, **body: Any) -> Refused:
    """`raise refused(404, event_id=["The event could not be found"])`."""
    return Refused(status, body)


def instant(moment: datetime | None) -> str | None:
    """UTC with `Z`; microseconds only if not zero (§3.2)."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
