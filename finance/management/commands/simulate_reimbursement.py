"""What would be reimbursed: one case from options, or many from standard input, one JSON a line."""

import json
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from finance.simulation import SCOPES, Case, CustomTerms, simulate
from passpro.kernel import clock
from passpro.reference.categories import SUBCATEGORIES

CODES = frozenset(item.id for item in SUBCATEGORIES)
KINDS = ("individual", "collective")


class WrongCase(ValueError):
    """A case that cannot be read: the text says which fact, and why."""


class Command(BaseCommand):
    help = (
        "Calcule un remboursement : rule_code, reimbursed_cents, contribution_cents, "
        "revenue_after_cents, un JSON par ligne."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subcategory", help="code, par exemple SEANCE_CINE")
        parser.add_argument("--kind", choices=KINDS, default="individual")
        parser.add_argument("--revenue-before", type=int, default=0, metavar="CENTIMES")
        parser.add_argument("--amount", type=int, metavar="CENTIMES", help="prix d’une unité")
        parser.add_argument("--quantity", type=int, default=1)
        parser.add_argument("--used-at", metavar="ISO", help="instant de validation (UTC)")
        parser.add_argument(
            "--stdin", action="store_true", help="lit les cas sur l’entrée, un JSON par ligne"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stdin"]:
            self._many()
            return
        for name in ("subcategory", "amount"):
            if options[name] is None:
                raise CommandError(f"--{name} manque (ou --stdin pour plusieurs cas).")
        facts = {
            "id": None,
            "kind": options["kind"],
            "subcategory": options["subcategory"],
            "revenue_before_cents": options["revenue_before"],
            "unit_amount_cents": options["amount"],
            "quantity": options["quantity"],
            "used_at_utc": options["used_at"] or clock.now().isoformat(),
        }
        try:
            self.stdout.write(_answer(facts))
        except WrongCase as error:
            raise CommandError(str(error)) from error

    def _many(self) -> None:
        """A line that cannot be read answers its error; the others go on."""
        wrong = 0
        for line in sys.stdin:
            if not line.strip():
                continue
            facts: Any = {}
            try:
                facts = json.loads(line)
                self.stdout.write(_answer(facts))
            except (WrongCase, json.JSONDecodeError) as error:
                wrong += 1
                known = facts.get("id") if isinstance(facts, dict) else None
                said = {"id": known, "error": str(error)}
                self.stdout.write(json.dumps(said, ensure_ascii=False))
        if wrong:
            raise CommandError(f"{wrong} cas illisible{'s' if wrong > 1 else ''}.")


def _answer(facts: Any) -> str:
    outcome = simulate(_case(facts))
    return json.dumps(
        {
            "id": facts.get("id"),
            "rule_code": outcome.rule_code,
            "reimbursed_cents": outcome.reimbursed_cents,
            "contribution_cents": outcome.contribution_cents,
            "revenue_after_cents": outcome.revenue_after_cents,
        },
        ensure_ascii=False,
    )


def _case(facts: Any) -> Case:
    if not isinstance(facts, dict):
        raise WrongCase("Un cas est un objet JSON.")
    kind = facts.get("kind", "individual")
    if kind not in KINDS:
        raise WrongCase(f"kind : « {kind} » n’est ni individual ni collective.")
    return Case(
        subcategory_id=_subcategory(facts.get("subcategory"), required=kind == "individual"),
        unit_cents=_whole(facts, "unit_amount_cents"),
        quantity=_whole(facts, "quantity", 1, least=1),
        revenue_before_cents=_whole(facts, "revenue_before_cents", 0),
        is_collective=kind == "collective",
        used_at=_moment(facts, "used_at_utc") or clock.now(),
        custom=tuple(_terms(one) for one in facts.get("custom_rules") or ()),
    )


def _subcategory(code: Any, *, required: bool = True) -> str:
    if not required and not code:
        return ""
    if code not in CODES:
        raise WrongCase(f"subcategory : « {code} » n’est pas une sous-catégorie.")
    return str(code)


def _whole(facts: dict[str, Any], name: str, default: int | None = None, least: int = 0) -> int:
    value = facts.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise WrongCase(f"{name} : un nombre entier d’au moins {least} est attendu.")
    return value


def _moment(facts: dict[str, Any], name: str) -> datetime | None:
    """ISO; without an offset it is UTC, as the name says."""
    text = facts.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise WrongCase(f"{name} : « {text} » n’est pas une date ISO.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _terms(facts: Any) -> CustomTerms:
    if not isinstance(facts, dict) or facts.get("scope") not in SCOPES:
        raise WrongCase(f"custom_rules : scope est l’un de {', '.join(SCOPES)}.")
    rate, amount = facts.get("rate"), facts.get("amount_cents")
    if (rate is None) == (amount is None):
        raise WrongCase("custom_rules : donnez rate ou amount_cents, l’un des deux.")
    if rate is not None:
        try:
            rate = Decimal(str(rate))
        except InvalidOperation as error:
            raise WrongCase(f"custom_rules : « {rate} » n’est pas un taux.") from error
        if not 0 <= rate <= 1:
            raise WrongCase("custom_rules : rate est entre 0 et 1.")
    else:
        amount = _whole(facts, "amount_cents")
    return CustomTerms(
        scope=facts["scope"],
        rate=rate,
        amount_cents=amount,
        from_at=_moment(facts, "valid_from_utc"),
        until_at=_moment(facts, "valid_until_utc"),
        subcategories=frozenset(_subcategory(code) for code in facts.get("subcategories") or ()),
    )
