"""Templates, what teachers ask about them, what they keep (§2.4, §2.11, §3.2, §3.6)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from collective.enums import DisplayStatus
from collective.exceptions import (
    ActionNotAllowed,
    InvalidOffer,
    InvalidRequest,
    NotReferenced,
    TemplateNotFound,
)
from collective.models import CollectiveTemplate, TemplateFavourite
from collective.services import requests, templates
from collective.services.book import Visitor
from collective.services.details import Details
from collective.services.templates import Showing
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.collective.factories import (
    NOW,
    CollectiveTemplateFactory,
    InstitutionFactory,
    ReferencedVenueFactory,
)
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db
BY = Actor("USER", "Camille Le Goff")


def details(**other):
    facts = {
        "title": "Atelier masques", "description": "Une matinée.", "domain_ids": [15],
        "formats": ["ATELIER_DE_PRATIQUE"], "level_ids": ["COLLEGE4"], "location": "SCHOOL",
        "intervention_area": ["01"], "contact_email": "a@example.org",
        "booking_emails": ["b@example.org"],
    }  # fmt: skip
    return Details(**{**facts, **other})


def visitor(school, email="claire.vidal@ac.example"):
    return Visitor(email, school.uai, "Claire", "Vidal", "Mme", may_prebook=True)


def test_a_template_is_written_published_hidden_shown_and_archived_with_its_history():
    venue = ReferencedVenueFactory()
    with clock.at(NOW):
        one = templates.create_template(
            venue=venue, details=details(), showing=Showing(contact_by_form=True), by=BY
        )
        assert one.display_status_at(NOW) == DisplayStatus.DRAFT
        templates.publish_template(template_id=one.pk, by=BY)
        templates.publish_template(template_id=one.pk, by=BY)
        templates.hide_templates(template_ids=[one.pk], by=BY)
        assert not CollectiveTemplate.objects.eligible(NOW).exists()
        with pytest.raises(ActionNotAllowed):
            templates.hide_templates(template_ids=[one.pk], by=BY)
        templates.show_templates(template_ids=[one.pk], by=BY)
        templates.update_template(
            template_id=one.pk, venue=venue, details=details(title="Autre titre"),
            showing=Showing(contact_by_form=True), by=BY,
        )  # fmt: skip
        templates.archive_templates(template_ids=[one.pk], by=BY)
        with pytest.raises(ActionNotAllowed):
            templates.archive_templates(template_ids=[one.pk], by=BY)
    lines = list(one.changes.values_list("after", "why"))
    assert [after for after, _ in lines] == [
        "DRAFT", "PUBLISHED", "HIDDEN", "PUBLISHED", "PUBLISHED", "ARCHIVED",
    ]  # fmt: skip
    assert lines[4][1] == "Modifiée : titre"


def test_a_structure_that_is_not_trusted_waits_for_the_team_which_tells_it():
    with clock.at(NOW):
        one = CollectiveTemplateFactory(draft=True, venue__offerer__is_trusted=False)
        templates.publish_template(template_id=one.pk, by=BY)
        one.refresh_from_db()
        assert one.display_status_at(NOW) == DisplayStatus.UNDER_REVIEW
        with pytest.raises(ActionNotAllowed):
            templates.archive_templates(template_ids=[one.pk], by=BY)
        with pytest.raises(InvalidOffer):
            templates.decide_template(template_id=one.pk, is_approved=False, by=BY)
        templates.decide_template(template_id=one.pk, is_approved=True, by=BY)
    one.refresh_from_db()
    assert one.display_status_at(NOW) == DisplayStatus.PUBLISHED
    assert OutboxMessage.objects.filter(event="collective/decided").count() == 1


def test_what_a_template_refuses():
    venue = ReferencedVenueFactory()
    refused = [
        (details(contact_email=""), Showing()),
        (details(), Showing(contact_url="https://example.org/f", contact_by_form=True)),
        (details(), Showing(starts_at=NOW)),
        (details(), Showing(starts_at=NOW - timedelta(days=1), ends_at=NOW)),
        (details(), Showing(starts_at=NOW, ends_at=NOW)),
        (details(), Showing(starts_at=NOW, ends_at=NOW + timedelta(days=1100))),
    ]
    with clock.at(NOW):
        for what, how in refused:
            with pytest.raises(InvalidOffer):
                templates.create_template(venue=venue, details=what, showing=how, by=BY)
        with pytest.raises(NotReferenced):
            templates.create_template(
                venue=VenueFactory(), details=details(), showing=Showing(), by=BY
            )
        for wrong in (
            {"contact_email": "", "contact_by_form": False},
            {"contact_url": "https://example.org", "contact_by_form": True},
            {"starts_at": NOW, "ends_at": NOW},
            {"is_active": True, "archived_at": NOW},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                CollectiveTemplateFactory(**wrong)
    assert not CollectiveTemplate.objects.exists()


def test_the_state_is_the_same_in_python_and_sql():
    with clock.at(NOW):
        for facts in (
            {},
            {"draft": True},
            {"draft": True, "validation": "PENDING"},
            {"is_active": False},
            {"is_active": False, "validation": "REJECTED"},
            {"is_active": False, "archived_at": NOW},
            {"starts_at": NOW - timedelta(days=2), "ends_at": NOW},
            {"starts_at": NOW - timedelta(days=2), "ends_at": NOW - timedelta(seconds=1)},
            {"starts_at": NOW - timedelta(2), "ends_at": NOW - timedelta(1), "is_active": False},
        ):
            CollectiveTemplateFactory(**facts)
    read = CollectiveTemplate.objects.with_display_status(NOW).order_by("pk")
    assert [one.display_status for one in read] == [one.display_status_at(NOW) for one in read]
    assert [one.display_status for one in read] == [
        "PUBLISHED", "DRAFT", "UNDER_REVIEW", "HIDDEN", "REJECTED", "ARCHIVED", "PUBLISHED",
        "ENDED", "ENDED",
    ]  # fmt: skip
    assert CollectiveTemplate.objects.eligible(NOW).count() == 2


def test_a_teacher_asks_and_keeps_and_the_partner_is_told_once():
    school = InstitutionFactory()
    with clock.at(NOW):
        one = CollectiveTemplateFactory()
        wish = requests.Wish("Pour ma 4e B", requested_day=clock.paris_day(NOW), students=27)
        asked = requests.send_request(template_id=one.pk, visitor=visitor(school), wish=wish)
        assert (asked.institution, asked.redactor.last_name) == (school, "Vidal")
        for wrong in (
            requests.Wish("  "),
            requests.Wish("Oui", requested_day=clock.paris_day(NOW - timedelta(days=1))),
        ):
            with pytest.raises(InvalidRequest):
                requests.send_request(template_id=one.pk, visitor=visitor(school), wish=wrong)
        hidden = CollectiveTemplateFactory(is_active=False)
        with pytest.raises(TemplateNotFound):
            requests.send_request(template_id=hidden.pk, visitor=visitor(school), wish=wish)
        for _ in range(2):
            requests.keep_template(template_id=one.pk, visitor=visitor(school))
        assert TemplateFavourite.objects.count() == 1
        for _ in range(2):
            requests.forget_template(template_id=one.pk, visitor=visitor(school))
    assert not TemplateFavourite.objects.exists()
    message = OutboxMessage.objects.get(event="collective/request")
    assert message.recipient == "reservations@example.org"
