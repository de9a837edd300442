"""How a bound form field becomes the house's markup: native inputs, labels, help, errors, aria."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from passpro.kernel.forms import EurosField

# A counter helps from about one line of text on; below, the limit is obvious.
COUNTER_FROM = 40
# A line that may hold more than this has a technical limit that nobody reaches.
LINE_COUNTER_TO = 255


def shape_of(field: BoundField) -> str:
    """Which part of ui/field.html draws it: check, radios, checks, group, input."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.MultiWidget):
        return "group"
    return "input"


def counter_of(field: BoundField) -> tuple[int, int] | None:
    """(typed, most) for free texts that are limited."""
    most = getattr(field.field, "max_length", None)
    widget = field.field.widget
    # Nobody needs to count the letters of a name: identity fields have a completion token.
    free = type(widget) in {forms.TextInput, forms.Textarea} and "autocomplete" not in widget.attrs
    if not free or isinstance(field.field, EurosField) or not most or most < COUNTER_FROM:
        return None
    if most > LINE_COUNTER_TO and not isinstance(widget, forms.Textarea):
        return None
    # Browsers send line breaks as two characters; the counter follows what is typed.
    return len(str(field.value() or "").replace("\r\n", "\n")), most


def _make_native(widget: forms.Widget) -> None:
    """Dates and times use the browser's own pickers, which speak ISO whatever the locale."""
    if isinstance(widget, forms.DateTimeInput):
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    elif isinstance(widget, forms.TimeInput):
        widget.input_type, widget.format = "time", "%H:%M"


def _look(widget: forms.Widget) -> str:
    if isinstance(widget, forms.SelectMultiple | forms.Select):
        return "form-select"
    return "form-control"


def _describe(field: BoundField, help_text: str, counter: object) -> str:
    ids = []
    if help_text:
        ids.append(f"{field.auto_id}_help")
    if counter:
        ids.append(f"{field.auto_id}_count")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)


def _own_class(widget: forms.Widget, css: str) -> str:
    return " ".join(filter(None, [css, widget.attrs.get("class", "")]))


def _input(field: BoundField, common: dict[str, Any]) -> str:
    """The widget alone; the browser's own bubbles are off so that our summary speaks."""
    widget = field.field.widget
    field.form.use_required_attribute = False
    attrs: dict[str, Any] = dict(common)
    if isinstance(widget, forms.MultiWidget):
        for part, words in zip(widget.widgets, ("Date", "Heure"), strict=False):
            _make_native(part)
            part.attrs = {
                **part.attrs,
                "class": _own_class(part, "form-control"),
                "aria-label": part.attrs.get("aria-label", words),
            }
        return field.as_widget(attrs=attrs)
    _make_native(widget)
    attrs["class"] = _own_class(widget, _look(widget))
    if field.field.required and not isinstance(widget, forms.FileInput):
        attrs["aria-required"] = "true"
    if isinstance(widget, forms.Textarea) and "rows" not in widget.attrs:
        attrs["rows"] = 4
    if counter_of(field):
        attrs["data-counter"] = f"{field.auto_id}_count"
    return field.as_widget(attrs=attrs)


def plain_input(field: BoundField) -> str:
    """The input without label, help nor error."""
    return _input(field, {"aria-invalid": "true"} if field.errors else {})


def _options(field: BoundField, common: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry per radio or box: its input, its label."""
    described = {"aria-describedby": common["aria-describedby"]} if common else {}
    options = []
    for sub in field.subwidgets:
        attrs = sub.data["attrs"] | {"class": "form-check-input"} | described
        attrs.pop("required", None)
        attrs.pop("aria-invalid", None)  # said by the text of the group, not by each button
        sub.data["attrs"] = attrs
        options.append({"input": sub.tag(), "label": sub.choice_label})
    return options


def render_context(
    field: BoundField,
    *,
    label: str | None = None,
    help: str | None = None,
    suffix: str = "",
    css: str = "",
    rows: int | None = None,
    style: str = "",
) -> dict[str, Any]:
    """Everything ui/field.html needs to draw `field`."""
    help_text = str(field.help_text) if help is None else help
    shape, counter = shape_of(field), counter_of(field)
    described = _describe(field, help_text, counter)
    # Said even when empty, so that Django does not add its own ids.
    common: dict[str, Any] = {"aria-describedby": described} if described else {}
    if field.errors and shape in {"input", "check", "group"}:
        common["aria-invalid"] = "true"
    if rows:
        common["rows"] = rows
    context: dict[str, Any] = {
        "field": field,
        "label": field.label if label is None else label,
        "help": help_text,
        "suffix": suffix or ("€" if isinstance(field.field, EurosField) else ""),
        "css": css,
        "shape": shape,
        "counter": counter,
        "style": style or ("tiles" if shape == "radios" else "list"),
    }
    if shape in {"radios", "checks"}:
        context["options"] = _options(field, common)
    elif shape == "check":
        field.form.use_required_attribute = False
        classes = _own_class(field.field.widget, "form-check-input")
        context["input"] = field.as_widget(attrs={**common, "class": classes})
    else:
        context["input"] = _input(field, common)
    return context
