from tests.access import pro_list, pro_page


def theatre(cast):
    return {"pk": cast.offerer.pk}


def hall(cast):
    return {"pk": cast.venue.pk}


def key(cast):
    return {"pk": cast.offerer.pk, "key_pk": cast.api_key.pk}


ROWS = [
    ("venues:structures", None, "get", pro_list()),
    ("venues:structure_create", None, "get", pro_list()),
    ("venues:structure_create", None, "post", pro_list(status=400), {"number": "12"}),
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
    ("venues:api_key_create", theatre, "get", pro_page()),
    ("venues:api_key_create", theatre, "post", pro_page(), {"label": "Caisse"}),
    ("venues:api_key_revoke", key, "get", pro_page()),
    ("venues:api_key_revoke", key, "post", pro_page(member=302)),
]
