"""Budgets of schools from the ministries' file; --dry-run checks and counts only."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collective.enums import BudgetPeriod, Ministry
from collective.exceptions import BadBudgetFile
from collective.services.budgets import ImportOptions, import_budgets
from passpro.kernel import money
from passpro.kernel.actor import Actor


class Command(BaseCommand):
    help = "Importe les budgets des établissements scolaires (CSV séparé par des « ; »)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True, help="année de rentrée")
        parser.add_argument("--ministry", choices=Ministry.values, required=True)
        parser.add_argument("--period", choices=BudgetPeriod.values, default=BudgetPeriod.YEAR)
        parser.add_argument("--final", action="store_true", help="crédit définitif")
        parser.add_argument("--ministry-conflict", choices=["keep", "replace"], default="keep")
        parser.add_argument("--dry-run", action="store_true", help="vérifie sans rien enregistrer")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["file"].read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Fichier illisible : {error}") from error
        try:
            outcome = import_budgets(
                text=text,
                options=ImportOptions(
                    start_year=options["year"],
                    ministry=options["ministry"],
                    is_final=options["final"],
                    period=options["period"],
                    keeps_ministry=options["ministry_conflict"] == "keep",
                ),
                by=Actor.job("Import des budgets"),
                dry_run=options["dry_run"],
            )
        except BadBudgetFile as refusal:
            raise CommandError("\n".join([refusal.message, *refusal.details["lines"]])) from refusal
        if options["dry_run"]:
            self.stdout.write("Essai : rien n’est enregistré.")
        self.stdout.write(
            f"{outcome.created} créés, {outcome.updated} modifiés, "
            f"{outcome.unchanged} inchangés, {money.euros(outcome.total_cents)} en tout."
        )
