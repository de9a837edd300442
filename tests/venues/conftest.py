"""A register of companies and a place for files, for the tests of venues."""

import pytest

from passpro.registers import companies
from passpro.registers.companies import Establishment


@pytest.fixture
def register(monkeypatch):
    """register[siret] = name, or an exception: what the register of companies answers."""
    answers: dict[str, object] = {}
    ask = companies.establishment

    def answer(siret: str) -> Establishment:
        if siret not in answers:
            return ask(siret)
        found = answers[siret]
        if isinstance(found, Exception):
            raise found
        is_open = not str(found).startswith("(fermé)")
        return Establishment(
            siret=siret,
            name=str(found),
            street="3 place au Beurre",
            postal_code="29000",
            city="Quimper",
            city_code="29232",
            is_open=is_open,
            is_head_office=False,
        )

    monkeypatch.setattr(companies, "establishment", answer)
    return answers


@pytest.fixture
def media(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    return tmp_path
