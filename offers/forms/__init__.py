"""What people type about offers: shape checked here, situations in the services."""

from typing import Any

from django import forms

from passpro.kernel.errors import DomainError


def as_typed(form: forms.BaseForm) -> dict[str, Any]:
    """What a bound form holds, unchecked: `initial` of the same form shown again."""
    return {
        name: item.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, item in form.fields.items()
        if not item.disabled
    }


def refuse(form: forms.BaseForm, error: DomainError, names: dict[str, str] | None = None) -> None:
    """Put a service's refusal on the field it names, or on the whole form."""
    for field in getattr(error, "fields", ()) or [error.field]:
        name = (names or {}).get(field or "", field)
        form.add_error(name if name in form.fields else None, error.message)
