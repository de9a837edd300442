"""A rule of the team is switched on and off (MOD-02); its text is edited while it is off."""

from django.db import transaction

from offers.exceptions import RuleWithoutCondition
from offers.models import ModerationRule
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog


@transaction.atomic
def switch_rule(*, rule_id: int, is_on: bool, by: Actor, why: str = "") -> ModerationRule:
    """From now on the rule holds offers back, or no longer does; offers already held stay so.

    Saying again what holds writes nothing. Raises RuleWithoutCondition.
    """
    rule = ModerationRule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule_id)
    if rule.is_on == is_on:
        return rule
    if is_on and not rule.conditions.exists():
        raise RuleWithoutCondition
    rule.is_on, rule.switched_at = is_on, clock.now()
    rule.save(update_fields=["is_on", "switched_at"])
    kind = ActionLog.Kind.SWITCHED_ON if is_on else ActionLog.Kind.SWITCHED_OFF
    action_log.record(rule, kind, by=by, why=why)
    return rule
