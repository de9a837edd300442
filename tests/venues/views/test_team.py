from datetime import timedelta

import pytest
from django.test import Client

from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.venues.factories import InvitationFactory, MembershipFactory
from venues.models import Invitation, Membership

pytestmark = pytest.mark.django_db


def page(cast, end=""):
    return f"/structures/{cast.offerer.pk}/equipe{end}"


@pytest.fixture
def member(cast):
    """A browser of somebody of the team who is not its administrator."""
    membership = MembershipFactory(offerer=cast.offerer, member=True)
    client = Client()
    client.force_login(membership.user)
    return client, membership


def test_the_administrator_invites_and_sees_who_did_not_answer(cast, browse):
    client = browse("member")

    done = client.post(page(cast), {"email": "zoe@example.org"}, follow=True)
    again = client.post(page(cast), {"email": "ZOE@example.org"})

    assert "L’invitation est envoyée à zoe@example.org" in done.text
    assert "Invitations en attente" in done.text
    assert again.status_code == 409
    assert "déjà une invitation" in again.text
    assert 'value="ZOE@example.org"' in again.text


def test_an_invitation_is_sent_again_or_cancelled(cast, browse):
    client = browse("member")
    invitation = InvitationFactory(
        offerer=cast.offerer, email="zoe@example.org", sent_at=clock.now() - timedelta(days=1)
    )
    InvitationFactory(offerer=cast.offerer, expired=True)
    assert "Invitation expirée" in client.get(page(cast)).text

    sent = client.post(page(cast, f"/invitations/{invitation.pk}/renvoi"), follow=True)
    soon = client.post(page(cast, f"/invitations/{invitation.pk}/renvoi"), follow=True)
    gone = client.post(page(cast, f"/invitations/{invitation.pk}/annulation"), follow=True)

    assert "L’invitation de zoe@example.org repart" in sent.text
    assert "attendez dix minutes" in soon.text
    assert "est annulée" in gone.text
    assert client.post(page(cast, f"/invitations/{invitation.pk}/renvoi")).status_code == 404


def test_a_member_sees_the_team_but_changes_nothing(cast, member):
    client, membership = member
    invitation = InvitationFactory(offerer=cast.offerer)
    other = MembershipFactory(offerer=cast.offerer, member=True)

    text = client.get(page(cast)).text

    assert cast.alice.email in text
    assert "Seul l’administrateur" in text
    assert invitation.email not in text
    for url in (
        page(cast),
        page(cast, f"/invitations/{invitation.pk}/annulation"),
        page(cast, f"/{other.pk}/retrait"),
        page(cast, f"/{membership.pk}/administration"),
    ):
        assert client.post(url, {"email": "a@example.org"}).status_code == 403


def test_the_administrator_removes_a_member_after_a_question(cast, browse, member):
    _, membership = member
    client = browse("member")
    url = page(cast, f"/{membership.pk}/retrait")

    assert "n’aura plus accès" in client.get(url).text
    done = client.post(url, {"reason": "Fin de saison"}, follow=True)

    assert "ne fait plus partie de l’équipe" in done.text
    assert client.get(url).status_code == 404


def test_the_administration_is_handed_over_after_a_question(cast, browse, member):
    _, membership = member
    client = browse("member")
    url = page(cast, f"/{membership.pk}/administration")

    assert "Vous deviendrez simple membre" in client.get(url).text
    done = client.post(url, follow=True)

    assert "administre maintenant la structure" in done.text
    assert "Inviter un collaborateur" not in done.text
    assert client.get(url).status_code == 403


def test_a_member_leaves_and_the_administrator_may_not(cast, browse, member):
    client, _ = member

    left = client.post(page(cast, "/depart"), follow=True)
    kept = browse("member").post(page(cast, "/depart"), follow=True)

    assert "Vous ne faites plus partie" in left.text
    assert client.get(page(cast)).status_code == 404
    assert "confiez d’abord l’administration" in kept.text
    assert (
        "une structure n’en reste jamais sans" in browse("member").get(page(cast, "/depart")).text
    )


def test_an_invited_person_finds_the_invitation_after_signing_up(cast, client):
    invitation = InvitationFactory(offerer=cast.offerer, email="zoe@example.org")
    client.force_login(UserFactory(email="zoe@example.org"))

    first = client.get("/structures/creation").text
    question = client.get(f"/invitations/{invitation.pk}").text
    done = client.post(f"/invitations/{invitation.pk}", {"accept": "1"}, follow=True)

    assert f"/invitations/{invitation.pk}" in first
    assert "Théâtre des Embruns" in question
    assert "votre demande" in done.text.lower()
    assert "Rattachement en attente" in done.text
    assert Membership.objects.get(user__email="zoe@example.org").status == "PENDING"
    assert "Accepter l’invitation" not in client.get(f"/invitations/{invitation.pk}").text


def test_an_invited_person_may_decline(cast, client):
    invitation = InvitationFactory(offerer=cast.offerer, email="zoe@example.org")
    client.force_login(UserFactory(email="zoe@example.org"))

    done = client.post(f"/invitations/{invitation.pk}", {"decline": "1"}, follow=True)

    assert "décliné l’invitation" in done.text
    assert Invitation.objects.get().status == "DECLINED"


def test_an_expired_invitation_says_whom_to_ask(cast, client):
    invitation = InvitationFactory(offerer=cast.offerer, email="zoe@example.org", expired=True)
    client.force_login(UserFactory(email="zoe@example.org"))

    assert "Cette invitation a expiré" in client.get(f"/invitations/{invitation.pk}").text
    refused = client.post(f"/invitations/{invitation.pk}", {"accept": "1"}, follow=True)
    assert "demandez qu’on vous la renvoie" in refused.text


def test_a_young_person_may_be_invited(cast, browse):
    invitation = InvitationFactory(offerer=cast.offerer, email=cast.chloe.email)
    client = browse("beneficiary")

    assert "Accepter l’invitation" in client.get(f"/invitations/{invitation.pk}").text
    done = client.post(f"/invitations/{invitation.pk}", {"accept": "1"}, follow=True)

    assert done.redirect_chain[-1] == ("/structures", 302)
    assert done.status_code == 200


def test_a_large_team_is_paged_and_costs_the_same(cast, browse, django_assert_max_num_queries):
    MembershipFactory.create_batch(45, offerer=cast.offerer, member=True)
    client = browse("member")
    client.get(page(cast))

    with django_assert_max_num_queries(12):
        text = client.get(page(cast)).text

    assert "?page=3" in text
    assert "Voir toute l’équipe" in client.get(f"/structures/{cast.offerer.pk}").text
