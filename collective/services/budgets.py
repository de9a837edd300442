"""Budgets of schools from the ministries' file (§2.9): all of it, or nothing."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import StringIO

from django.db import transaction

from collective import adage_client
from collective.adage_client import SchoolRow
from collective.enums import BudgetPeriod
from collective.exceptions import BadBudgetFile
from collective.models import Institution, SchoolBudget, SchoolYear
from collective.uai import clean_uai, is_uai
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from passpro.kernel.money import round_cents
from passpro.registers.exceptions import RegisterDown

UAI_COLUMNS = ("UAI", "UAICode")
AMOUNT_COLUMNS = ("depositAmount", "Crédits de dépenses")
PUPILS, PER_PUPIL = "Effectif", "montant par élève"
MOST_LINES_SAID = 20


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`keeps_ministry`: an existing budget of another ministry keeps its own (§2.9)."""

    start_year: int
    ministry: str
    is_final: bool
    period: str = BudgetPeriod.YEAR
    keeps_ministry: bool = True


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What the file does, or would do."""

    created: int
    updated: int
    unchanged: int
    total_cents: int


class _DryRun(Exception):
    pass


def import_budgets(
    *, text: str, options: ImportOptions, by: Actor, dry_run: bool = False
) -> ImportOutcome:
    """Create or update the budgets of a file; rows of one UAI add up, schools are as in ADAGE.

    With `dry_run` everything is checked and counted, nothing is kept. Raises BadBudgetFile, whose
    `details["lines"]` says each mistake: unknown year, column, amount, code or school.
    """
    outcome: ImportOutcome | None = None
    year = SchoolYear.objects.at(options.start_year).first()
    if year is None:
        raise BadBudgetFile(lines=[f"L’année scolaire {options.start_year} n’existe pas."])
    amounts = _amounts(text)
    feed = _feed(year)
    try:
        with transaction.atomic():
            outcome = _import(year, amounts, feed, options, by)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert outcome is not None
    return outcome


def _feed(year: SchoolYear) -> dict[str, SchoolRow]:
    """ADAGE's schools of the year, read before any lock; raises BadBudgetFile when it is down."""
    try:
        return {row.uai: row for row in adage_client.schools(year.code)}
    except RegisterDown as error:
        raise BadBudgetFile(
            lines=["ADAGE ne donne pas la liste des établissements : réessayez plus tard."]
        ) from error


def _refresh(feed: dict[str, SchoolRow], amounts: dict[str, int]) -> dict[str, Institution]:
    """Every school of the file as ADAGE writes it, active; one it does not know stops all."""
    unknown = sorted(set(amounts) - set(feed))
    if unknown:
        raise BadBudgetFile(
            lines=[f"{uai} : établissement inconnu d’ADAGE." for uai in unknown[:MOST_LINES_SAID]]
        )
    names = ["kind", "name", "city", "postal_code", "email", "phone"]
    Institution.objects.bulk_create(
        [
            Institution(
                uai=uai, is_active=True, created_at=clock.now(),
                **{name: getattr(feed[uai], name) for name in names},
            )
            for uai in sorted(amounts)
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["uai"],
        update_fields=[*names, "is_active"],
    )  # fmt: skip
    return {one.uai: one for one in Institution.objects.filter(uai__in=amounts)}


def _import(
    year: SchoolYear,
    amounts: dict[str, int],
    feed: dict[str, SchoolRow],
    options: ImportOptions,
    by: Actor,
) -> ImportOutcome:
    schools = _refresh(feed, amounts)
    existing = {
        one.institution.uai: one
        for one in SchoolBudget.objects.filter(
            year=year, period=options.period, institution__uai__in=amounts
        )
        .select_related("institution")
        .select_for_update(of=("self",), no_key=True)
    }
    created = updated = 0
    for uai, cents in sorted(amounts.items()):
        budget = existing.get(uai)
        if budget is None:
            budget = SchoolBudget.objects.create(
                institution=schools[uai],
                year=year,
                period=options.period,
                ministry=options.ministry,
                amount_cents=cents,
                is_final=options.is_final,
                created_at=clock.now(),
            )
            created += 1
        else:
            updated += _update(budget, cents, options, by)
    unchanged = len(amounts) - created - updated
    return ImportOutcome(created, updated, unchanged, sum(amounts.values()))


def _update(budget: SchoolBudget, cents: int, options: ImportOptions, by: Actor) -> bool:
    """The new amount and final flag, with a line of history; False when nothing moves."""
    names = ["amount_cents", "is_final", "ministry"]
    before = action_log.facts(budget, names)
    budget.amount_cents, budget.is_final = cents, options.is_final
    if not options.keeps_ministry:
        budget.ministry = options.ministry
    changes = action_log.differences(before, action_log.facts(budget, names))
    if not changes:
        return False
    budget.save(update_fields=names)
    action_log.record(budget, ActionLog.Kind.MODIFIED, by=by, changes=changes)
    return True


def _amounts(text: str) -> dict[str, int]:
    """Cents by UAI; raises BadBudgetFile with every mistake found."""
    rows = csv.DictReader(StringIO(text.lstrip("\ufeff")), delimiter=";")
    columns = [name.strip() for name in rows.fieldnames or []]
    rows.fieldnames = columns
    uai_column = next((name for name in UAI_COLUMNS if name in columns), "")
    amount_column = next((name for name in AMOUNT_COLUMNS if name in columns), "")
    if not uai_column:
        raise BadBudgetFile(lines=["Il manque la colonne UAI."])
    if not amount_column and not {PUPILS, PER_PUPIL} <= set(columns):
        raise BadBudgetFile(
            lines=[f"Il manque le montant : {AMOUNT_COLUMNS[0]}, ou {PUPILS} et {PER_PUPIL}."]
        )
    amounts: dict[str, int] = defaultdict(int)
    wrong: list[str] = []
    for number, row in enumerate(rows, start=2):
        uai = clean_uai(row[uai_column] or "")
        if not is_uai(uai):
            wrong.append(f"Ligne {number} : « {uai} » n’est pas un code UAI.")
            continue
        try:
            amounts[uai] += _cents(row, amount_column)
        except (InvalidOperation, ValueError):
            wrong.append(f"Ligne {number} : le montant n’est pas un nombre.")
    if wrong:
        raise BadBudgetFile(lines=wrong[:MOST_LINES_SAID])
    return dict(amounts)


def _cents(row: dict[str, str], amount_column: str) -> int:
    if amount_column:
        euros = _number(row[amount_column])
    else:
        euros = _number(row[PUPILS]) * _number(row[PER_PUPIL])
    if euros < 0 or not euros.is_finite():
        raise ValueError(euros)
    return round_cents(euros * 100)


def _number(typed: str | None) -> Decimal:
    text = (typed or "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    return Decimal(text.removesuffix("€").replace(",", "."))
