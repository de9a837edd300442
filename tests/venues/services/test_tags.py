import pytest

from passpro.kernel import action_log
from passpro.kernel.actor import Actor
from passpro.registers.companies import Company
from tests.accounts.factories import UserFactory
from tests.venues.factories import siren
from venues.models import OffererTag
from venues.services.offerers import register_offerer

pytestmark = pytest.mark.django_db


def registered(n, email, activity_code):
    user = UserFactory(email=email)
    company = Company(
        siren=siren(n), name="Ville de Brest", is_active=True, is_disclosed=True,
        legal_category="7210", activity_code=activity_code, head_office=None,
    )  # fmt: skip
    return register_offerer(
        user=user, siren=siren(n), by=Actor.user(user), company=company,
        postal_code="29200", city="Brest",
    ).offerer  # fmt: skip


def test_tags_follow_the_activity_code_and_the_domain_of_the_first_person():
    OffererTag.objects.create(label="Réseau national", email_domains=["reseau.example"])

    town = registered(801, "zoe@ville.example", "84.11Z")
    member = registered(802, "lea@reseau.example", "90.01Z")
    none = registered(803, "lou@autre.example", "90.01Z")

    names = [", ".join(tag.label for tag in one.tags.all()) for one in (town, member, none)]
    assert names == ["Collectivité territoriale", "Réseau national", ""]
    line = next(one for one in action_log.lines_of(town) if one.changes)
    assert line.changes == (("étiquettes", "–", "Collectivité territoriale"),)
