"""One handler for refusals that reach an API: {"<key>": ["message"]}, rolled back."""

from typing import Any

from django.db import connection, transaction
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from passpro.kernel.errors import DomainError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The key is the refusal's `api_key` (contract), else its field, else « global »."""
    if not isinstance(error, DomainError):
        return default_handler(error, context)
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    key = getattr(error, "api_key", None) or error.field or "global"
    return Response({key: [error.message]}, status=error.http_status)
