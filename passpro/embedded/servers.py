"""Start, join and stop a set of embedded servers; they live as long as somebody uses them.

Each user of the servers holds a shared lock on `.local/<name>/lease`; the kernel takes it back
however the user dies. A keeper process, parent of the servers, looks every half second whether the
lease is free, then stops the servers and ends. Order of the locks: mutex, then lease.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from passpro.embedded import postgres_server, redis_server
from passpro.embedded.places import EmbeddedError, Place
from passpro.embedded.processes import ask_to_stop, bury_children, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
SERVERS: tuple[ModuleType, ...] = (postgres_server, redis_server)
KEEPER_PERIOD = 0.5
KEEPER_END_SECONDS = 5
READY = b"ready"

_leases: dict[Place, int] = {}


def use(name: str, root: Path = CHECKOUT) -> dict[str, str]:
    """`start`, then put the addresses in os.environ for Django and for child processes."""
    addresses = start(root, name)
    os.environ.update(addresses)
    return addresses


def start(root: Path, name: str) -> dict[str, str]:
    """Addresses of running servers; another address in the environment wins and starts nothing.

    The servers stay until `release` or the end of this process, and longer if others use them.
    Raises EmbeddedError with one line that says what to do.
    """
    place = Place(root.resolve(), name)
    ours = {server.VARIABLE: server.address(place) for server in SERVERS}
    wanted = {variable: os.environ.get(variable, ours[variable]) for variable in ours}
    if any(wanted[variable] == ours[variable] for variable in ours):
        _hold(place)
    return wanted


def default_to(name: str, root: Path = CHECKOUT) -> None:
    """Put in os.environ the addresses that `use` would give, where none is set; start nothing."""
    place = Place(root.resolve(), name)
    for server in SERVERS:
        if server.VARIABLE not in os.environ:
            os.environ[server.VARIABLE] = server.address(place)


def release(root: Path, name: str) -> None:
    """Leave the servers; the last one to leave waits until they are stopped."""
    place = Place(root.resolve(), name)
    lease = _leases.pop(place, None)
    if lease is None:
        return
    with _locked(place.base / "mutex"):
        os.close(lease)
        with _opened(place.base / "lease") as probe:
            if _take(probe):
                _stop(place)


def stop(root: Path, name: str) -> None:
    """Stop the servers whoever uses them."""
    place = Place(root.resolve(), name)
    if place.base.exists():
        with _locked(place.base / "mutex"):
            _stop(place)


def erase(root: Path, name: str) -> None:
    """Stop the servers and delete their data."""
    place = Place(root.resolve(), name)
    stop(root, name)
    if place.base.exists():
        for folder in (place.sockets, place.postgres_folder, place.base):
            shutil.rmtree(folder, ignore_errors=True)


def keep(place: Place, report: int) -> None:
    """Life of the keeper: start, say so on `report`, wait until nobody is left, stop.

    Whoever starts a keeper holds the mutex until they have their lease.
    """
    with _opened(place.base / "guard") as guard, _opened(place.base / "lease") as lease:
        fcntl.flock(guard, fcntl.LOCK_EX)
        os.ftruncate(guard, 0)
        os.pwrite(guard, str(os.getpid()).encode(), 0)
        try:
            pids = {server: server.start(place) for server in SERVERS}
        except EmbeddedError as error:
            os.write(report, str(error).encode())
            pids = {}
        else:
            os.write(report, READY)
        os.close(report)
        while pids and place.base.exists():
            time.sleep(KEEPER_PERIOD)
            bury_children()
            with _locked(place.base / "mutex"):
                if _take(lease):
                    break
        for server in SERVERS:
            server.stop(place, pids.get(server))


def _hold(place: Place) -> None:
    if place in _leases:
        return
    place.create()
    with _locked(place.base / "mutex"):
        if not (_keeper_is_there(place) and all(server.running(place) for server in SERVERS)):
            _end_keeper(place)
            _start_keeper(place)
        lease = _open(place.base / "lease")
        fcntl.flock(lease, fcntl.LOCK_SH)
    _leases[place] = lease


def _stop(place: Place) -> None:
    """Stop keeper and servers; the caller holds the mutex."""
    _end_keeper(place)
    for server in SERVERS:
        server.stop(place)


def _keeper_is_there(place: Place) -> bool:
    with _opened(place.base / "guard") as guard:
        return not _take(guard)


def _end_keeper(place: Place) -> None:
    """End a keeper without its servers: the next one adopts those that still run."""
    if _keeper_is_there(place):
        pid = int((place.base / "guard").read_text(encoding="ascii"))
        ask_to_stop(pid, signal.SIGKILL, signal.SIGKILL, KEEPER_END_SECONDS)
        wait_until(lambda: not _keeper_is_there(place), KEEPER_END_SECONDS)


def _start_keeper(place: Place) -> None:
    reader, writer = os.pipe()
    arguments = ["keep", str(place.root), place.name, str(writer)]
    with os.fdopen(reader, "rb") as answer, (place.base / "keeper.log").open("ab") as log:
        subprocess.run(
            [sys.executable, str(Path(__file__).parent), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[writer],
            check=False,
        )
        os.close(writer)
        said = answer.read()
    if said != READY:
        raise EmbeddedError(said.decode() or f"Voir {place.base / 'keeper.log'}.")


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = _open(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Lock for ourselves alone if nobody holds it, now or never."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
