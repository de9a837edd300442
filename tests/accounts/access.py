from uuid import UUID

from passpro.accounts.models import DataExport
from passpro.accounts.services.exports import make_export
from tests.access import for_all

NOBODY = {"uidb64": "MQ", "token": "faux-jeton"}


def export_of(user) -> DataExport:
    export = DataExport.objects.create(person=user, asked_by=user)
    make_export(export_id=export.pk)
    export.refresh_from_db()
    return export


ROWS = [
    ("accounts:sign_in", None, "get", for_all(302, anonymous=200)),
    ("accounts:sign_in", None, "post", for_all(302, anonymous=400)),
    ("accounts:sign_out", None, "post", for_all(302)),
    ("accounts:sign_out", None, "get", for_all(405, anonymous=302)),
    ("accounts:admin_sign_in", None, "get", for_all(403, anonymous=302) | {"staff": 302}),
    ("accounts:second_factor", None, "get", for_all(403, anonymous=302) | {"staff": 302}),
    ("accounts:second_factor", None, "post", for_all(403, anonymous=302) | {"staff": 302}),
    ("accounts:second_factor_setup", None, "get", for_all(403, anonymous=302) | {"staff": 200}),
    ("accounts:second_factor_setup", None, "post", for_all(403, anonymous=302) | {"staff": 200}),
    ("accounts:recovery_codes", None, "post", for_all(403, anonymous=302) | {"staff": 409}),
    ("accounts:stop_seeing_as", None, "post", for_all(302)),
    ("accounts:stop_seeing_as", None, "get", for_all(405, anonymous=302)),
    ("accounts:sign_up", None, "get", for_all(302, anonymous=200)),
    ("accounts:sign_up_done", None, "get", for_all(200)),
    ("accounts:resend_verification", None, "post", for_all(302)),
    ("accounts:verify_email", {"token": "faux"}, "get", for_all(410)),
    ("accounts:password_forgotten", None, "get", for_all(200)),
    ("accounts:password_reset", NOBODY, "get", for_all(410)),
    ("accounts:profile", None, "get", for_all(200, anonymous=302)),
    ("accounts:email_change", {"token": "faux"}, "get", for_all(410)),
    ("accounts:ask_export", None, "post", for_all(302)),
    ("accounts:ask_export", None, "get", for_all(405, anonymous=302)),
    ("accounts:data_export", {"reference": UUID(int=0)}, "get", for_all(404, anonymous=302)),
    (
        "accounts:data_export",
        lambda cast: {"reference": export_of(cast.alice).reference},
        "get",
        for_all(404, anonymous=302) | {"member": 200},
    ),
    ("accounts:leave", None, "get", for_all(200, anonymous=302)),
    ("accounts:leave", None, "post", for_all(400, anonymous=302), {"email": "faux"}),
    ("accounts:come_back", {"token": "faux"}, "get", for_all(410)),
    ("accounts:come_back", {"token": "faux"}, "post", for_all(410)),
]
