from datetime import timedelta

from passpro.kernel import clock
from tests.access import for_all, pro_list, pro_page
from tests.venues.factories import (
    AdageRequestFactory,
    InvitationFactory,
    MembershipFactory,
    ProviderFactory,
    VenueFactory,
)


def theatre(cast):
    return {"pk": cast.offerer.pk}


def hall(cast):
    return {"pk": cast.venue.pk}


def online(cast):
    return {"pk": VenueFactory(offerer=cast.offerer, virtual=True).pk}


def key(cast):
    return {"pk": cast.offerer.pk, "key_pk": cast.api_key.pk}


def partner(cast):
    return {"pk": cast.venue.pk, "provider_pk": ProviderFactory().pk}


def filed(cast):
    request = AdageRequestFactory(venue=cast.venue)
    return {"pk": cast.offerer.pk, "request_pk": request.pk}


def colleague(**facts):
    """A member of the theatre who is not its administrator."""

    def kwargs(cast):
        membership = MembershipFactory(offerer=cast.offerer, **(facts or {"member": True}))
        return {"pk": cast.offerer.pk, "membership_pk": membership.pk}

    return kwargs


def call(cast):
    invitation = InvitationFactory(offerer=cast.offerer, sent_at=clock.now() - timedelta(days=1))
    return {"pk": cast.offerer.pk, "invitation_pk": invitation.pk}


def call_of_bob(cast):
    return {"pk": InvitationFactory(offerer=cast.offerer, email=cast.bob.email).pk}


# The invited person alone.
INVITED = {"anonymous": 302, "outsider": 200, "member": 404, "beneficiary": 404, "staff": 404}
TEAM = [
    ("venues:team", theatre, "get", pro_page()),
    ("venues:team", theatre, "post", pro_page(member=400), {"email": "a"}),
    ("venues:team_leave", theatre, "get", pro_page()),
    ("venues:team_leave", theatre, "post", pro_page(member=302)),
    ("venues:invitation_resend", call, "post", pro_page(member=302)),
    ("venues:invitation_withdraw", call, "post", pro_page(member=302)),
    ("venues:member_remove", colleague(), "get", pro_page()),
    ("venues:member_remove", colleague(), "post", pro_page(member=302)),
    ("venues:administration_hand_over", colleague(), "get", pro_page()),
    ("venues:administration_hand_over", colleague(), "post", pro_page(member=302)),
    ("venues:invitation", call_of_bob, "get", INVITED),
    ("venues:invitation", call_of_bob, "post", INVITED | {"outsider": 302}, {"accept": "1"}),
]
ROWS = [
    *TEAM,
    ("venues:structures", None, "get", pro_list()),
    ("venues:structure_create", None, "get", pro_list()),
    ("venues:structure_create", None, "post", pro_list(status=400), {"number": "12"}),
    ("venues:preparation", None, "get", for_all(200)),
    ("venues:preparation", None, "post", for_all(400)),
    ("venues:preparation_activity", None, "get", for_all(302)),
    ("venues:preparation_audience", None, "get", for_all(302)),
    ("venues:preparation_result", None, "get", for_all(302)),
    ("venues:registration_company", None, "get", pro_list(), {"number": "780000089"}),
    # Without a draft, every step goes back to the first one.
    ("venues:registration_known", None, "get", pro_list(status=302)),
    ("venues:registration_known", None, "post", pro_list(status=302)),
    ("venues:registration_requested", None, "get", pro_list(status=302)),
    ("venues:registration_identity", None, "get", pro_list(status=302)),
    ("venues:registration_identity", None, "post", pro_list(status=302)),
    ("venues:registration_activity", None, "get", pro_list(status=302)),
    ("venues:registration_activity", None, "post", pro_list(status=302)),
    ("venues:registration_confirm", None, "get", pro_list(status=302)),
    ("venues:registration_confirm", None, "post", pro_list(status=302)),
    ("venues:registration_quit", None, "post", pro_list(status=302)),
    ("venues:structure", theatre, "get", pro_page()),
    ("venues:venue_create", theatre, "get", pro_page()),
    ("venues:venue_create", theatre, "post", pro_page(member=400), {"siret": "12"}),
    ("venues:venue_edit", hall, "get", pro_page()),
    ("venues:venue_edit", hall, "post", pro_page(member=400), {"name": ""}),
    ("venues:venue_created", hall, "get", pro_page()),
    ("venues:venue_preview", hall, "get", pro_page()),
    ("venues:venue_digital", online, "get", pro_page()),
    ("venues:venue_welcome", hall, "get", pro_page()),
    ("venues:venue_welcome", hall, "post", pro_page(member=400), {"phone": "12"}),
    ("venues:venue_notifications", hall, "get", pro_page()),
    ("venues:venue_notifications", hall, "post", pro_page(member=400), {"booking_email": "a"}),
    ("venues:venue_image", hall, "get", pro_page()),
    ("venues:venue_image", hall, "post", pro_page(member=400), {}),
    ("venues:venue_image_original", hall, "get", pro_page(member=404)),
    ("venues:venue_image_remove", hall, "get", pro_page(member=404)),
    ("venues:venue_teachers", hall, "get", pro_page()),
    ("venues:venue_teachers", hall, "post", pro_page(member=400), {"phone": "12"}),
    ("venues:synchronisations", hall, "get", pro_page()),
    ("venues:synchronisation_authorise", partner, "get", pro_page()),
    ("venues:synchronisation_authorise", partner, "post", pro_page(member=302), {"phone": ""}),
    ("venues:adage", theatre, "get", pro_page()),
    ("venues:adage_ask", theatre, "get", pro_page()),
    ("venues:adage_ask", theatre, "post", pro_page(member=400), {"project": ""}),
    ("venues:adage_withdraw", filed, "get", pro_page()),
    ("venues:adage_withdraw", filed, "post", pro_page(member=302)),
    ("venues:api_key_create", theatre, "get", pro_page()),
    ("venues:api_key_create", theatre, "post", pro_page(), {"label": "Caisse"}),
    ("venues:api_key_revoke", key, "get", pro_page()),
    ("venues:api_key_revoke", key, "post", pro_page(member=302)),
]
