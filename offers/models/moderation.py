"""Rules that hold offers back, and why they held one."""

from django.db import models
from django.db.models import Q

from offers.enums import ModerationField, ModerationOperator
from offers.models.offers import Offer
from passpro.kernel import clock


class ModerationRule(models.Model):
    """A rule that holds an offer back at publication when all its conditions are true (MOD-02)."""

    name = models.CharField("nom", max_length=140, unique=True)
    is_on = models.BooleanField("active", default=False)
    created_at = models.DateTimeField("créée le", default=clock.now)
    switched_at = models.DateTimeField("activée ou arrêtée le", null=True, blank=True)

    class Meta:
        verbose_name = "règle de contrôle"
        verbose_name_plural = "règles de contrôle"
        ordering = ["-is_on", "name"]

    def __str__(self) -> str:
        return self.name


class ModerationCondition(models.Model):
    """One condition of a rule: a field of the offer, a comparison, a value."""

    rule = models.ForeignKey(ModerationRule, on_delete=models.CASCADE, related_name="conditions")
    field = models.CharField("champ", max_length=12, choices=ModerationField)
    operator = models.CharField("comparaison", max_length=12, choices=ModerationOperator)
    value = models.TextField(
        "valeur",
        max_length=10_000,
        help_text="Mots ou codes séparés par des virgules ; un prix s’écrit en euros.",
    )

    class Meta:
        verbose_name = "condition"
        verbose_name_plural = "conditions"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="moderation_value_given", condition=~Q(value="")),
        ]

    def __str__(self) -> str:
        field, operator = self.get_field_display(), self.get_operator_display()
        return f"{field} {operator} « {self.value} »"


class OfferFlag(models.Model):
    """Why an offer was held back: the rule, and its conditions as they were then."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="flags")
    rule = models.ForeignKey(
        ModerationRule, null=True, on_delete=models.SET_NULL, related_name="flags"
    )
    rule_name = models.CharField("règle", max_length=140)
    why = models.TextField("conditions")
    at = models.DateTimeField("date", default=clock.now)

    class Meta:
        verbose_name = "motif de contrôle"
        verbose_name_plural = "motifs de contrôle"
        ordering = ["-at", "pk"]

    def __str__(self) -> str:
        return self.rule_name
