"""`make demo`: servers, database, web, worker and beat, until Ctrl-C; then everything stops."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from passpro.embedded import CHECKOUT, EmbeddedError, release, use

FIRST_PORT = 8000
START_SECONDS = 60
STOP_SECONDS = 15


class Stop(Exception):
    """Ctrl-C or a polite end."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    processes: dict[str, subprocess.Popen] = {}
    try:
        use("demo")
        port = _port()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "passpro.settings.dev",
            "SITE_URL": f"http://localhost:{port}",
            "DEBUG": os.environ.get("DEBUG", "0"),
        }
        prepared = subprocess.run(
            [sys.executable, "manage.py", "demo", "--start"], cwd=CHECKOUT, env=environment
        )
        if prepared.returncode:
            return prepared.returncode
        commands = _commands(port)
        # The page first: worker and beat load while the browser opens.
        _start(processes, "web", commands["web"], environment)
        _wait_until_healthy(port, processes)
        for name in ("worker", "beat"):
            _start(processes, name, commands[name], environment)
        print(f"\n  Portail, pages des jeunes et administration : http://localhost:{port}")
        print("  Ctrl-C arrête tout.\n", flush=True)
        return _watch(processes)
    except Stop:
        return 0
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        _stop_all(processes)
        release(CHECKOUT, "demo")


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _port() -> int:
    """PORT, or the first free one from there."""
    wanted = int(os.environ.get("PORT") or FIRST_PORT)
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != wanted:
            print(f"Le port {wanted} est pris : ce sera le {port}.", flush=True)
        return port
    raise EmbeddedError(f"Aucun port libre à partir de {wanted} : choisissez PORT=…")


def _commands(port: int) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "--app=passpro.celery", "--quiet"]
    schedule = CHECKOUT / ".local" / "beat"
    return {
        "web": [sys.executable, "-m", "passpro.server", f"--port={port}"],
        "worker": [*celery, "worker", "--concurrency=1", "--loglevel=WARNING"],
        "beat": [*celery, "beat", "--loglevel=WARNING", f"--schedule={schedule}"],
    }


def _start(
    processes: dict[str, subprocess.Popen], name: str, command: list[str], environment: dict
) -> None:
    with (CHECKOUT / ".local" / f"{name}.log").open("ab") as log:
        processes[name] = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_healthy(port: int, processes: dict[str, subprocess.Popen]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        _check(processes)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise EmbeddedError("Le serveur web ne répond pas ; voir .local/web.log.")


def _check(processes: dict[str, subprocess.Popen]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise EmbeddedError(f"Le processus « {name} » s’est arrêté ; voir .local/{name}.log.")


def _watch(processes: dict[str, subprocess.Popen]) -> int:
    while True:
        _check(processes)
        time.sleep(0.5)


def _stop_all(processes: dict[str, subprocess.Popen]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
