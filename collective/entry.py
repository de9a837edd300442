"""Addresses that ADAGE signs for teachers and heads of school (collective.md §7.1).

One algorithm a mode, never chosen by the token: RS256 with ADAGE's public key, or, in the sandbox
only, HS256 with a key of this installation's own, which signs its addresses itself.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac

from collective.enums import SchoolRole
from collective.exceptions import BadTicket, TicketExpired, TicketWithoutEnd
from collective.services.book import Visitor
from passpro.kernel import clock

SANDBOX_LIFE = timedelta(minutes=5)
# An address lives minutes, whatever its exp claim says.
LONGEST_LIFE = timedelta(minutes=15)
CLOCKS_DIFFER = timedelta(minutes=1)
_NEEDED = ["exp", "iat", "jti", "aud", "mail"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a valid address says: who enters, as what, once."""

    visitor: Visitor
    role: str
    jti: str
    expires_at: datetime


def _key() -> tuple[Any, str]:
    if settings.ADAGE_SANDBOX:
        digest = salted_hmac("collective.entry", "adage-sandbox", algorithm="sha256").digest()
        return digest, "HS256"
    return settings.ADAGE_PUBLIC_KEY, "RS256"


def read(token: str) -> Ticket:
    """Check signature, audience and life; raises BadTicket, TicketExpired."""
    key, algorithm = _key()
    if not key:
        raise BadTicket
    try:
        # Life is checked below with the product's clock.
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=settings.ADAGE_AUDIENCE,
            options={"require": _NEEDED, "verify_exp": False, "verify_iat": False},
        )
        expires_at = datetime.fromtimestamp(int(claims["exp"]), tz=UTC)
        issued_at = datetime.fromtimestamp(int(claims["iat"]), tz=UTC)
    except jwt.MissingRequiredClaimError as error:
        raise (TicketWithoutEnd if error.claim == "exp" else BadTicket) from error
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise BadTicket from error
    now = clock.now()
    if issued_at > now + CLOCKS_DIFFER:
        raise BadTicket
    if expires_at <= now or issued_at + LONGEST_LIFE <= now:
        raise TicketExpired
    uai = _text(claims, "uai")
    role = _text(claims, "role") or SchoolRole.TEACHER
    if role not in SchoolRole.values or not uai:
        role = SchoolRole.READER
    mail, jti = _text(claims, "mail"), _text(claims, "jti")
    if not mail or not jti or len(jti) > 64:
        raise BadTicket
    visitor = Visitor(
        email=mail,
        uai=uai,
        first_name=_text(claims, "prenom"),
        last_name=_text(claims, "nom"),
        civility=_text(claims, "civilite"),
        may_prebook=role == SchoolRole.TEACHER and claims.get("canPrebook") is True,
        latitude=_degrees(claims, "lat", 90),
        longitude=_degrees(claims, "lon", 180),
    )
    return Ticket(visitor, role, jti, expires_at)


def _degrees(claims: dict[str, Any], name: str, most: int) -> float | None:
    """A coordinate; None when it is missing or no point of the earth."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        degrees = float(value)
    except ValueError:
        return None
    return degrees if abs(degrees) <= most else None


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip()[:128] if isinstance(value, str) else ""


def sandbox_token(visitor: Visitor, role: str, *, audience: str = "") -> str:
    """An address of the sandbox, signed by this installation; raises BadTicket elsewhere."""
    if not settings.ADAGE_SANDBOX:
        raise BadTicket
    key, algorithm = _key()
    now = clock.now()
    claims = {
        "aud": audience or settings.ADAGE_AUDIENCE,
        "iat": int(now.timestamp()),
        "exp": int((now + SANDBOX_LIFE).timestamp()),
        "jti": uuid.uuid4().hex,
        "mail": visitor.email,
        "prenom": visitor.first_name,
        "nom": visitor.last_name,
        "civilite": visitor.civility,
        "uai": visitor.uai,
        "role": role,
        "canPrebook": visitor.may_prebook,
        "lat": visitor.latitude,
        "lon": visitor.longitude,
    }
    return jwt.encode(claims, key, algorithm=algorithm)
