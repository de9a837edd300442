import pytest
from django.core.cache import cache

from tests.registers.server import serve


@pytest.fixture(autouse=True)
def _forgetful_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def register():
    with serve() as running:
        yield running
