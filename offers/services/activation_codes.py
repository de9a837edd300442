"""Bring the activation codes of a digital good, and hand them out (STK-80 to STK-86)."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from offers.constants import CODE_LENGTH, CODES_FILE_BYTES
from offers.exceptions import InvalidStock, WrongCodes
from offers.models import ActivationCode, Offer, Stock
from offers.services.locking import lock_own_offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.db import Statement

# STK-82: between the end of bookings and the end of the codes.
TIME_TO_USE = timedelta(days=7)
_FORBIDDEN = ",;."
_SHOWN_TWINS = 5
_TAKE = "UPDATE offers_activationcode SET is_taken = true WHERE id = %s"
_DROP = """
    UPDATE offers_stock SET quantity = quantity - dropped.codes
    FROM unnest(%s::bigint[], %s::int[]) AS dropped (stock_id, codes)
    WHERE offers_stock.id = dropped.stock_id
"""


def codes_in(raw: bytes) -> list[str]:
    """One code a line (STK-80). Raises WrongCodes: too big, unreadable, empty, a comma, semicolon
    or dot, too long, the same code twice (the first five are named)."""
    if len(raw) > CODES_FILE_BYTES:
        raise WrongCodes("Le fichier dépasse 1 Mo.", field="file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongCodes("Le fichier n’est pas un texte en UTF-8.", field="file") from None
    codes = [line.strip().strip('"') for line in text.splitlines()]
    codes = [code for code in codes if code]
    if not codes:
        raise WrongCodes("Le fichier est vide.", field="file")
    for number, code in enumerate(codes, 1):
        if any(sign in code for sign in _FORBIDDEN) or "\x00" in code:
            raise WrongCodes(
                f"Ligne {number} : un code ne contient ni virgule, ni point-virgule, ni point. "
                "Le fichier a un code par ligne.",
                field="file",
            )
        if len(code) > CODE_LENGTH:
            raise WrongCodes(f"Ligne {number} : ce code est trop long.", field="file")
    seen: set[str] = set()
    twins = list(dict.fromkeys(code for code in codes if code in seen or seen.add(code)))  # type: ignore[func-returns-value]
    if twins:
        shown = ", ".join(twins[:_SHOWN_TWINS])
        raise WrongCodes(f"Plusieurs codes sont identiques : {shown}.", field="file")
    return codes


@transaction.atomic
def set_activation_codes(
    *, offer: Offer, codes: list[str], by: Actor, expires_at: datetime | None = None
) -> Stock:
    """Give a digital good its codes, once: its quantity becomes their number (STK-81).

    Places booked before keep their countermark and count besides. `expires_at` asks for a booking
    limit at least 7 days before (STK-82). Raises WrongCodes, InvalidStock, OfferFrozen.
    """
    locked = lock_own_offer(offer, by=by)
    if locked.is_event or not locked.is_digital or locked.is_duo:
        raise WrongCodes("Seul un bien numérique, sans duo, se réserve avec des codes.")
    stock: Stock | None = locked.stocks.live().lock_for_booking().order_by("pk").first()
    if stock is None:
        raise WrongCodes("Donnez d’abord un prix à l’offre.")
    if stock.has_codes:
        raise WrongCodes("Cette offre a déjà ses codes.")
    if expires_at is not None and expires_at <= clock.now():
        raise WrongCodes("La date d’expiration est passée.", field="expires_on")
    check_code_expiry(expires_at, stock.booking_limit_at)
    ActivationCode.objects.bulk_create(
        [ActivationCode(stock=stock, code=code) for code in codes], batch_size=2_000
    )
    stock.has_codes, stock.codes_expire_at = True, expires_at
    stock.quantity = stock.booked_quantity + len(codes)
    stock.save(update_fields=["has_codes", "codes_expire_at", "quantity"])
    return stock


def check_code_expiry(expires_at: datetime | None, limit: datetime | None) -> None:
    """STK-82, STK-56: raise InvalidStock unless the limit leaves a week to use the last code."""
    if expires_at is None:
        return
    if limit is None:
        raise InvalidStock(
            "Donnez une date limite de réservation à l’offre : ses codes expirent.",
            field="limit",
            api_key="bookingLimitDatetime",
        )
    if expires_at < limit + TIME_TO_USE:
        raise InvalidStock(
            "Les codes doivent expirer au moins 7 jours après la date limite de réservation.",
            field="limit",
            api_key="activationCodesExpirationDatetime",
        )


def taking_code(code: ActivationCode) -> Statement:
    """The write that hands a locked code out, for the booking to run."""
    return Statement(_TAKE, [code.pk])


def drop_codes(counts: dict[int, int]) -> None:
    """STK-86: stock id → codes of cancelled bookings; they never serve again."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [list(counts), list(counts.values())])
