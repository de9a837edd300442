"""Where each set of embedded servers keeps its files, sockets and locks, and as whom it runs.

An ordinary user keeps everything under `.local/<name>/`. PostgreSQL refuses to run as root, so for
root its programs and data live in a private folder of our own outside the checkout (which may be
unreadable to anybody else), owned by an unprivileged account. No existing folder is ever changed.
"""

import hashlib
import os
import pwd
import secrets
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# A Unix socket address holds 107 bytes on Linux and 103 on macOS; ".s.PGSQL.5432.lock" is ours.
SOCKET_FOLDER_LIMIT = 80
OUTSIDE_FOLDERS = ("/var/lib", "/var/tmp", "/tmp")  # noqa: S108
UNPRIVILEGED_ACCOUNTS = ("nobody", "daemon")


class EmbeddedError(Exception):
    """The servers cannot run here; the message is one line that says what to do."""


@dataclass(frozen=True)
class Place:
    """One set of servers: `name` in the checkout `root`; `durable` data survives a power cut."""

    root: Path
    name: str

    @property
    def durable(self) -> bool:
        return not self.name.startswith("test")

    @property
    def base(self) -> Path:
        """Folder of this set in the checkout; root's is apart, so that files never mix."""
        return self.root / ".local" / (f"{self.name}-root" if self.as_root else self.name)

    @property
    def as_root(self) -> bool:
        return os.geteuid() == 0

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """The unprivileged account of PostgreSQL when we are root, else None."""
        if not self.as_root:
            return None
        for name in UNPRIVILEGED_ACCOUNTS:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise EmbeddedError(
            "PostgreSQL ne tourne pas en root et aucun compte « nobody » n’existe : "
            "lancez la commande avec un compte ordinaire."
        )

    @cached_property
    def postgres_folder(self) -> Path:
        """Folder of PostgreSQL's data, and of its programs for root."""
        if not self.as_root:
            return self.base / "postgres"
        return self._outside_folder() / f"passpro-{self._identity()}"

    @cached_property
    def sockets(self) -> Path:
        """Private folder of the two sockets, short enough for their addresses."""
        if self.as_root:
            return self.postgres_folder / "run"
        inside = self.base / "run"
        if len(os.fsencode(inside)) <= SOCKET_FOLDER_LIMIT:
            return inside
        digest = hashlib.sha256(os.fsencode(self.base)).hexdigest()[:12]
        return Path("/tmp") / f"passpro-{os.geteuid()}-{digest}"  # noqa: S108

    @property
    def database_url(self) -> str:
        return f"postgresql://postgres@/passpro?host={self.sockets}"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.redis_socket}?db=0"

    def create(self) -> None:
        """Make the folders that are missing, private to their owner."""
        try:
            (self.root / ".local").mkdir(exist_ok=True)
            private_folder(self.base)
        except PermissionError as error:
            raise EmbeddedError(
                f"Le dossier {error.filename or self.base} n’est pas modifiable par ce compte : "
                "clonez le projet dans un dossier à vous."
            ) from error
        private_folder(self.postgres_folder, mode=0o711 if self.as_root else 0o700)
        private_folder(self.sockets, self.account)
        if self.as_root:
            pointer = self.base / "postgres"
            if not (pointer.is_symlink() and pointer.readlink() == self.postgres_folder):
                pointer.unlink(missing_ok=True)
                pointer.symlink_to(self.postgres_folder)

    def _outside_folder(self) -> Path:
        for candidate in map(Path, OUTSIDE_FOLDERS):
            if not candidate.is_dir() or not os.access(candidate, os.W_OK):
                continue
            path = candidate.resolve()
            if all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents)):
                return path
        raise EmbeddedError(f"Aucun dossier utilisable parmi {', '.join(OUTSIDE_FOLDERS)}.")

    def _identity(self) -> str:
        """Name of this set of servers: kept by a moved checkout, not shared with a copied one."""
        private_folder(self.base)
        path = self.base / "id"
        if not path.exists():
            draft = self.base / f"id.{os.getpid()}"
            draft.write_text(secrets.token_hex(8), encoding="ascii")
            draft.rename(path)
        content = f"{path.read_text(encoding='ascii')} {path.stat().st_ino}"
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def private_folder(path: Path, account: pwd.struct_passwd | None = None, mode: int = 0o700) -> None:
    """Create `path` for its owner (`account` or us), or check that the existing one is theirs."""
    owner = account.pw_uid if account else os.geteuid()
    try:
        path.mkdir(parents=True)
        path.chmod(mode)
        if account:
            os.chown(path, account.pw_uid, account.pw_gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise EmbeddedError(f"{path} appartient à un autre compte : supprimez-le.") from None
