"""WSGI servers to measure: each a command line, started on a free port and stopped afterwards."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

GUNICORN = ["gunicorn", "--config=passpro/gunicorn.py", "--bind=127.0.0.1:{port}"]
GRANIAN = ["granian", "--interface=wsgi", "--host=127.0.0.1", "--port={port}", "--no-access-log"]
APPLICATION = "passpro.wsgi:application"

CHOSEN = "gunicorn (passpro/gunicorn.py)"
CANDIDATES: dict[str, list[str]] = {
    CHOSEN: GUNICORN,
    "gunicorn sync ×2": [*GUNICORN, "--worker-class=sync", "--workers=2", "--threads=1"],
    "gunicorn sync ×4": [*GUNICORN, "--worker-class=sync", "--workers=4", "--threads=1"],
    "gunicorn gthread 1×8": [*GUNICORN, "--workers=1", "--threads=8"],
    "gunicorn gthread 2×2": [*GUNICORN, "--workers=2", "--threads=2"],
    "gunicorn gthread 2×8": [*GUNICORN, "--workers=2", "--threads=8"],
    "gunicorn gthread 4×1": [*GUNICORN, "--workers=4", "--threads=1"],
    # Not among our dependencies: measured when it is installed.
    "granian 2×2": [*GRANIAN, "--workers=2", "--blocking-threads=2"],
    "granian 2×4": [*GRANIAN, "--workers=2", "--blocking-threads=4"],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_installed(name: str) -> bool:
    return importlib.util.find_spec(CANDIDATES[name][0]) is not None


@contextmanager
def running(name: str) -> Iterator[int]:
    """The port of a server started for the block, once it accepts connections."""
    port = free_port()
    words = [word.format(port=port) for word in CANDIDATES[name]]
    process = subprocess.Popen([sys.executable, "-m", *words, APPLICATION], env=os.environ)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)
