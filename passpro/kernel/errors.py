"""Refusals: a class, a stable code, a French message, an HTTP status (house style E4)."""

from typing import Any


class DomainError(Exception):
    """Base of every refusal a service may raise; translated once per door."""

    code = "refused"
    message = "Action impossible."
    http_status = 409

    def __init__(
        self, message: str | None = None, *, field: str | None = None, **details: Any
    ) -> None:
        self.message = message or self.message
        self.field = field
        self.details = details
        super().__init__(self.message)


class NotAllowed(DomainError):
    code = "not_allowed"
    message = "Vous n’avez pas le droit de faire cette action."
    http_status = 403


class ForbiddenTransition(DomainError):
    """A state change that the transition table does not list."""

    code = "forbidden_transition"
    message = "Ce changement d’état n’est pas possible."

    def __init__(self, obj: object, to: str) -> None:
        super().__init__(details_object=f"{type(obj).__name__}:{getattr(obj, 'pk', None)}", to=to)
