"""How often one person may ask a register (SIR-03)."""

from django.core.cache import cache

from passpro.registers.exceptions import TooManyLookups


def count_lookup(*, register: str, person: str | int, per_minute: int) -> None:
    """Count one question of this person; raises TooManyLookups above `per_minute`."""
    key = f"register:{register}:asked:{person}"
    cache.add(key, 0, 60)
    try:
        asked = cache.incr(key)
    except ValueError:  # the minute ended in between
        return
    if asked > per_minute:
        raise TooManyLookups(register=register)
