"""Fill an empty database with the demo's world; print its people: `demo [--start|--people]`."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from passpro.accounts.models import User
from passpro.kernel.models import OutboxMessage
from passpro.portal.demo.people import PASSWORD, SHOWN
from passpro.portal.demo.story import Story


class Command(BaseCommand):
    help = "Charge le jeu de démonstration dans une base vide."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", action="store_true", help="affiche seulement les comptes")
        parser.add_argument(
            "--start", action="store_true", help="migre, puis charge seulement une base vide"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX_CLOCK:
            raise CommandError("Le jeu de démonstration est réservé aux environnements d’essai.")
        if options["start"]:
            call_command("migrate", verbosity=0)
            if not User.objects.exists():
                self._load()
        elif not options["people"]:
            if User.objects.exists():
                raise CommandError("La base n’est pas vide : rien n’a été changé.")
            self._load()
        self._print_people()

    def _load(self) -> None:
        """All or nothing, so that a start that was cut off can be played again."""
        story = Story(say=self.stdout.write)
        with transaction.atomic():
            story.tell()
            # A quarter of past messages must not leave at once.
            OutboxMessage.objects.filter(state="WAITING").update(
                state="SENT", sent_at=story.now, next_try_at=None
            )
        self.stdout.write(f"Clé d’API du théâtre (montrée une seule fois) : {story.api_key}")
        self.stdout.write(f"Clé du logiciel Harmonie (idem) : {story.partner_key}")

    def _print_people(self) -> None:
        self.stdout.write(f"\nMot de passe de tous : {PASSWORD}\n")
        for person in SHOWN:
            self.stdout.write(f"  {person.email:32} {person.role:56} {person.door}")
        self.stdout.write(
            "  (sans compte)                    un établissement scolaire : /adage/essai\n"
            "  (sans compte)                    un éditeur de logiciel : /bac-a-sable"
        )
