"""A throw-away installation: own servers and files, web and worker as processes, commands."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from passpro import embedded

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


class Product:
    """Use as a context: everything it started is stopped and its data erased at the end."""

    def __enter__(self) -> "Product":
        self.folder = Path(tempfile.mkdtemp(prefix="passpro-smoke-"))
        self.env = os.environ | embedded.start(self.folder, "smoke")
        self.env |= {
            "DJANGO_SETTINGS_MODULE": "passpro.settings.dev",
            "DEBUG": "0",
            "FINANCE_AUTOMATIC_INVOICES": "0",
            "MEDIA_ROOT": str(self.folder / "media"),
        }
        self.port = _free_port()
        self.env["SITE_URL"] = self.origin
        self.processes: list[subprocess.Popen] = []
        self.manage("migrate", "--verbosity=0")
        self._start("passpro.server", f"--port={self.port}")
        self._start("celery", "-A", "passpro", "worker", "--concurrency=1", "--loglevel=WARNING")
        self._wait_for_web()
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        embedded.stop(self.folder, "smoke")
        embedded.erase(self.folder, "smoke")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What web and worker wrote, for a journey that failed."""
        return (self.folder / "log").read_text(errors="replace")

    def manage(self, *arguments: str, password: str = "") -> str:
        """Output of a management command; its errors stop the journey."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.env | {"DJANGO_SUPERUSER_PASSWORD": password},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"manage.py {arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def _start(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        with (self.folder / "log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
            )

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("The web server did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
