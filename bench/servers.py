"""WSGI servers to measure: each a command line, started on a free port and stopped afterwards."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

OURS = ["passpro.server", "--port={port}"]
GUNICORN = ["gunicorn", "--preload", "--keep-alive=75", "--bind=127.0.0.1:{port}",
            "passpro.wsgi:application"]  # fmt: skip

CHOSEN = "ours (passpro/server.py)"
# Words after `python -m`, and what the environment adds.
CANDIDATES: dict[str, tuple[list[str], dict[str, str]]] = {
    CHOSEN: (OURS, {}),
    **{
        f"granian {workers}×{threads}": (
            OURS,
            {"WEB_CONCURRENCY": str(workers), "WEB_THREADS": str(threads)},
        )
        for workers, threads in ((2, 1), (2, 4), (4, 1), (4, 2))
    },
    # Not among our dependencies: measured when it is installed.
    "gunicorn gthread 2×4": ([*GUNICORN, "--workers=2", "--threads=4"], {}),
    "gunicorn sync ×4": ([*GUNICORN, "--workers=4"], {}),
    "gunicorn gthread 4×1": ([*GUNICORN, "--worker-class=gthread", "--workers=4"], {}),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_installed(name: str) -> bool:
    return importlib.util.find_spec(CANDIDATES[name][0][0]) is not None


@contextmanager
def running(name: str) -> Iterator[int]:
    """The port of a server started for the block, once it accepts connections."""
    port = free_port()
    words, environment = CANDIDATES[name]
    command = [sys.executable, "-m", *(word.format(port=port) for word in words)]
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
