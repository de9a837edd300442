"""What a server process has loaded before its first request."""

import os
import subprocess
import sys


def test_pages_are_loaded_with_the_application():
    code = "import sys, passpro.wsgi; sys.exit('bookings.views.book' not in sys.modules)"
    settings = {"DJANGO_SETTINGS_MODULE": "passpro.settings.test"}

    assert subprocess.run([sys.executable, "-c", code], env=os.environ | settings).returncode == 0
