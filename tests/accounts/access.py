from tests.access import for_all

NOBODY = {"uidb64": "MQ", "token": "faux-jeton"}

ROWS = [
    ("accounts:sign_in", None, "get", for_all(302, anonymous=200)),
    ("accounts:sign_in", None, "post", for_all(302, anonymous=400)),
    ("accounts:sign_out", None, "post", for_all(302)),
    ("accounts:sign_out", None, "get", for_all(405, anonymous=302)),
    ("accounts:admin_sign_in", None, "get", for_all(403, anonymous=302) | {"staff": 302}),
    ("accounts:sign_up", None, "get", for_all(302, anonymous=200)),
    ("accounts:sign_up_done", None, "get", for_all(200)),
    ("accounts:resend_verification", None, "post", for_all(302)),
    ("accounts:verify_email", {"token": "faux"}, "get", for_all(410)),
    ("accounts:password_forgotten", None, "get", for_all(200)),
    ("accounts:password_reset", NOBODY, "get", for_all(410)),
    ("accounts:profile", None, "get", for_all(200, anonymous=302)),
]
