"""Validate a pile of countermarks at once: what a shop noted during the day, or a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from bookings import countermarks
from bookings.models import Booking
from bookings.services.countermark import validate_countermark
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one code; `refusal` is empty when it is now validated."""

    code: str
    refusal: str = ""
    booking: Booking | None = None


def validate_several(*, codes: Iterable[str], by: Actor) -> list[Outcome]:
    """Validate each code on its own (DSK-20), in the order given: one refused stops no other.

    A code given twice is told so the second time. Never raises a DomainError: each refusal is
    the outcome of its line.
    """
    outcomes, seen = [], set()
    for typed in codes:
        code = countermarks.normalise(typed)
        if code in seen:
            outcomes.append(Outcome(code, "Déjà dans votre liste, plus haut."))
            continue
        seen.add(code)
        if not countermarks.is_well_formed(code):
            outcomes.append(Outcome(code, "Une contremarque a 6 lettres ou chiffres."))
            continue
        try:
            booking = validate_countermark(countermark=code, by=by)
        except DomainError as refusal:
            outcomes.append(Outcome(code, refusal.message))
        else:
            outcomes.append(Outcome(code, booking=booking))
    _tell_whom(outcomes)
    return outcomes


def _tell_whom(outcomes: list[Outcome]) -> None:
    """Person and offer of what was validated, in one query for all."""
    done = [outcome.booking.pk for outcome in outcomes if outcome.booking]
    shown = Booking.objects.with_desk_data().in_bulk(done)
    for number, outcome in enumerate(outcomes):
        if outcome.booking:
            outcomes[number] = Outcome(outcome.code, booking=shown[outcome.booking.pk])
