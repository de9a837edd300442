"""The team's rules about offers, read for a school's offer (§5.4): they say what to look at."""

from collective.lifecycle import stock_of
from collective.models import CollectiveOffer
from offers.enums import ModerationField as F
from offers.models import ModerationRule
from offers.moderation import Facts, Flag, holds, words_of
from offers.search import normalise

# Fields that only individual offers have: a rule that looks at one says nothing here.
_NOT_OURS = {F.WITHDRAWAL, F.CATEGORY, F.SUBCATEGORY}


def flags_of(offer: CollectiveOffer) -> list[Flag]:
    """The active rules that this offer meets; two queries, whatever their number."""
    facts = _facts_of(offer)
    found = []
    for rule in ModerationRule.objects.filter(is_on=True).prefetch_related("conditions"):
        conditions = list(rule.conditions.all())
        if any(one.field in _NOT_OURS for one in conditions):
            continue
        if holds(conditions, facts):
            found.append(Flag(rule.pk, rule.name, words_of(conditions)))
    return found


def _facts_of(offer: CollectiveOffer) -> Facts:
    stock = stock_of(offer)
    title = normalise(offer.title)
    detail = stock.price_detail if stock else ""
    description = normalise(f"{offer.description} {detail} {' '.join(offer.format_labels)}")
    return Facts(
        texts={F.TITLE: title, F.DESCRIPTION: description, F.TEXT: f"{title} {description}"},
        choices={F.OFFERER: offer.venue.offerer.siren, F.VENUE: str(offer.venue_id)},
        price_cents=stock.price_cents if stock else 0,
    )
