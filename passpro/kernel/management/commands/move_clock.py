"""Move the clock of a demo: `move_clock --by 3d`, `--to 2026-12-16T06:00+01:00`, `--reset`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from passpro.kernel import clock
from passpro.kernel.models import SandboxClock

_STEP = re.compile(r"^(\d+)(d|h|m)$")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Command(BaseCommand):
    help = "Avance l’horloge de démonstration (jamais en production)."

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--by", help="durée à ajouter : 3d, 12h, 45m")
        how.add_argument("--to", help="instant ISO 8601 avec décalage")
        how.add_argument("--reset", action="store_true", help="revenir à l’heure réelle")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX_CLOCK:
            raise CommandError("L’horloge ne se déplace que dans un bac à sable (SANDBOX_CLOCK).")
        row, _ = SandboxClock.objects.get_or_create(pk=1)
        row.offset_seconds = self._offset(row.offset_seconds, options)
        row.save()
        clock.forget_sandbox_offset()
        self.stdout.write(f"Horloge : {clock.now().astimezone(clock.PARIS).isoformat()}")

    def _offset(self, current: int, options: dict[str, Any]) -> int:
        if options["reset"]:
            return 0
        if options["by"]:
            found = _STEP.match(options["by"])
            if not found:
                raise CommandError("--by : donnez une durée comme 3d, 12h ou 45m")
            step = timedelta(**{_UNITS[found[2]]: int(found[1])})
            return current + int(step.total_seconds())
        if options["to"]:
            moment = _instant(options["to"])
            return round((moment - datetime.now(UTC)).total_seconds())
        return current


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError("--to : donnez un instant ISO 8601") from None
    if moment.tzinfo is None:
        raise CommandError("--to : donnez le décalage, par exemple 2026-12-16T06:00+01:00")
    return moment
