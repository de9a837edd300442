"""Columns of our own."""

from typing import Any

from django.db import models


class WebAddressField(models.URLField):
    """A web address; a form that edits it understands « theatre.example » as https."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
