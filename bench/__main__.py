"""`python -m bench`: production settings on servers of its own, then bench.runner."""

import os

import django

from bench.environment import PRODUCTION
from passpro import embedded

os.environ.update(PRODUCTION)
embedded.use("bench")
django.setup()

# Only now: models need the settings above.
from bench.runner import main  # noqa: E402

main()
