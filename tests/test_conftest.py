"""The suite's own strictness."""

import socket

import pytest
from django.template import Context, engines
from django.template.base import Origin, Template

from passpro.embedded import CHECKOUT
from tests.conftest import UnknownVariable


def _template(text: str, *, ours: bool) -> Template:
    folder = CHECKOUT / "templates" if ours else CHECKOUT / "elsewhere"
    return Template(text, origin=Origin(str(folder / "x.html")), engine=engines["django"].engine)


def _render(template: Template, **context: object) -> str:
    return template.render(Context(context))


def test_unknown_variable_of_our_template_fails() -> None:
    with pytest.raises(UnknownVariable, match="titel"):
        _render(_template("{% if 1 %}{{ titel|default:'a' }}{% endif %}", ours=True), title="a")


def test_unknown_variable_in_a_condition_is_allowed() -> None:
    assert _render(_template("{% if titel %}a{% endif %}", ours=True)) == ""


def test_template_of_a_package_keeps_the_silence_of_django() -> None:
    assert _render(_template("{{ titel|default:'a' }}", ours=False)) == "a"


@pytest.mark.parametrize("host", ["203.0.113.7", "example.org"])
def test_network_is_out_of_reach(host: str) -> None:
    with pytest.raises(RuntimeError, match="network"):
        socket.create_connection((host, 80), timeout=1)
