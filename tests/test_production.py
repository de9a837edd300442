"""The production-like start without containers: compose file, refusals, the same commands.

The services of docker-compose.yml are played by loopback servers that speak the same protocols:
embedded PostgreSQL and Redis, an S3 server, an SMTP server.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from aiosmtpd.controller import Controller
from moto.server import ThreadedMotoServer

from passpro.embedded import erase, start

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = ("migrate", "web", "worker", "beat")
GIVEN = {
    "SECRET_KEY": "a-key-of-this-test-only-0123456789-0123456789-0123456789",
    "API_KEYS_HASH_KEY": "another-key-of-this-test-only-0123456789",
    "PAYER_IBAN": "FR7630006000011234567890189",
    "PAYER_BIC": "AGRIFRPP",
    "PAYER_ID": "FR00ZZZ123456",
    "IBAN_KEYS": "a-key-for-the-ibans-of-this-test-0123456789",
    "IBAN_FINGERPRINT_KEY": "a-key-for-their-fingerprints-0123456789",
}


def environment_of(service: str) -> dict[str, str]:
    """What compose would give the service: values asked for, else defaults."""

    def filled(value: str) -> str:
        return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda m: GIVEN.get(m[1], m[2] or ""), value)

    return {name: filled(str(v)) for name, v in COMPOSE["services"][service]["environment"].items()}


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def bare(**more: str) -> dict[str, str]:
    """The machine's environment without anything of the test suite's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **more}


def test_the_compose_file_follows_the_schema_of_compose():
    checker = Path(sys.executable).parent / "check-jsonschema"

    done = run(
        [str(checker), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"], bare()
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_our_services_share_one_image_and_one_environment():
    images = {COMPOSE["services"][name]["image"] for name in OURS}
    environments = [COMPOSE["services"][name]["environment"] for name in OURS]

    assert len(images) == 1
    assert all(environment == environments[0] for environment in environments)


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "SITE_URL",
        "EMAIL_HOST",
        "IBAN_KEYS",
    ],
)
def test_production_refuses_to_start_without(name):
    environment = bare(**environment_of("web"))
    del environment[name]

    done = run([sys.executable, "manage.py", "check"], environment)

    assert done.returncode != 0
    assert name in done.stderr


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """The servers that stand for postgres, redis, objects and mail."""
    folder = tmp_path_factory.mktemp("production")
    received = []

    class Mailbox:
        async def handle_DATA(self, server, session, envelope):
            received.append(envelope)
            return "250 OK"

    mail = Controller(Mailbox(), hostname="127.0.0.1", port=_free_port())
    mail.start()
    objects = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    objects.start()
    host, port = objects.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("REDIS_URL", raising=False)
        servers = start(folder, "test-production")
    environment = bare(
        **environment_of("web")
        | servers
        | {
            "S3_ENDPOINT_URL": f"http://{host}:{port}",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail.port),
            "STATIC_ROOT": str(folder / "static"),
        }
    )
    yield environment, received
    objects.stop()
    mail.stop()
    erase(folder, "test-production")


def played(service: str) -> str:
    command = COMPOSE["services"][service]["command"]
    return command[-1] if command[0] == "sh" else shlex.join(command)


def with_our_python(command: str) -> str:
    """`python` and `celery` are those of this environment."""
    binaries = Path(sys.executable).parent
    return re.sub(r"(?<![\w.=/])(python|celery)(?= )", lambda m: f"{binaries / m[1]}", command)


def test_the_same_commands_start_the_product(outside):
    environment, received = outside
    collected = run([sys.executable, "manage.py", "collectstatic", "--noinput"], environment)
    migrated = run(["sh", "-c", with_our_python(played("migrate"))], environment)
    assert collected.returncode == 0, collected.stderr
    assert migrated.returncode == 0, migrated.stderr
    assert "Compartiment « passpro » créé." in migrated.stdout

    port = _free_port()
    web = with_our_python(played("web")).replace("--host=0.0.0.0", f"--port={port}")
    worker = with_our_python(played("worker"))
    processes = [
        subprocess.Popen(
            shlex.split(command),
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in (web, worker)
    ]
    try:
        assert _answer(f"http://localhost:{port}/sante").status == 200
        page = _answer(f"http://localhost:{port}/connexion")
        html = page.read().decode()
        style = re.search(r'href="(/static/css/theme\.[0-9a-f]+\.css)"', html)
        assert style, "static files have no fingerprint"
        assert _answer(f"http://localhost:{port}{style[1]}").status == 200
        written = run([sys.executable, "-c", _USE_EVERYTHING], environment)
        assert written.returncode == 0, written.stderr
        assert "stored: un fichier" in written.stdout
        deadline = time.monotonic() + 30
        while not received and time.monotonic() < deadline:
            time.sleep(0.2)
        assert [envelope.rcpt_tos for envelope in received] == [["quelquun@example.org"]]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answer(url: str):
    deadline = time.monotonic() + 40
    while True:
        try:
            return urllib.request.urlopen(url, timeout=5)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


# A file through the object store, a message through the worker.
_USE_EVERYTHING = """
import django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from passpro.accounts.models import User
from passpro.accounts.services.passwords import request_reset
name = default_storage.save("essai.txt", ContentFile(b"un fichier"))
with default_storage.open(name) as file:
    print("stored:", file.read().decode())
User.objects.create_user("quelquun@example.org", "x", email_verified_at="2026-01-01T00:00Z")
request_reset(email="quelquun@example.org")
"""
