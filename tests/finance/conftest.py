"""Files of finance stay in memory during tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import storages


@pytest.fixture(autouse=True)
def private_files(settings: Any) -> Iterator[None]:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    yield
    storages._storages.clear()
