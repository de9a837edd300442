"""Play what beat would have played up to a moment: `run_jobs --now 2026-12-16T06:00+01:00`."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from passpro.jobs import due_until, run_job
from passpro.kernel import clock


class Command(BaseCommand):
    help = "Joue les travaux dus jusqu’à un instant donné, dans l’ordre."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="instant ISO 8601 avec décalage ; par défaut maintenant")
        parser.add_argument("--only", action="append", help="seulement ce travail (répétable)")

    def handle(self, *args: Any, **options: Any) -> None:
        until = clock.now()
        if options["now"]:
            until = datetime.fromisoformat(options["now"])
            if until.tzinfo is None:
                raise CommandError("--now : donnez le décalage, par exemple 2026-12-16T06:00+01:00")
        for moment, job in due_until(until):
            if options["only"] and job.name not in options["only"]:
                continue
            outcome = run_job(job.name, moment)
            if any(outcome.values()):
                self.stdout.write(f"{moment.isoformat()} {job.name} {outcome}")
