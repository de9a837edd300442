"""WSGI servers to measure: each a command line, started on a free port and stopped afterwards."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

CHOSEN = "gunicorn gthread 2×4"
CANDIDATES: dict[str, list[str]] = {
    "gunicorn sync ×2": ["gunicorn", "--workers=2", "--worker-class=sync"],
    "gunicorn sync ×4": ["gunicorn", "--workers=4", "--worker-class=sync"],
    "gunicorn gthread 1×8": ["gunicorn", "--workers=1", "--threads=8"],
    "gunicorn gthread 2×4": ["gunicorn", "--workers=2", "--threads=4"],
    "gunicorn gthread 2×16": ["gunicorn", "--workers=2", "--threads=16"],
    "gunicorn gthread 3×4": ["gunicorn", "--workers=3", "--threads=4"],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(name: str) -> Iterator[int]:
    """The port of a server started for the block, once it accepts connections."""
    port = free_port()
    command = [sys.executable, "-m", *CANDIDATES[name], f"--bind=127.0.0.1:{port}"]
    command += ["--keep-alive=30", "--log-level=error", "passpro.wsgi:application"]
    process = subprocess.Popen(command, env=os.environ)
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
