"""Rules that hold an offer back at publication: data of the team, read here (MOD-01, MOD-02).

One reading serves both to publish and to try a rule on past offers before it is switched on.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from offers.enums import ModerationField as F
from offers.enums import ModerationOperator as Op
from offers.models import ModerationCondition, ModerationRule, Offer, Stock
from offers.search import normalise
from passpro.kernel.money import NotAnAmount, parse_euros
from passpro.reference.artistic_types import SHOW_TYPES
from passpro.reference.categories import CATEGORIES, SUBCATEGORIES

PREVIEW_PERIOD = timedelta(days=90)
PREVIEW_MOST = 20_000
PREVIEW_SHOWN = 10

TEXTS = {F.TITLE, F.DESCRIPTION, F.TEXT, F.WITHDRAWAL}
CHOICES = {F.CATEGORY, F.SUBCATEGORY, F.NATURE, F.SHOW, F.OFFERER, F.VENUE, F.AUTHOR}
NATURES = {"evenement", "bien", "evenement-numerique", "bien-numerique"}
OPERATORS: dict[str, set[str]] = {
    **{field: {Op.CONTAINS, Op.WORD, Op.IS, Op.IS_NOT} for field in TEXTS},
    **{field: {Op.IN, Op.NOT_IN} for field in CHOICES},
    F.PRICE: {Op.OVER, Op.AT_LEAST, Op.UNDER, Op.AT_MOST, Op.IS, Op.IS_NOT},
}


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that holds an offer back, and why in words."""

    rule_id: int
    rule_name: str
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may look at; texts are without accents nor capitals."""

    texts: dict[str, str]
    choices: dict[str, str]
    price_cents: int


def facts_of(offer: Offer, stocks: Iterable[Stock] | None = None) -> Facts:
    """Reads the live stocks of the offer unless they are given; everything else is at hand."""
    title, description = normalise(offer.title), normalise(offer.description)
    known = offer.stocks.all() if stocks is None else stocks
    prices = [stock.price_cents for stock in known if stock.deleted_at is None]
    return Facts(
        texts={
            F.TITLE: title,
            F.DESCRIPTION: description,
            F.TEXT: f"{title} {description}",
            F.WITHDRAWAL: normalise(offer.withdrawal_details),
        },
        choices={
            F.CATEGORY: offer.subcategory.category_id,
            F.SUBCATEGORY: offer.subcategory_id,
            F.NATURE: _nature(offer),
            F.SHOW: str(offer.extra_data.get("showSubType", "")),
            F.OFFERER: offer.venue.offerer.siren,
            F.AUTHOR: offer.author.email.lower() if offer.author else "",
            F.VENUE: str(offer.venue_id),
        },
        price_cents=max(prices, default=0),
    )


def _nature(offer: Offer) -> str:
    name = "evenement" if offer.is_event else "bien"
    return f"{name}-numerique" if offer.is_digital else name


def flags_of(offer: Offer) -> list[Flag]:
    """The active rules that hold this offer back; two queries, none for the stocks without rule."""
    rules = list(ModerationRule.objects.filter(is_on=True).prefetch_related("conditions"))
    if not rules:
        return []
    facts = facts_of(offer)
    return [
        Flag(rule.pk, rule.name, words_of(rule.conditions.all()))
        for rule in rules
        if holds(rule.conditions.all(), facts)
    ]


def flags_of_many(offers: Iterable[Offer], stocks: Mapping[int, Stock]) -> dict[int, list[Flag]]:
    """Those of many goods that were just written, by number; two queries however many."""
    rules = list(ModerationRule.objects.filter(is_on=True).prefetch_related("conditions"))
    found: dict[int, list[Flag]] = {}
    for offer in offers if rules else ():
        facts = facts_of(offer, [stocks[offer.pk]])
        flags = [
            Flag(rule.pk, rule.name, words_of(rule.conditions.all()))
            for rule in rules
            if holds(rule.conditions.all(), facts)
        ]
        if flags:
            found[offer.pk] = flags
    return found


def words_of(conditions: Iterable[ModerationCondition]) -> str:
    return " et ".join(map(str, conditions))


def holds(conditions: Sequence[ModerationCondition] | Any, facts: Facts) -> bool:
    """All the conditions are true; a rule without condition holds nothing back."""
    conditions = list(conditions)
    return bool(conditions) and all(_is_true(condition, facts) for condition in conditions)


def _is_true(condition: ModerationCondition, facts: Facts) -> bool:
    field, operator = condition.field, condition.operator
    if field in TEXTS:
        text = facts.texts[field]
        if operator in {Op.IS, Op.IS_NOT}:
            return (text == normalise(condition.value)) == (operator == Op.IS)
        return any(_MATCHES[operator](text, words) for words in _words(condition.value))
    if field == F.PRICE:
        return _COMPARES[operator](facts.price_cents, parse_euros(condition.value))
    value = condition.value.lower() if field == F.AUTHOR else condition.value
    is_among = facts.choices[field] in _codes(value)
    return is_among if operator == Op.IN else not is_among


_MATCHES: dict[str, Callable[[str, str], bool]] = {
    Op.CONTAINS: lambda text, words: words in text,
    Op.WORD: lambda text, words: f" {words} " in f" {text} ",
}
_COMPARES: dict[str, Callable[[int, int], bool]] = {
    Op.OVER: lambda price, limit: price > limit,
    Op.AT_LEAST: lambda price, limit: price >= limit,
    Op.UNDER: lambda price, limit: price < limit,
    Op.AT_MOST: lambda price, limit: price <= limit,
    Op.IS: lambda price, limit: price == limit,
    Op.IS_NOT: lambda price, limit: price != limit,
}


_SUBCATEGORY_CODES = {item.id for item in SUBCATEGORIES}


def _words(value: str) -> list[str]:
    return [words for part in re.split(r"[,;\n]", value) if (words := normalise(part))]


def _codes(value: str) -> set[str]:
    return {code for part in re.split(r"[,;\n]", value) if (code := "".join(part.split()))}


_SHOW_CODES = {str(code) for kind in SHOW_TYPES for code, _ in kind.children}


def mistake_in(field: str, operator: str, value: str) -> str:
    """Why a condition cannot be read, in French, or ""."""
    if operator not in OPERATORS.get(field, set()):
        allowed = ", ".join(Op(one).label for one in sorted(OPERATORS.get(field, ())))
        return f"Pour ce champ, choisissez parmi : {allowed}."
    if field == F.PRICE:
        try:
            parse_euros(value)
        except NotAnAmount:
            return "Saisissez un montant en euros, par exemple 150 ou 12,50."
        return ""
    if field in TEXTS:
        return "" if _words(value) else "Donnez au moins un mot."
    known = {
        F.CATEGORY: set(CATEGORIES),
        F.SUBCATEGORY: _SUBCATEGORY_CODES,
        F.NATURE: NATURES,
        F.SHOW: _SHOW_CODES,
    }.get(F(field))
    unknown = [code for code in _codes(value) if known is not None and code not in known]
    if unknown:
        return f"Code inconnu : {', '.join(sorted(unknown))}."
    if field == F.OFFERER and any(not re.fullmatch(r"\d{9}", code) for code in _codes(value)):
        return "Un SIREN a neuf chiffres ; séparez-en plusieurs par des virgules."
    return "" if _codes(value) else "Donnez au moins un code."


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have held back among past offers."""

    looked_at: int
    held: int
    refused: int
    sample: list[Offer]


def preview(rule: ModerationRule, *, now: datetime) -> Preview:
    """Try a rule on the offers sent for publication in the last 90 days (at most 20 000)."""
    conditions = list(rule.conditions.all())
    past = (
        Offer.objects.exclude(validation="DRAFT")
        .filter(updated_at__gte=now - PREVIEW_PERIOD)
        .select_related("venue__offerer", "author")
        .prefetch_related("stocks")
        .order_by("-pk")[:PREVIEW_MOST]
    )
    looked_at = held = refused = 0
    sample: list[Offer] = []
    for offer in past.iterator(chunk_size=1000):
        looked_at += 1
        if not holds(conditions, facts_of(offer)):
            continue
        held += 1
        refused += offer.validation == "REJECTED"
        if len(sample) < PREVIEW_SHOWN:
            sample.append(offer)
    return Preview(looked_at, held, refused, sample)
