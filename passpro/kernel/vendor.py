"""Third-party browser code: served from node_modules under names of ours, never committed.

Only the files listed in BROWSER_PACKAGES exist for staticfiles. When `npm ci` has not been run
they are simply absent, so that commands which need no browser still work.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import utils
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

PREFIX = "vendor"


class VendorStorage(FileSystemStorage):
    """Names of BROWSER_PACKAGES over the folder of the npm packages."""

    def path(self, name: str) -> str:
        return super().path(settings.BROWSER_PACKAGES[name.replace("\\", "/")])


class VendorFinder(BaseFinder):
    """`vendor/<name>` → the package file of that name in settings.BROWSER_PACKAGES."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = VendorStorage(location=settings.NODE_MODULES)
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]  # collectstatic reads it

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def _exists(self, name: str) -> bool:
        return name in settings.BROWSER_PACKAGES and self.storage.exists(name)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        folder, _, name = path.replace("\\", "/").partition("/")
        if folder != PREFIX or not self._exists(name):
            return []
        match = self.storage.path(name)
        return [match] if find_all else match

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in settings.BROWSER_PACKAGES:
            if self._exists(name) and not utils.matches_patterns(name, ignore_patterns or []):
                yield name, self.storage
