"""Support: an amount per unit for one offer (§7.3-5); stops when offer and facts differ."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from finance.services.custom_rules import RuleTerms, create_rule
from offers.models import Offer
from passpro.kernel import money
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError


class Command(BaseCommand):
    help = "Crée un tarif dérogatoire (montant par unité) pour une offre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--offer", type=int, required=True)
        parser.add_argument("--expected-price", required=True, metavar="EUROS")
        parser.add_argument("--siren", required=True, help="structure attendue")
        parser.add_argument("--amount", required=True, metavar="EUROS", help="par unité")
        parser.add_argument("--first-day", type=date.fromisoformat, required=True)
        parser.add_argument("--last-day", type=date.fromisoformat)
        parser.add_argument("--why", default="", help="motif, gardé dans l’historique")
        parser.add_argument("--force", action="store_true", help="malgré les différences")

    def handle(self, *args: Any, **options: Any) -> None:
        offer = Offer.objects.select_related("venue__offerer").filter(pk=options["offer"]).first()
        if offer is None:
            raise CommandError("Cette offre n’existe pas.")
        try:
            expected = money.parse_euros(options["expected_price"])
            amount = money.parse_euros(options["amount"])
        except money.NotAnAmount as error:
            raise CommandError(f"« {error} » n’est pas un montant.") from error
        for text in _differences(offer, options["siren"], expected):
            self.stderr.write(text)
            if not options["force"]:
                raise CommandError("Rien n’est enregistré. --force passe outre.")
        terms = RuleTerms(
            offer_id=offer.pk,
            amount_cents=amount,
            first_day=options["first_day"],
            last_day=options["last_day"],
        )
        try:
            rule = create_rule(terms=terms, by=Actor.job("Support"), why=options["why"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{rule} : {rule.words} pour « {offer.title} ».")


def _differences(offer: Offer, siren: str, expected_cents: int) -> list[str]:
    found = []
    if offer.venue.offerer.siren != siren.replace(" ", ""):
        found.append(f"L’offre est à {offer.venue.offerer.name}, {offer.venue.offerer.siren}.")
    prices = set(offer.stocks.values_list("price_cents", flat=True))
    if prices != {expected_cents}:
        shown = ", ".join(money.euros(cents) for cents in sorted(prices)) or "aucun"
        found.append(f"Prix de l’offre : {shown}.")
    return found
