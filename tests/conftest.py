"""What every test may use, and what no test may do.

Servers: the embedded ones of `.local/test`, unless DATABASE_URL and REDIS_URL name others.
Silence is refused: a warning is an error (pyproject.toml), an unknown template variable fails,
nothing leaves the machine.
"""

import inspect
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.template import Engine
from django.template.base import FilterExpression, Node

from passpro.embedded import CHECKOUT, EmbeddedError, release, use
from tests import databases
from tests.cast import browse, cast

__all__ = ["browse", "cast"]

try:
    use("test")
except EmbeddedError as error:
    pytest.exit(str(error), returncode=1)


def pytest_unconfigure() -> None:
    release(CHECKOUT, "test")


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # Unix socket
    host = str(address[0]).partition("%")[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Only loopback and Unix sockets can be reached, by address or by name."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    resolve = socket.getaddrinfo

    def refuse(target: Any) -> None:
        raise RuntimeError(f"a test tried to reach the network: {target!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        return connect(self, address) if _is_here(address) else refuse(address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> Any:
        return connect_ex(self, address) if _is_here(address) else refuse(address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        here = name in {None, socket.gethostname()} or _is_here((name,))
        return resolve(host, *args, **kwargs) if here else refuse(host)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


class UnknownVariable(AssertionError):
    """A template of ours shows a variable that its view does not give."""


class _NotOurs(Exception):
    """The unknown variable belongs to a template of a package: Django's silence applies."""


class _Refusal(str):
    """`string_if_invalid` that asks who wrote the template before it complains."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> str:
        frame = inspect.currentframe()
        while frame is not None:
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None):
                if str(node.origin.name).startswith(str(CHECKOUT / "templates")):
                    raise UnknownVariable(f"{{{{ {name} }}}} is unknown in {node.origin.name}")
                break
            frame = frame.f_back
        raise _NotOurs


class _Strictness(threading.local):
    """Of this thread alone: servers of browser tests draw several pages at once."""

    refuses = False


@pytest.fixture(autouse=True, scope="session")
def _strict_templates() -> Iterator[None]:
    usual = FilterExpression.resolve
    now = _Strictness()

    def strict(self: FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        before, now.refuses = now.refuses, True
        try:
            return usual(self, context, ignore_failures)
        except _NotOurs:
            now.refuses = False
            return usual(self, context, ignore_failures)
        finally:
            now.refuses = before

    shown = property(lambda engine: _Refusal() if now.refuses else "", lambda engine, value: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FilterExpression, "resolve", strict)
        patch.setattr(Engine, "string_if_invalid", shown, raising=False)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        ordinary = databases.create()
    with pytest.MonkeyPatch.context() as patch:
        usual = TransactionTestCase._fixture_teardown
        patch.setattr(TransactionTestCase, "_fixture_teardown", databases.quick_flush(usual))
        yield
    with django_db_blocker.unblock():
        databases.destroy(ordinary)


@pytest.fixture
def at() -> Callable[[str | datetime], AbstractContextManager]:
    """`with at("2026-12-01T06:00+01:00"):` moves the product's clock inside the block."""
    from passpro.kernel import clock

    def move(moment: str | datetime) -> AbstractContextManager:
        return clock.at(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)

    return move


@pytest.fixture
def client_for() -> Callable[[Any], Any]:
    """A browser signed in as this user."""
    from django.test import Client

    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
