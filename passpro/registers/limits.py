"""How often one person may ask a register (SIR-03)."""

from passpro.kernel.limits import is_over
from passpro.registers.exceptions import TooManyLookups


def count_lookup(*, register: str, person: str | int, per_minute: int) -> None:
    """Count one question of this person; raises TooManyLookups above `per_minute`."""
    if is_over(f"register:{register}:asked:{person}", most=per_minute, seconds=60):
        raise TooManyLookups(register=register)
