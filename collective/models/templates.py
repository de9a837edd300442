"""Showcases (« offres vitrines »), what teachers ask and what they keep (§2.4, §2.11)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format

from collective.enums import Change, DisplayStatus, OfferValidation, TemplateAction
from collective.models.proposals import Proposal
from collective.models.schools import Institution, Redactor
from collective.querysets import CollectiveRequestQuerySet, CollectiveTemplateQuerySet
from collective.words import template_vector
from passpro.kernel import clock
from passpro.kernel.audit import TransitionLog

# §3.6.
ALLOWED_TEMPLATE: dict[str, frozenset[str]] = {
    DisplayStatus.DRAFT: frozenset({TemplateAction.EDIT, TemplateAction.ARCHIVE}),
    DisplayStatus.UNDER_REVIEW: frozenset(),
    DisplayStatus.REJECTED: frozenset({TemplateAction.ARCHIVE}),
    DisplayStatus.PUBLISHED: frozenset(
        {
            TemplateAction.EDIT,
            TemplateAction.ARCHIVE,
            TemplateAction.CREATE_OFFER,
            TemplateAction.HIDE,
            TemplateAction.SHARE,
        }
    ),
    DisplayStatus.HIDDEN: frozenset(
        {
            TemplateAction.EDIT,
            TemplateAction.ARCHIVE,
            TemplateAction.CREATE_OFFER,
            TemplateAction.PUBLISH,
        }
    ),
    DisplayStatus.ENDED: frozenset(
        {TemplateAction.EDIT, TemplateAction.ARCHIVE, TemplateAction.CREATE_OFFER}
    ),
    DisplayStatus.ARCHIVED: frozenset(),
}


class CollectiveTemplate(Proposal):
    """A permanent or dated showcase: teachers write to the partner, nobody books it."""

    price_detail = models.TextField("informations sur le prix", max_length=1000, blank=True)
    # Both or none; none = permanent. The end is not included.
    starts_at = models.DateTimeField("visible à partir du", null=True, blank=True)
    ends_at = models.DateTimeField("jusqu’au", null=True, blank=True)
    contact_url = models.URLField("formulaire du partenaire", max_length=300, blank=True)
    contact_by_form = models.BooleanField("formulaire de PassPro", default=False)
    search_vector = models.GeneratedField(
        verbose_name="mots de recherche",
        expression=template_vector(),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CollectiveTemplateQuerySet.as_manager()

    class Meta(Proposal.Meta):
        verbose_name = "offre vitrine"
        verbose_name_plural = "offres vitrines"
        permissions = [("decide_collectivetemplate", "Peut valider ou refuser une offre vitrine")]
        constraints = [
            *Proposal.Meta.constraints,
            models.CheckConstraint(
                name="collective_template_has_contact",
                condition=~Q(contact_email="")
                | ~Q(contact_phone="")
                | ~Q(contact_url="")
                | Q(contact_by_form=True),
                violation_error_message="Choisissez au moins un moyen de contact.",
            ),
            models.CheckConstraint(
                name="collective_template_one_form",
                condition=Q(contact_url="") | Q(contact_by_form=False),
                violation_error_message="Un seul formulaire : celui de PassPro ou le vôtre.",
            ),
            models.CheckConstraint(
                name="collective_template_range",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
            ),
        ]
        indexes = [
            models.Index(name="collective_template_venue", fields=["venue", "-id"]),
            models.Index(
                name="collective_template_shown",
                fields=["-validated_at", "-id"],
                condition=Q(is_active=True, validation="APPROVED"),
            ),
            GinIndex(name="collective_template_words", fields=["search_vector"]),
            models.Index(
                name="collective_template_review",
                fields=["updated_at"],
                condition=Q(validation="PENDING"),
            ),
        ]

    def display_status_at(self, now: datetime) -> DisplayStatus:
        """§3.2, first matching line; the Python twin of `with_display_status`."""
        if self.archived_at is not None:
            return DisplayStatus.ARCHIVED
        if self.validation != OfferValidation.APPROVED:
            return {
                OfferValidation.REJECTED: DisplayStatus.REJECTED,
                OfferValidation.PENDING: DisplayStatus.UNDER_REVIEW,
                OfferValidation.DRAFT: DisplayStatus.DRAFT,
            }[OfferValidation(self.validation)]
        if self.ends_at is not None and self.ends_at < now:
            return DisplayStatus.ENDED
        return DisplayStatus.PUBLISHED if self.is_active else DisplayStatus.HIDDEN

    def allowed_at(self, now: datetime) -> frozenset[str]:
        """What the partner may do now (§3.6)."""
        return ALLOWED_TEMPLATE[self.display_status_at(now)]

    @property
    def period_text(self) -> str:
        """« Toute l’année », « Le … » or « Du … au … », in the venue's time."""
        if self.starts_at is None or self.ends_at is None:
            return "Toute l’année"
        zone = ZoneInfo(self.venue.time_zone)
        first, last = self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)
        if first.date() == last.date():
            return f"Le {date_format(first, 'j F Y')}"
        return f"Du {date_format(first, 'j F Y')} au {date_format(last, 'j F Y')}"


class TemplateChange(TransitionLog):
    """A line of the history of a template; equal states when a fact changed instead."""

    template = models.ForeignKey(
        CollectiveTemplate, on_delete=models.CASCADE, related_name="changes"
    )

    class Meta(TransitionLog.Meta):
        verbose_name = "ligne de l’historique d’une offre vitrine"
        verbose_name_plural = "historique des offres vitrines"
        indexes = [models.Index(name="template_change_of", fields=["template", "at"])]

    @property
    def kind(self) -> str:
        """As the lines of an offer: the state changed, or what the template says."""
        return Change.STATUS if self.before != self.after else Change.DETAILS

    def get_kind_display(self) -> str:
        return str(Change(self.kind).label)


class CollectiveRequest(models.Model):
    """What a teacher asks about a template (§2.11)."""

    template = models.ForeignKey(
        CollectiveTemplate, on_delete=models.PROTECT, related_name="requests"
    )
    redactor = models.ForeignKey(Redactor, on_delete=models.PROTECT, related_name="requests")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="requests")
    phone = models.CharField("téléphone", max_length=30, blank=True)
    requested_day = models.DateField("date souhaitée", null=True, blank=True)
    students = models.PositiveIntegerField("élèves", null=True, blank=True)
    teachers = models.PositiveIntegerField("accompagnateurs", null=True, blank=True)
    comment = models.TextField("message", max_length=1000)
    created_at = models.DateTimeField("reçue le", default=clock.now)

    objects = CollectiveRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d’enseignant"
        verbose_name_plural = "demandes d’enseignants"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="collective_request_says_why", condition=~Q(comment="")),
        ]
        indexes = [models.Index(name="collective_request_of", fields=["template", "-id"])]

    def __str__(self) -> str:
        return f"{self.template} – {self.institution}"


class TemplateFavourite(models.Model):
    """A template that a teacher keeps (§2.12)."""

    redactor = models.ForeignKey(Redactor, on_delete=models.CASCADE, related_name="favourites")
    template = models.ForeignKey(
        CollectiveTemplate, on_delete=models.CASCADE, related_name="favourites"
    )
    created_at = models.DateTimeField("gardée le", default=clock.now)

    class Meta:
        verbose_name = "vitrine favorite"
        verbose_name_plural = "vitrines favorites"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="template_favourite_once", fields=["redactor", "template"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.redactor} – {self.template}"
