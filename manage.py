#!/usr/bin/env python
"""Django's command line; starts the embedded servers when no database is named."""

import os
import sys

# These answer without a database.
WITHOUT_SERVERS = {
    "help",
    "version",
    "--help",
    "--version",
    "collectstatic",
    "findstatic",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passpro.settings.dev")
    production = os.environ["DJANGO_SETTINGS_MODULE"] == "passpro.settings.production"
    if not production and len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVERS:
        from passpro.embedded import EmbeddedError, use

        try:
            use("demo")
        except EmbeddedError as error:
            sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
